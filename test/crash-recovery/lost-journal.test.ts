import { describe, expect, it } from 'vitest';
import { DatabaseError } from '../../src/errors.ts';
import type { Backpedal, BackpedalOptions } from '../../src/index.ts';
import { CONTENT, codeOf, DEFINITION, type Device, device, imageOf, keysOf, migrated, sorted } from '../runtime/kit.ts';
import { dieAtRecord, processOn } from '../runtime/mortal.ts';

const journalNames = (on: Device): string[] => [...on.vault.disk.keys()].filter((name) => name.includes('/journal'));

type Loss = 'damaged' | 'gap' | 'evicted';

/** The journal cannot be read any more, or everything in the vault is gone, as when a browser evicts IndexedDB. */
function lose(on: Device, loss: Loss): void {
  const [first = ''] = journalNames(on).sort();
  if (loss === 'evicted') on.vault.disk.clear();
  else if (loss === 'gap') on.vault.disk.delete(first);
  else on.vault.disk.set(first, `${on.vault.disk.get(first)} `);
}

/** A process that dies at the k-th record of what it does. */
async function interrupted(on: Device, k: number, act: (client: Backpedal) => Promise<unknown>): Promise<void> {
  const death = new AbortController();
  const ports = processOn(on, death.signal);
  void act(on.client(`doomed${k}`, { ...ports, vault: dieAtRecord(ports.vault, death, k, 'after') }));
  await on.clock.advance(0);
  if (!death.signal.aborted) throw new Error(`There was no record ${k}.`);
}

const rollback = (client: Backpedal): Promise<unknown> => client.rollback({ reason: 'USER_REQUEST', onDrift: 'merge' });

/** Answers whatever is asked until nothing is. */
async function recoverWith(on: Device, client: Backpedal, choice: string): Promise<string> {
  let { action } = await on.until(client.recover());
  for (let asked = 0; action === 'waiting' && asked < 5; asked++) {
    const { question } = client.getSnapshot();
    if (question === null) break;
    const wanted = (question.choices as readonly string[]).find((one) => one === choice) ?? question.choices[0];
    await on.until(client.decide({ question: question.question, choice: wanted } as never));
    ({ action } = await on.until(client.recover()));
  }
  return action;
}

