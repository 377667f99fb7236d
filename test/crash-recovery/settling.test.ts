import { describe, expect, it } from 'vitest';
import { DatabaseError, StorageError } from '../../src/errors.ts';
import type { Backpedal } from '../../src/index.ts';
import { CONTENT, DEFINITION, type Device, device, imageOf, keysOf, migrated, sorted } from '../runtime/kit.ts';
import { dieAtRecord, processOn } from '../runtime/mortal.ts';

const DAY = 86_400_000;

/** Rolled back, with a storage of which nothing since `from` has reached the disk when the browser is killed. */
async function killedAfter(act: (client: Backpedal, on: Device) => Promise<unknown>): Promise<Device> {
  const { on, client } = await migrated();
  on.storage.flush();
  await on.until(act(client, on));
  on.storage.crash('none');
  return on;
}

const rollback = (client: Backpedal): Promise<unknown> => client.rollback({ reason: 'USER_REQUEST' });

describe('a start after the browser was killed', () => {
  it('CR6 restores again what the browser had acknowledged and not kept', async () => {
    const on = await killedAfter(rollback);
    expect(keysOf(on.storage).length).toBeLessThan(CONTENT.length);
    const result = await on.until(on.client('b').recover());
    expect(result).toMatchObject({ action: 'restoredAgain', migrationState: 'ROLLED_BACK' });
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
    expect(on.operations.at(-1)).toBe('resume');
    expect(await on.until(on.client('c').recover())).toMatchObject({ action: 'nothingToDo' });
  });

  it('CR6 whatever prefix of the burst the disk has, every key is back', async () => {
    for (let prefix = 0; prefix < 5; prefix++) {
      const { on, client } = await migrated();
      on.storage.flush();
      await on.until(rollback(client));
      on.storage.crash({ prefix });
      await on.until(on.client('b').recover());
      expect({ prefix, keys: keysOf(on.storage) }).toEqual({ prefix, keys: sorted(CONTENT) });
    }
  });

  it('CR6 leaves alone what the app has written since, and says how many keys that are', async () => {
    const on = await killedAfter(rollback);
    on.storage.setItem('task-store', 'written by the app since');
    const client = on.client('b');
    expect(await on.until(client.recover())).toMatchObject({ action: 'restoredAgain' });
    expect(on.storage.getItem('task-store')).toBe('written by the app since');
    expect(on.storage.getItem('environments')).toBe(new Map(CONTENT).get('environments'));
    expect(on.notes.at(-1)).toMatchObject({ type: 'WARNING', details: { left: 1 } });
  });

  it('CR6 removes again a key that a migration had removed, only where it equals its backup', async () => {
    const { on, client } = await migrated();
    await on.until(rollback(client));
    on.storage.flush();
    await on.until(client.migrate());
    on.storage.crash('none');
    expect(on.storage.getItem('task-store')).not.toBeNull();
    on.storage.setItem('environments', 'written by the app since');
    expect(await on.until(on.client('b').recover())).toMatchObject({
      action: 'restoredAgain',
      migrationState: 'MIGRATED',
    });
    expect(on.storage.getItem('task-store')).toBeNull();
    expect(on.storage.getItem('environments')).toBe('written by the app since');
  });

  it('CR6 whatever prefix of the burst of a migration the disk has, no key that it removed comes back', async () => {
    for (let prefix = 0, writes = 1; prefix <= writes; prefix++) {
      const { on, client } = await migrated();
      await on.until(rollback(client));
      on.storage.flush();
      await on.until(client.migrate());
      writes = on.storage.unflushed();
      expect(writes).toBeGreaterThan(1);
      on.storage.crash({ prefix });
      await on.until(on.client('b').recover());
      const keys = ['task-store', 'environments'].map((key) => on.storage.getItem(key));
      expect({ prefix, keys }).toEqual({ prefix, keys: [null, null] });
    }
  });

  it('CR6 a burst that undid a restore is undone again', async () => {
    const { on, client } = await migrated();
    on.storage.flush();
    // Every verification finds something else, so the run gives up after its bursts and puts back what was there.
    const lying = { ...on.storage, read: on.storage.read };
    lying.read = async (keys) => {
      const values = await on.storage.read(keys);
      const burst = on.records().at(-1)?.snapshot.value;
      if (JSON.stringify(burst).includes('verifyingData') && values.has('task-store'))
        values.set('task-store', 'a lie');
      return values;
    };
    const before = keysOf(on.storage);
    const result = await on.until(on.client('s', { storage: lying }).rollback({ reason: 'USER_REQUEST' }));
    expect(result.outcome).toBe('unchanged');
    // Of its bursts the disk has all but what undid them.
    on.storage.crash({ prefix: on.storage.unflushed() - 3 });
    expect(keysOf(on.storage)).not.toEqual(before);
    expect(await on.until(on.client('b').recover())).toMatchObject({ migrationState: 'MIGRATED' });
    expect(keysOf(on.storage)).toEqual(before);
    void client;
  });
});

