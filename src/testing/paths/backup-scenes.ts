import { VaultError } from '../../errors.ts';
import type { Scene } from './scene.ts';
import { damageBackups, departure, type Stage, variant } from './stage.ts';

/** The texts of the backups as they were before they were damaged, by the path that is walked. */
const whole = new WeakMap<Stage['path'], Map<string, string>>();

/** Damages a part of every backup; what is whole of it is enough to put all of it together again. */
export async function damage(stage: Stage, part: 'head' | 'content'): Promise<void> {
  const texts = whole.get(stage.path) ?? new Map<string, string>();
  whole.set(stage.path, texts);
  const { vault } = stage.outside;
  for (const name of await vault.list(`${stage.world.migration.id}/backups/`)) {
    const text = await vault.get(name);
    if (text !== null && !texts.has(name)) texts.set(name, text);
  }
  await damageBackups(stage, part);
}

/** Puts every backup back as it was. */
async function repair({ path, outside }: Stage): Promise<void> {
  for (const [name, text] of whole.get(path) ?? []) await outside.vault.put(name, text);
}

/** The search is cancelled as soon as it has begun; the backup was mended meanwhile, so that all can be undone. */
export function searchInVain(): Scene {
  return {
    kind: 'answer',
    prepare: async (stage) => {
      await repair(stage);
      const { client } = stage.process;
      const stop = client.subscribe(() => {
        if (client.getSnapshot().activity !== 'emergencyRecovery') return;
        stop();
        client.cancel().catch(() => undefined);
      });
    },
  };
}

/** The journal is asked four times before it counts as unreadable for now. */
const TRIES = 4;

/** Whether an earlier process has searched cannot be found out. */
export const failToSearch = (persistence: 'transient' | 'permanent'): Scene => ({
  kind: 'answer',
  prepare: ({ process }) => {
    const error = new VaultError('VAULT_UNAVAILABLE', 'Told to fail.', { persistence });
    for (let tried = 1; tried <= TRIES; tried++) {
      process.faulty.vault.add({
        operation: 'list',
        when: ({ arguments: [name] }) => String(name).includes('/journal'),
        at: tried,
        moment: 'before',
        behaviour: { throws: error },
      });
    }
  },
});

/** Dies while another copy is looked for: before the search begins or, where that finds one, once it has ended. */
export function dieSearching(stage: Stage): Scene {
  const finds = departure(stage)?.event.type === 'BACKUP_RECOVERED';
  return { kind: 'crash', moment: finds && variant(stage, 2) === 0 ? 'atRecord' : 'atOnce' };
}

/** Dies, and the backup is found damaged by whoever goes on. */
export const dieWithoutBackup = (): Scene => ({
  kind: 'crash',
  moment: 'atOnce',
  prepare: (stage) => damage(stage, 'content'),
});