describe('a journal that is lost', () => {
  it('CR4 after a migration: the migration is known again, and can be rolled back', async () => {
    for (const loss of ['damaged', 'gap'] as const) {
      const { on } = await migrated();
      lose(on, loss);
      const client = on.client('b');
      expect(await on.until(client.recover())).toMatchObject({ action: 'adopted', migrationState: 'MIGRATED' });
      expect(await on.until(on.client('c').recover())).toMatchObject({ migrationState: 'MIGRATED' });
      const result = await on.until(client.rollback({ reason: 'USER_REQUEST' }));
      expect({ loss, outcome: result.outcome, keys: keysOf(on.storage) }).toEqual({
        loss,
        outcome: 'rolledBack',
        keys: sorted(CONTENT),
      });
    }
  });

  it('CR4 with the backups gone as well, the rows still are the data, and nobody starts empty', async () => {
    const { on } = await migrated();
    lose(on, 'evicted');
    const client = on.client('b');
    expect(await on.until(client.recover())).toMatchObject({ action: 'adopted', migrationState: 'MIGRATED' });
    expect(on.database.rows('tasks')).toHaveLength(3);
    const ending = client.rollback({ reason: 'USER_REQUEST', onDrift: 'merge' });
    for (let at = 0; at < 50 && client.getSnapshot().question === null; at++) await on.clock.advance(0);
    expect(client.getSnapshot().question).toMatchObject({ question: 'reconstruction' });
    await on.until(client.decide({ question: 'reconstruction', choice: 'useReconstruction' }));
    expect((await on.until(ending)).outcome).toBe('rolledBack');
    const store = JSON.parse(on.storage.getItem('task-store') ?? '{}') as { state: { tasks: unknown[] } };
    expect(store.state.tasks).toHaveLength(3);
    expect(on.database.rows('tasks')).toEqual([]);
  });

  it('CR4 the journal that could not be read stays where it is', async () => {
    const { on } = await migrated();
    lose(on, 'damaged');
    const before = journalNames(on).map((name) => [name, on.vault.disk.get(name)] as const);
    await on.until(on.client('b').recover());
    for (const [name, text] of before) expect(on.vault.disk.get(name)).toBe(text);
  });

  it('CR4 in a rollback, at whichever record: everything is back or was never touched, never a mixture', async () => {
    for (const loss of ['damaged', 'evicted'] as const) {
      for (let k = 0; k < 12; k++) {
        const { on } = await migrated({ definition: { ...DEFINITION, onDrift: 'merge' } });
        await interrupted(on, k, rollback);
        lose(on, loss);
        const client = on.client('next');
        const action = await recoverWith(on, client, 'useReconstruction');
        const state = (await on.until(on.client('after').recover())).migrationState;
        const rows = on.database.rows('tasks').length + on.database.rows('environments').length;
        const keys = ['task-store', 'environments'].filter((key) => on.storage.getItem(key) !== null).length;
        const told = { loss, k, action, state, rows, keys };
        expect([
          { ...told, state: 'ROLLED_BACK', rows: 0, keys: 2 },
          { ...told, state: 'MIGRATED', rows: 5, keys: 0 },
          // With journal and marker gone before anything was moved, only the rows are left to tell.
        ]).toContainEqual(told);
        if (loss === 'damaged' && state === 'ROLLED_BACK') expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
      }
    }
  });

  it('CR4 in a migration, at whichever record: it has ended, or its copy is taken out again', async () => {
    for (let k = 0; k < 12; k++) {
      const on = device();
      await interrupted(on, k, (client) => client.migrate());
      lose(on, 'damaged');
      const client = on.client('next');
      const { action } = await on.until(client.recover());
      const { migrationState } = await on.until(on.client('after').recover());
      const rows = on.database.rows('tasks').length + on.database.rows('environments').length;
      if (migrationState === 'MIGRATED') expect({ k, action, rows }).toEqual({ k, action, rows: 5 });
      else {
        expect({ k, action, rows, keys: keysOf(on.storage) }).toEqual({ k, action, rows: 0, keys: sorted(CONTENT) });
        expect((await on.until(client.migrate())).outcome).toBe('migrated');
      }
    }
  });

  it('CR4 whoever was at work when it was replaced learns that he is not the holder', async () => {
    const { on } = await migrated();
    const ports: Partial<BackpedalOptions> = { lock: undefined as never };
    let wake = (): void => {};
    const asleep = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const sleepy = { ...on.vault, putIfAbsent: on.vault.putIfAbsent };
    sleepy.putIfAbsent = async (name, text) => {
      if (name.includes('/journal/') && text.includes('"restoringStorage"')) await asleep;
      return on.vault.putIfAbsent(name, text);
    };
    const old = on.client('old', { ...ports, vault: sleepy }).rollback({ reason: 'USER_REQUEST', onDrift: 'merge' });
    const ended = old.then(
      (result) => result.outcome as string,
      (error: { code: string }) => error.code,
    );
    await on.clock.advance(0);
    lose(on, 'damaged');
    await on.until(on.client('new', ports).recover());
    const before = imageOf(on);
    wake();
    await on.until(ended);
    const after = imageOf(on) as { storage: unknown; database: unknown };
    expect({ storage: after.storage, database: after.database }).toEqual({
      storage: (before as typeof after).storage,
      database: (before as typeof after).database,
    });
  });
});

describe('a journal that is lost, and a storage that somebody has emptied', () => {
  /** A rollback interrupted at its k-th record; then its journal is damaged, and somebody logs out. */
  async function loggedOut(k: number): Promise<Device> {
    const { on } = await migrated();
    await interrupted(on, k, rollback);
    lose(on, 'damaged');
    on.storage.clear();
    return on;
  }

  it('CR3 nothing is put back unasked, and the person can have it all', async () => {
    for (const k of [3, 5, 7]) {
      const on = await loggedOut(k);
      const client = on.client('next');
      expect(await on.until(client.recover())).toMatchObject({ action: 'waiting' });
      expect({ k, question: client.getSnapshot().question }).toMatchObject({
        question: { question: 'emptiedStorage' },
      });
      expect(on.storage.entries()).toEqual([]);
      await recoverWith(on, client, 'restore');
      expect(await on.until(on.client('after').recover())).toMatchObject({ migrationState: 'ROLLED_BACK' });
      const ours = CONTENT.filter(([key]) => key !== 'length' && key !== 'analytics');
      expect(keysOf(on.storage)).toEqual(sorted(ours));
    }
  });

  it('CR3 or nothing of it: the rows are the data again, and the storage stays empty', async () => {
    for (const k of [3, 5, 7]) {
      const on = await loggedOut(k);
      await recoverWith(on, on.client('next'), 'keepEmpty');
      expect(await on.until(on.client('after').recover())).toMatchObject({ migrationState: 'MIGRATED' });
      expect(keysOf(on.storage)).toEqual([]);
      expect({ k, rows: on.database.rows('tasks').length }).toEqual({ k, rows: 3 });
      expect((await on.database.ledger(on.migration.id)).holder).toBeNull();
    }
  });
});

