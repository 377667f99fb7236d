import { describe, expect, it } from 'vitest';
import type { Backpedal } from '../../src/index.ts';
import { CONTENT, codeOf, DEFINITION, type Device, device, imageOf, keysOf, migrated, sorted } from '../runtime/kit.ts';
import { diesAt, rollBack } from './situations.ts';

const free = (on: Device): Promise<void> =>
  on.until(on.client('free').unlock({ reason: 'its browser was reset', lease: 'abandoned' }));

/** A device whose process died when its journal asked for this command. */
async function diedBefore(
  command: string,
  begin: () => Promise<Device>,
  act: (client: Backpedal) => Promise<unknown>,
): Promise<Device> {
  for (let k = 0; ; k++) {
    const on = await begin();
    if (!(await diesAt(on, 'old', k, 'after', act))) throw new Error(`No record asks for ${command}.`);
    if (on.records().at(-1)?.commands.includes(command)) return on;
  }
}

/** A migration that died while it copied, on a device that has lost its vault since. */
async function evictedWhileCopying(): Promise<Device> {
  const on = await diedBefore(
    'verifyCopy',
    async () => device(),
    (client) => client.migrate(),
  );
  on.vault.disk.clear();
  return on;
}

describe('a lease of a run that nobody can go on with', () => {
  it('CR15 is freed by a person, what it had copied is archived, and a migration begins', async () => {
    const on = await evictedWhileCopying();
    const client = on.client('b');
    expect(await on.until(client.recover())).toMatchObject({ action: 'nothingToDo' });
    const refused = await on.until(client.migrate());
    expect(refused).toMatchObject({ outcome: 'unchanged', error: { code: 'RUN_IN_PROGRESS' } });
    expect(on.database.rows('tasks')).toHaveLength(3);
    await free(on);
    expect((await on.database.ledger(on.migration.id)).holder).toBeNull();
    expect(on.database.rows('tasks')).toEqual([]);
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
    expect(await on.until(client.migrate())).toMatchObject({ outcome: 'migrated', items: 5 });
    expect(await on.until(client.audit.list())).toContainEqual(
      expect.objectContaining({ type: 'LEASE_FREED', reason: 'its browser was reset', runId: 'old-2' }),
    );
  });

  it('CR15 is taken up again by its own device, should that come back', async () => {
    const begin = async (): Promise<Device> =>
      (await migrated({ definition: { ...DEFINITION, onDrift: 'discard' } })).on;
    const on = await diedBefore('prepareRestore', begin, rollBack);
    const vault = new Map(on.vault.disk);
    on.vault.disk.clear();
    const rows = on.database.rows('tasks');
    await free(on);
    expect(on.database.rows('tasks')).toEqual(rows);
    on.vault.disk.clear();
    for (const [name, text] of vault) on.vault.disk.set(name, text);
    expect(await on.until(on.client('back').recover())).toMatchObject({ migrationState: 'ROLLED_BACK' });
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
  });

  it('CR15 is left where the journal here can finish its run, and nothing is changed', async () => {
    const { on } = await migrated({ definition: { ...DEFINITION, onDrift: 'discard' } });
    await diesAt(on, 'old', 4, 'after', rollBack);
    const before = imageOf(on);
    expect(await codeOf(free(on))).toBe('RUN_IN_PROGRESS');
    expect(imageOf(on)).toEqual(before);
  });

  it('CR15 that nobody holds, or of another kind, is refused', async () => {
    const { on, client } = await migrated();
    const before = imageOf(on);
    expect(await codeOf(free(on))).toBe('RUN_NOT_FOUND');
    expect(await codeOf(client.unlock({ reason: 'why not', lease: 'mine' as never }))).toBe('INPUT_ARGUMENT');
    expect(imageOf(on)).toEqual(before);
  });
});