describe('a migration that was stopped after its source had been cleared', () => {
  /** Clears its source, loses the database and puts the source back; `cleared` is called in between. */
  async function stopped(on: Device, cleared: () => void): Promise<void> {
    let isLost = false;
    const lost = async (): Promise<never> => {
      throw new DatabaseError('DATABASE_UNAVAILABLE', 'Told to fail.', { persistence: 'transient' });
    };
    const database = new Proxy(on.database, {
      get: (target, name) =>
        isLost && name !== 'failureDomain' && name !== 'scope' ? lost : Reflect.get(target, name),
    });
    const storage = {
      ...on.storage,
      write: async (...[writes, permitted]: Parameters<Device['storage']['write']>) => {
        const outcome = await on.storage.write(writes, permitted);
        const isClearing = writes.some(({ key, value }) => key === 'task-store' && value === null);
        if (isClearing) {
          cleared();
          isLost = true;
          // Long enough for two questions to the database to go unanswered.
          await on.clock.sleep(20_000);
        }
        return outcome;
      },
    };
    const result = await on.until(on.client('a', { storage, database }).migrate());
    expect(result).toMatchObject({ outcome: 'unchanged', reason: 'DATABASE_CONNECTION_LOST' });
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
  }

  it('CR6 has its source put back again when the browser has lost that', async () => {
    const on = device();
    await stopped(on, () => on.storage.flush());
    on.storage.crash('none');
    expect(on.storage.getItem('task-store')).toBeNull();
    expect(await on.until(on.client('b').recover())).toMatchObject({
      action: 'restoredAgain',
      migrationState: 'NOT_STARTED',
    });
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
  });

  it('CR6 has it put back whatever prefix of both bursts the disk has; where nothing of it is left a person is asked', async () => {
    for (const earlier of ['an earlier marker', 'no marker'] as const) {
      for (let prefix = 0; prefix <= 6; prefix++) {
        const on = device();
        if (earlier === 'an earlier marker') {
          await on.until(on.client('m').migrate());
          await on.until(on.client('m').rollback({ reason: 'USER_REQUEST' }));
        }
        on.storage.flush();
        await stopped(on, () => {});
        const pending = on.storage.unflushed();
        on.storage.crash({ prefix });
        const client = on.client('b');
        const { action } = await on.until(client.recover());
        if (action === 'waiting') {
          expect({ earlier, prefix }).toEqual({ earlier: 'no marker', prefix: 2 });
          await on.until(client.decide({ question: 'emptiedStorage', choice: 'restore' }));
          await on.clock.advance(1000);
        }
        expect({ earlier, prefix, pending, keys: keysOf(on.storage) }).toEqual({
          earlier,
          prefix,
          pending,
          keys: sorted(CONTENT),
        });
        const next = await on.until(on.client('c').recover());
        expect(['debtsPaid', 'nothingToDo']).toContain(next.action);
      }
    }
  });
});