describe('no run', () => {
  const unreachable = async (): Promise<never> => {
    throw new DatabaseError('DATABASE_UNAVAILABLE', 'Told to fail.', { persistence: 'transient' });
  };

  it('CR5 is believed only when journal and database agree', async () => {
    const { on } = await migrated();
    lose(on, 'evicted');
    expect(await on.until(on.client('b').recover())).not.toMatchObject({ action: 'nothingToDo' });
  });

  it('CR5 without the database, a readable journal that fits the marker lets the app start, and says so', async () => {
    for (const on of [device(), (await migrated()).on]) {
      const database = { ...on.database, ledger: unreachable };
      const result = await on.until(on.client('b', { database }).recover());
      expect(result).toMatchObject({ action: 'nothingToDo', warnings: [{ code: 'DATABASE_UNCHECKED' }] });
      expect(await on.until(on.client('c').recover())).not.toHaveProperty('warnings');
    }
  });

  it('CR5 without the database, a journal that is gone or damaged stops the start, and nothing is changed', async () => {
    for (const loss of ['damaged', 'evicted'] as const) {
      const { on } = await migrated();
      lose(on, loss);
      const before = imageOf(on);
      const database = { ...on.database, ledger: unreachable };
      expect(await codeOf(on.until(on.client('b', { database }).recover()))).toBe('DATABASE_UNAVAILABLE');
      expect(imageOf(on)).toEqual(before);
    }
  });

  it('CR5 runs of other devices in the same database are none of ours', async () => {
    const { on } = await migrated();
    const other = device();
    const ports = { database: on.database };
    expect(await on.until(other.client('other', ports).recover())).toMatchObject({
      action: 'nothingToDo',
      migrationState: 'NOT_STARTED',
    });
  });

  it('CR8 a lease that an ended run has left behind is given back by the next start', async () => {
    const { on, client } = await migrated();
    const { runId } = await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    const storage = on.records().at(-1)?.snapshot.context.storage as string;
    await on.database.lease({ migration: on.migration.id, run: runId, storage, mode: 'takeOver' });
    expect(await on.until(on.client('b').recover())).toMatchObject({ action: 'nothingToDo' });
    expect((await on.database.ledger(on.migration.id)).holder).toBeNull();
  });

  it('CR1 a start that finds nothing records nothing', async () => {
    const { on } = await migrated();
    const before = on.records().length;
    await on.until(on.client('b').recover());
    expect(on.records()).toHaveLength(before);
  });
});

describe('a rollback that is completed without its journal', () => {
  it('CR6 settles like any other: its burst is written again when the browser loses it', async () => {
    const { on, client } = await migrated();
    on.storage.flush();
    await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    for (const name of [...on.vault.disk.keys()].filter((one) => one.includes('/journal')))
      on.vault.disk.set(name, 'x');
    expect(await on.until(on.client('b').recover())).toMatchObject({
      action: 'completed',
      migrationState: 'ROLLED_BACK',
    });
    on.storage.crash('none');
    expect(await on.until(on.client('c').recover())).toMatchObject({ action: 'restoredAgain' });
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
  });

  it('CR4 an outage in its middle is no reason for safe mode: the next start finds it again', async () => {
    const { on, client } = await migrated();
    await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    for (const name of [...on.vault.disk.keys()].filter((one) => one.includes('/journal')))
      on.vault.disk.set(name, 'x');
    const away = async (): Promise<never> => {
      throw new DatabaseError('DATABASE_UNAVAILABLE', 'Told to fail.', { persistence: 'transient' });
    };
    const database = { ...on.database, lease: away };
    await on.until(on.client('b', { database }).recover());
    expect(on.operations.at(-1)).not.toBe('stop');
    expect(await on.until(on.client('c').recover())).toMatchObject({ migrationState: 'ROLLED_BACK' });
  });
});
