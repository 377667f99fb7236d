import { StorageError } from '../../errors.ts';
import type { EmergencyChoice } from '../../machines/emergency-recovery/types.ts';
import type { Decision } from '../../runtime/public-types.ts';
import type { PathStep } from './chart-path.ts';
import type { Script } from './common-scenes.ts';
import { failing, type Scene } from './scene.ts';
import { departure, type Stage } from './stage.ts';

const answer = (prepare: (stage: Stage) => void | Promise<void>): Scene => ({ kind: 'answer', prepare });

/** Everything that was taken out of sight, by the path that is walked. */
interface Hidden {
  readonly files: Map<string, string>;
  readonly keys: Map<string, string>;
  token: number | null;
}
const hidden = new WeakMap<Stage['path'], Hidden>();

function hiddenOn({ path }: Stage): Hidden {
  const known = hidden.get(path) ?? { files: new Map(), keys: new Map(), token: null };
  hidden.set(path, known);
  return known;
}

/** The files of the backups, those of the newest generation last. */
async function filesOf({ outside, world }: Stage, part: 'head' | 'content'): Promise<readonly string[]> {
  const names = await outside.vault.list(`${world.migration.id}/backups/`);
  return names.filter((name) => name.endsWith(`/${part}`)).sort();
}

/**
 * Damages these files behind the vault's back: the end, so that what is whole of them is enough to put all of it together
 * again; or the beginning, which says what was backed up, so that nothing can be proved.
 */
async function damage(stage: Stage, part: 'end' | 'beginning', names: readonly string[]): Promise<void> {
  const { vault } = stage.outside;
  const { files } = hiddenOn(stage);
  for (const name of names) {
    const text = (await vault.get(name)) ?? '';
    if (!files.has(name)) files.set(name, text);
    await vault.put(name, part === 'end' ? `${text.slice(0, -3)}???` : `???${text.slice(3)}`);
  }
}

/** A rollback that finds its backup damaged, and every older one. */
const damageAll = async (stage: Stage): Promise<void> => damage(stage, 'end', await filesOf(stage, 'content'));

/** Puts the content of one generation back as it was. */
async function repair(stage: Stage, which: 'newest' | 'oldest'): Promise<void> {
  const name = (await filesOf(stage, 'content')).at(which === 'newest' ? -1 : 0) ?? '';
  const text = hiddenOn(stage).files.get(name);
  if (text !== undefined) await stage.outside.vault.put(name, text);
}

/** Nothing says any more what the newest generation held. */
async function losesProof(stage: Stage): Promise<void> {
  for (const part of ['head', 'content'] as const)
    await damage(stage, 'beginning', (await filesOf(stage, part)).slice(-1));
}

const THIEF = { run: 'thief', storage: 'thief' } as const;

/** Takes out of sight whatever the data could be put together from: backups, keys and rows. */
async function hideEverything(stage: Stage): Promise<void> {
  const { outside, world } = stage;
  const { id: migration } = world.migration;
  const out = hiddenOn(stage);
  for (const name of await outside.vault.list(`${migration}/backups/`)) {
    const text = (await outside.vault.get(name)) ?? '';
    if (!out.files.has(name)) out.files.set(name, text);
    await outside.vault.remove(name);
  }
  for (const [key, value] of await outside.storage.read((await outside.storage.keys()).filter(isOfApp))) {
    if (value === null) continue;
    out.keys.set(key, value);
    await outside.storage.write([{ key, value: null, expect: [value] }], () => true);
  }
  const lease = await outside.database.lease({ migration, ...THIEF, mode: 'takeOver' });
  if (lease.status !== 'granted') throw new Error('The rows could not be taken out of sight.');
  const undoes = String(stage.record?.snapshot.context.undoes);
  out.token = lease.token;
  await outside.database.clear({ migration, run: THIEF.run, token: lease.token }, { undoes, drift: 'any' });
}

const isOfApp = (key: string): boolean => !key.startsWith('backpedal:');

/** Puts everything back that was taken out of sight. */
async function bringBack(stage: Stage): Promise<void> {
  const { outside, world } = stage;
  const { id: migration } = world.migration;
  const out = hiddenOn(stage);
  if (out.token === null) return;
  const fence = { migration, run: THIEF.run, token: out.token };
  out.token = null;
  await outside.database.undoClear(fence);
  await outside.database.release(fence);
  for (const [name, text] of out.files) await outside.vault.put(name, text);
  for (const [key, value] of out.keys) await outside.storage.write([{ key, value, expect: [null] }], () => true);
}

/** The identity of the user cannot be had, for good. */
const failIdentity = ({ process }: Stage): void =>
  process.failIdentity(new StorageError('STORAGE_DENIED', 'Told to fail.'));

const NOTICES = { port: 'notify', operation: 'call' } as const;

/** What follows once nothing was found: everything is back before help is called for, or the process dies. */
const withEverythingBack = (scene: Scene) => (): Scene =>
  ({
    ...scene,
    prepare: async (stage: Stage) => {
      await bringBack(stage);
      if (scene.kind !== 'act') await scene.prepare?.(stage);
    },
  }) as Scene;

function deciding(stage: Stage): Scene {
  const step = departure(stage);
  if (step === undefined) throw new Error('There is nothing to decide.');
  return { kind: 'act', moment: 'atOnce', act: (on) => decide(on, step) };
}

/** Answers the open question as the path does. */
async function decide({ process: { client }, record }: Stage, step: PathStep): Promise<void> {
  const choice = (step.event as { choice?: EmergencyChoice }).choice ?? 'stop';
  const isOlder = JSON.stringify(record?.snapshot.value).includes('askingForOlderBackup');
  await client.decide({ question: isOlder ? 'olderBackup' : 'reconstruction', choice } as Decision);
}

const CHOICES = ['useOlderBackup', 'reconstruct', 'useReconstruction', 'stop'];
const ASKING = ['askingForOlderBackup', 'askingForReconstruction'];

/** How the steps of the emergency recovery chart are brought about, within a rollback whose backup is damaged. */
export const emergencyRecoveryScript: Script = {
  begin: damageAll,
  decide,
  mainCalls: {
    tryingBackups: { port: 'vault', operation: 'list', name: '/backups/' },
    askingForOlderBackup: NOTICES,
    reconstructing: { port: 'database', operation: 'movable' },
    askingForReconstruction: NOTICES,
    requestingManualRecovery: NOTICES,
  },
  particular: {
    'BACKUP_FOUND same': () => answer((stage) => repair(stage, 'newest')),
    'BACKUP_FOUND older': () => answer((stage) => repair(stage, 'oldest')),
    'RECONSTRUCTED lossy': () => answer(losesProof),
    NOT_RECONSTRUCTED: () => answer(hideEverything),
    REQUESTED: withEverythingBack({ kind: 'answer' }),
    'requestingManualRecovery RESUMED': withEverythingBack({ kind: 'crash', moment: 'atOnce' }),
    'requestingManualRecovery FAILED transient': withEverythingBack(failing(NOTICES, 'transient')),
    'requestingManualRecovery FAILED permanent': withEverythingBack(answer(failIdentity)),
    ...Object.fromEntries(ASKING.map((state) => [`${state} FAILED permanent`, () => answer(failIdentity)])),
    ...Object.fromEntries(
      ASKING.flatMap((state) => CHOICES.map((choice) => [`${state} DECIDE ${choice}`, deciding] as const)),
    ),
  },
};