describe('a storage that was emptied after a rollback', () => {
  async function emptied(): Promise<{ on: Device; client: Backpedal }> {
    const { on, client } = await migrated();
    await on.until(rollback(client));
    on.storage.clear();
    on.storage.flush();
    const next = on.client('b');
    expect(await on.until(next.recover())).toMatchObject({ action: 'waiting' });
    return { on, client: next };
  }

  it('CR3 is never filled unasked: a person is asked, at level 2', async () => {
    const { on, client } = await emptied();
    expect(on.storage.entries()).toEqual([]);
    expect(client.getSnapshot()).toMatchObject({
      escalation: 2,
      question: { question: 'emptiedStorage', choices: ['restore', 'keepEmpty'] },
    });
    expect(on.notes.filter(({ type }) => type === 'QUESTION').map(({ audience }) => audience)).toEqual([
      'user',
      'support',
    ]);
    const before = on.records().length;
    expect(await on.until(on.client('c').recover())).toMatchObject({ action: 'waiting' });
    expect(on.records()).toHaveLength(before);
    expect(on.storage.entries()).toEqual([]);
  });

  it('CR3 is filled when the person wants it, also from another process', async () => {
    for (const name of ['b', 'another'] as const) {
      const { on, client } = await emptied();
      const who = name === 'b' ? client : on.client(name);
      await on.until(who.decide({ question: 'emptiedStorage', choice: 'restore' }));
      expect(await on.until(who.recover())).toMatchObject({ migrationState: 'ROLLED_BACK' });
      // What belonged to other people is not ours to put back.
      const ours = CONTENT.filter(([key]) => key !== 'analytics' && key !== 'length');
      expect(keysOf(on.storage)).toEqual(sorted(ours));
    }
  });

  it('CR3 stays empty when the person wants that, and nobody is asked again', async () => {
    const { on, client } = await emptied();
    await on.until(client.decide({ question: 'emptiedStorage', choice: 'keepEmpty' }));
    await on.until(client.recover());
    for (const name of ['c', 'd']) {
      expect(await on.until(on.client(name).recover())).toMatchObject({ action: 'nothingToDo' });
    }
    expect(on.storage.entries()).toEqual([]);
  });

  it('CR3 an answer that is none, or to another question, is refused and changes nothing', async () => {
    const { on, client } = await emptied();
    const before = imageOf(on);
    for (const decision of [
      { question: 'drift', choice: 'merge' },
      { question: 'emptiedStorage', choice: 'merge' },
    ]) {
      await expect(on.until(client.decide(decision as never))).rejects.toMatchObject({
        code: expect.stringMatching(/QUESTION_NOT_OPEN|INPUT_ARGUMENT/),
      });
    }
    expect(imageOf(on)).toEqual(before);
  });
});

describe('settling', () => {
  it('CR7 takes settleAfter and three starts; until then every start compares', async () => {
    const { on, client } = await migrated();
    on.storage.flush();
    await on.until(rollback(client));
    for (let start = 1; start <= 4; start++) {
      if (start > 1) await on.clock.advance(DAY / 2);
      await on.until(on.client(`start-${start}`).recover());
    }
    // From here on the marker is not looked at any more: a browser that loses it now has lost its storage.
    on.storage.crash('none');
    expect(await on.until(on.client('late').recover())).toMatchObject({ action: 'nothingToDo' });
  });

  it('CR7 age alone does not settle it, nor do starts alone', async () => {
    for (const kind of ['age', 'starts'] as const) {
      const { on, client } = await migrated();
      on.storage.flush();
      await on.until(rollback(client));
      if (kind === 'age') await on.clock.advance(30 * DAY);
      else for (let start = 0; start < 9; start++) await on.until(on.client(`start-${start}`).recover());
      on.storage.crash('none');
      expect(await on.until(on.client('late').recover())).toMatchObject({ action: 'restoredAgain' });
    }
  });

  it('CR7 one client is one start, however often it looks', async () => {
    const { on, client } = await migrated();
    on.storage.flush();
    await on.until(rollback(client));
    await on.clock.advance(2 * DAY);
    const next = on.client('b');
    for (let look = 0; look < 9; look++) await on.until(next.recover());
    on.storage.crash('none');
    expect(await on.until(on.client('late').recover())).toMatchObject({ action: 'restoredAgain' });
  });

  it('CR7 a new migration with a backup of its own supersedes what was to be settled', async () => {
    const { on, client } = await migrated();
    await on.until(rollback(client));
    await on.until(client.migrate());
    on.storage.flush();
    expect(await on.until(on.client('b').recover())).toMatchObject({
      action: 'nothingToDo',
      migrationState: 'MIGRATED',
    });
    expect(on.storage.getItem('task-store')).toBeNull();
  });

  it('CR9 rows that come after a rollback are swept into its archive at every start until it has settled', async () => {
    const { on, client } = await migrated();
    await on.until(rollback(client));
    on.database.insert('tasks', { id: 'late', title: 'late', note: null });
    expect(await on.until(on.client('b').recover())).toMatchObject({ action: 'nothingToDo' });
    expect(on.database.rows('tasks')).toEqual([]);
    const { rows } = await on.until(client.archive.list());
    const [run = ''] = rows.map((archive) => archive.run);
    const archive = await on.until(client.archive.export(run));
    expect(archive.rows.filter(({ kind }) => kind === 'late')).toHaveLength(1);
    expect(on.database.store.leases.get(on.migration.id)?.holder ?? null).toBeNull();
  });
});

describe('an unlocking', () => {
  it('CR7 ends what was to be settled: nothing of before is written over what people have repaired', async () => {
    const { on, client } = await migrated();
    const fails = async (): Promise<never> => {
      throw new DatabaseError('DATABASE_FAILED', 'Told to fail.');
    };
    const storage = { ...on.storage, read: on.storage.read };
    storage.read = async (keys) => {
      const values = await on.storage.read(keys);
      if (keys.includes('task-store') && values.get('task-store') !== null) values.set('task-store', 'a lie');
      return values;
    };
    const stuck = on.client('stuck', { storage, database: { ...on.database, undoClear: fails } });
    expect((await on.until(stuck.rollback({ reason: 'USER_REQUEST' }))).outcome).toBe('safeMode');
    await on.until(client.unlock({ reason: 'repaired' }));
    on.storage.setItem('task-store', 'repaired');
    const before = on.storage.entries();
    expect(await on.until(on.client('c').recover())).toMatchObject({ action: 'nothingToDo' });
    expect(on.storage.entries()).toEqual(before);
  });
});

describe('before a migration', () => {
  it('CR14 what a rollback had put back and the browser has lost is not taken for the source', async () => {
    for (const how of ['lost', 'emptied'] as const) {
      const { on, client } = await migrated();
      on.storage.flush();
      await on.until(rollback(client));
      if (how === 'lost') on.storage.crash('none');
      else on.storage.clear();
      const before = imageOf(on);
      const next = on.client('b');
      await expect(on.until(next.migrate())).rejects.toMatchObject({ code: 'RUN_INTERRUPTED' });
      expect(imageOf(on)).toEqual(before);
      const { action } = await on.until(next.recover());
      if (how === 'emptied') {
        expect(action).toBe('waiting');
        await on.until(next.decide({ question: 'emptiedStorage', choice: 'restore' }));
        await on.until(next.recover());
      }
      for (const key of ['task-store', 'environments']) expect(on.storage.getItem(key)).toBe(new Map(CONTENT).get(key));
      expect(await on.until(next.migrate())).toMatchObject({ outcome: 'migrated', items: 5 });
    }
  });

  it('CR14 nor is it by a migration that was interrupted before its backup, and is taken up', async () => {
    for (let record = 0; record < 4; record += 1) {
      const { on, client } = await migrated();
      on.storage.flush();
      await on.until(rollback(client));
      const death = new AbortController();
      const ports = processOn(on, death.signal);
      const doomed = on.client('doomed', { ...ports, vault: dieAtRecord(ports.vault, death, record, 'after') });
      void doomed.migrate();
      await on.clock.advance(0);
      expect(death.signal.aborted).toBe(true);
      on.storage.crash('none');
      const next = on.client('b');
      await on.until(next.recover());
      expect(on.records().find(({ event }) => event.type === 'FAILED')?.event).toMatchObject({
        code: 'RUN_INTERRUPTED',
      });
      expect({ record, keys: keysOf(on.storage) }).toEqual({ record, keys: sorted(CONTENT) });
      expect(await on.until(next.migrate())).toMatchObject({ outcome: 'migrated', items: 5 });
    }
  });
});

describe('a rollback that was undone before it had written anything', () => {
  it('CR6 is not undone at every start where the app had put an old text back itself', async () => {
    const { on, client } = await migrated({ definition: { ...DEFINITION, onDrift: 'discard' } });
    on.storage.flush();
    const content = new Map(CONTENT);
    for (const key of ['task-store', 'environments']) on.storage.setItem(key, content.get(key) ?? '');
    const refusing = {
      ...on.storage,
      write: async (): Promise<never> => {
        throw new StorageError('STORAGE_UNAVAILABLE', 'Told to fail.', { persistence: 'permanent' });
      },
    };
    const result = await on.until(on.client('s', { storage: refusing }).rollback({ reason: 'USER_REQUEST' }));
    expect(result.outcome).toBe('unchanged');
    expect(await on.until(on.client('b').recover())).toMatchObject({ action: 'nothingToDo' });
    void client;
  });
});
