import { describe, expect, it } from 'vitest';
import {
  type BackpedalOptions,
  createBackpedal,
  DatabaseError,
  defineMigration,
  type RollbackStatus,
  StorageError,
} from '../../src/index.ts';
import { memoryCache, memoryDatabase, memoryStorage, memoryVault, withFaults } from '../../src/testing/index.ts';
import { driftQuestion } from '../support/drift-question.ts';
import {
  asking,
  CONTENT,
  codeOf,
  DEFINITION,
  type Device,
  device,
  imageOf,
  keysOf,
  migrated,
  SCHEMA,
  sorted,
  turn,
} from './kit.ts';

const RESTRICTED = {
  ...SCHEMA,
  others: {
    comments: {
      columns: ['id', 'task'],
      idColumns: ['id'],
      references: [{ columns: ['task'], table: 'tasks', onDelete: 'restrict' as const }],
    },
  },
};

/** Migrates, then edits rows in every way. */
async function edited(options: Parameters<typeof migrated>[0] = {}) {
  const { on, client } = await migrated(options);
  on.database.update('tasks', { id: 't1' }, { title: 'edited' });
  on.database.insert('tasks', { id: 't9', title: 'added', note: null });
  on.database.remove('environments', { id: 'e1' });
  return { on, client };
}

describe('what changes nothing', () => {
  it('CL1 creating a client asks no port for anything', () => {
    const ports = {
      storage: withFaults(memoryStorage()),
      database: withFaults(memoryDatabase(SCHEMA)),
      vault: withFaults(memoryVault()),
      cache: withFaults(memoryCache()),
      lock: withFaults(device().lock),
      clock: withFaults(device().clock),
      operations: withFaults({ stop: async () => {}, resume: async () => {} }),
      identity: withFaults({ user: () => null, createId: () => 'x' }),
      memory: withFaults({ usage: async () => 0 }),
      logger: withFaults({ debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }),
    };
    const given = Object.fromEntries(Object.entries(ports).map(([name, { port }]) => [name, port]));
    const client = createBackpedal({
      ...(given as unknown as BackpedalOptions),
      migration: defineMigration(DEFINITION),
    });
    client.getSnapshot();
    client.subscribe(() => {});
    for (const [name, { calls }] of Object.entries(ports)) expect({ name, calls }).toEqual({ name, calls: [] });
  });

  it('CL2 canRollback, plan and drill change nothing: before, after, with drift, and while a run waits', async () => {
    const on = device();
    const client = on.client();
    const look = async (): Promise<void> => {
      const before = imageOf(on);
      const told = [on.operations.length, on.notes.length];
      await codeOf(on.until(client.canRollback()));
      await codeOf(on.until(client.plan()));
      await codeOf(on.until(client.drill()));
      expect(imageOf(on)).toEqual(before);
      expect([on.operations.length, on.notes.length]).toEqual(told);
    };
    await look();
    await on.until(client.migrate());
    await look();
    const { ending } = await asking(on, client);
    await look();
    await on.until(client.decide({ question: 'drift', choice: 'merge' }));
    await on.until(ending);
    await look();
  });

  it('CL2 canRollback says whether, and if not why', async () => {
    const on = device();
    const client = on.client();
    expect(await on.until(client.canRollback())).toMatchObject({
      canRollback: false,
      reason: expect.stringContaining('no migration'),
      code: 'NOT_MIGRATED',
      backupAvailable: false,
    });
    await on.until(client.migrate());
    const ready = await on.until(client.canRollback());
    expect(ready).toEqual({ canRollback: true, backupAvailable: true, estimatedTime: expect.any(Number) });
    expect(ready.estimatedTime).toBeGreaterThan(0);
    await asking(on, client);
    const busy = {
      canRollback: false,
      reason: 'Rollback already in progress',
      code: 'RUN_IN_PROGRESS',
      backupAvailable: false,
      estimatedTime: 0,
    };
    expect(await on.until(client.canRollback())).toEqual(busy);
    expect(await on.until(on.client('b').canRollback())).toEqual(busy);
  });

  it('CL2 canRollback says no from the very moment in which a rollback was asked for', async () => {
    const { on, client } = await migrated();
    const ending = client.rollback({ reason: 'USER_REQUEST' });
    expect(await client.canRollback()).toMatchObject({ canRollback: false, reason: 'Rollback already in progress' });
    await on.until(ending);
  });

  it('CL2 the plan says what would be done, key by key and row by row', async () => {
    const { on, client } = await edited({ capacity: 1_000_000 });
    on.storage.setItem('task-store', '{"written":"since"}');
    on.storage.removeItem('draft:2');
    on.storage.setItem('settings', '{"theme":"light"}');
    const plan = await on.until(client.plan());
    expect(plan).toMatchObject({
      migrationId: 'tasks-to-database',
      onDrift: 'ask',
      rowsToRemove: 5,
      keysToRestore: 3,
      possible: true,
      obstacles: [],
      collections: [
        { collection: 'tasks', rows: 4, added: 1, changed: 1, deleted: 0 },
        { collection: 'environments', rows: 1, added: 0, changed: 0, deleted: 1 },
      ],
    });
    expect(plan.keys.map(({ key, action }) => `${key} ${action}`).sort()).toEqual([
      'draft:1 keep',
      'draft:2 restore',
      'environments restore',
      'settings keep',
      'task-store displace',
    ]);
    expect(plan.drift).toStrictEqual({
      digest: expect.stringMatching(/^[0-9a-f]{32}$/),
      added: 1,
      changed: 1,
      deleted: 1,
      dependents: 0,
      storageKeys: 1,
    });
    expect(plan.driftEntries.map(({ kind, key }) => `${kind} ${key}`).sort()).toEqual([
      'added ["t9"]',
      'changed ["t1"]',
      'deleted ["e1"]',
    ]);
    expect(plan.room.available).toBeGreaterThan(plan.room.needed);
  });

  it('CL2 the drift that the plan names is what a decision may quote', async () => {
    const { on, client } = await edited();
    const { drift } = await on.until(client.plan());
    const ending = client.rollback({ reason: 'USER_REQUEST' });
    await on.clock.advance(0);
    expect(driftQuestion(client)?.drift).toStrictEqual(drift);
    await on.until(client.decide({ question: 'drift', choice: 'merge', driftDigest: drift.digest }));
    expect(await on.until(ending)).toMatchObject({ outcome: 'rolledBack' });
  });

  it('CL3 the drill finds what the real rollback then finds', async () => {
    const { on, client } = await edited({ definition: { ...DEFINITION, onDrift: 'merge' } });
    const before = imageOf(on);
    const drill = await on.until(client.drill());
    expect(imageOf(on)).toEqual(before);
    expect(on.operations.filter((told) => told === 'stop')).toHaveLength(1);
    const real = await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    const comparable = ({ steps, outcome, finalStatus }: typeof real) => ({ steps, outcome, finalStatus });
    expect(comparable(drill.result)).toEqual(comparable(real));
    expect(drill).toMatchObject({ success: true, rowsRemoved: 5, keysRestored: 2, problems: [] });
  });

  it('CL3 the drill finds what would stop the real one: no room, a forbidding key', async () => {
    const small = await migrated({ capacity: 700 });
    for (let at = 0; small.on.storage.entries().reduce((sum, [k, v]) => sum + k.length + v.length, 0) < 650; at++) {
      small.on.storage.setItem(`other${at}`, 'x'.repeat(20));
    }
    const forbidden = await migrated({ schema: RESTRICTED });
    forbidden.on.database.insert('comments', { id: 'c1', task: 't1' });
    for (const [{ on, client }, code] of [
      [small, 'NO_ROOM'],
      [forbidden, 'DATABASE_RESTRICTED'],
    ] as const) {
      const before = imageOf(on);
      const drill = await on.until(client.drill());
      expect(drill).toMatchObject({ success: false, result: { outcome: 'unchanged', error: { code } } });
      expect(drill.problems.length).toBeGreaterThan(0);
      expect(imageOf(on)).toEqual(before);
      const real = await on.until(client.rollback({ reason: 'USER_REQUEST' }));
      expect(real).toMatchObject({ outcome: 'unchanged', error: { code } });
    }
  });

  it('CL3 the drill of a damaged backup waits for nobody, and says what the real one then asks', async () => {
    const { on, client } = await migrated();
    for (const [name] of on.vault.disk) if (name.endsWith('/content')) on.vault.disk.set(name, 'x');
    on.database.update('tasks', { id: 't1' }, { title: 'edited' });
    const before = imageOf(on);
    const drill = await on.until(client.drill());
    expect(drill).toMatchObject({
      success: false,
      result: { outcome: 'unchanged', finalStatus: 'FAILED', error: { code: 'BACKUP_MAGIC' } },
    });
    expect(drill.problems).toContainEqual(expect.stringMatching(/^BACKUP_MAGIC: /));
    expect(drill.problems).toContainEqual(expect.stringContaining('(reconstruction: useReconstruction, stop)'));
    expect(imageOf(on)).toEqual(before);
    const real = client.rollback({ reason: 'USER_REQUEST', onDrift: 'merge' });
    while (client.getSnapshot().question === null) await on.clock.advance(1000);
    expect(client.getSnapshot().question).toMatchObject({ question: 'reconstruction' });
    await on.until(client.decide({ question: 'reconstruction', choice: 'stop' }));
    expect(await on.until(real)).toMatchObject({ outcome: 'unchanged', escalation: 3 });
  });
});

describe('status', () => {
  /** Every status that is shown while the work is done. */
  async function statuses(on: Device, client: ReturnType<Device['client']>, work: () => Promise<unknown>) {
    const seen: RollbackStatus[] = [];
    const stop = client.subscribe(() => seen.push(client.getSnapshot()));
    await on.until(work());
    stop();
    return seen;
  }

  it('CL4 progress never goes backwards within a run, also when steps are tried again', async () => {
    const tasks = Array.from({ length: 3000 }, (_, at) => ({ id: `t${at}`, title: `x${at}` }));
    const on = device({ entries: [['task-store', JSON.stringify({ state: { tasks } })]] });
    const transient = new StorageError('STORAGE_UNAVAILABLE', 'For a moment.', { persistence: 'transient' });
    const storage = withFaults(on.storage);
    const database = withFaults(on.database, [
      {
        operation: 'clear',
        moment: 'before',
        behaviour: { throws: new DatabaseError('DATABASE_UNAVAILABLE', 'x', { persistence: 'transient' }) },
      },
    ]);
    const client = on.client('b', { storage: storage.port, database: database.port });
    const migration = await statuses(on, client, () => client.migrate());
    storage.add({ operation: 'write', moment: 'before', behaviour: { throws: transient } });
    const rollback = await statuses(on, client, () => client.rollback({ reason: 'USER_REQUEST' }));
    for (const seen of [migration, rollback]) {
      const parts = seen.map(({ progress }) => progress);
      expect(parts).toEqual([...parts].sort((a, b) => a - b));
      expect(parts.at(-1)).toBe(100);
      expect(new Set(parts).size).toBeGreaterThan(5);
      expect(parts.every((part) => Number.isInteger(part) && part >= 0 && part <= 100)).toBe(true);
    }
  });

  it('CL4 the estimate is null when unknown, a number while it is measured, and 0 at the end', async () => {
    const { on } = await migrated();
    expect(on.client('fresh').getSnapshot().estimatedTimeRemaining).toBeNull();
    const slow = {
      ...on.database,
      clear: async (...args: Parameters<typeof on.database.clear>) => {
        await on.clock.sleep(20_000);
        return on.database.clear(...args);
      },
    };
    const other = on.client('b', { database: slow });
    const seen = await statuses(on, other, () => other.rollback({ reason: 'USER_REQUEST' }));
    const estimates = seen.map(({ estimatedTimeRemaining }) => estimatedTimeRemaining);
    expect(estimates[0]).toBeNull();
    expect(estimates.at(-1)).toBe(0);
    expect(estimates.filter((estimate) => estimate !== null && estimate > 0).length).toBeGreaterThan(5);
  });

  it('CL4 while a person is waited for the estimate is null', async () => {
    const { on, client } = await migrated();
    await asking(on, client);
    await on.clock.advance(10_000);
    expect(client.getSnapshot()).toMatchObject({ estimatedTimeRemaining: null, escalation: 2, canCancel: true });
  });

  it('CL5 getSnapshot is the same object until something changed, and listeners are called only then', async () => {
    const { on, client } = await migrated();
    let before = client.getSnapshot();
    expect(client.getSnapshot()).toBe(before);
    let calls = 0;
    const stop = client.subscribe(() => {
      calls += 1;
      const now = client.getSnapshot();
      expect(now).not.toBe(before);
      expect(now).not.toEqual(before);
      expect(client.getSnapshot()).toBe(now);
      expect(Object.isFrozen(now)).toBe(true);
      before = now;
    });
    await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    expect(calls).toBeGreaterThan(8);
    stop();
    const called = calls;
    await on.until(client.migrate());
    expect(calls).toBe(called);
  });

  it('CL5 a listener that throws keeps neither the run nor the other listeners from their work', async () => {
    const { on, client } = await migrated();
    let calls = 0;
    client.subscribe(() => {
      throw new Error('secret');
    });
    client.subscribe(() => {
      calls += 1;
    });
    expect(await on.until(client.rollback({ reason: 'USER_REQUEST' }))).toMatchObject({ finalStatus: 'SUCCESS' });
    expect(calls).toBeGreaterThan(8);
    expect(JSON.stringify(on.log)).not.toContain('secret');
  });

  it('CL5 the status after a start shows where things stand, also in a fresh process', async () => {
    const { on, client } = await migrated();
    const fresh = on.client('b');
    await on.until(fresh.recover());
    expect(fresh.getSnapshot()).toMatchObject({
      migrationState: 'MIGRATED',
      activity: 'migration',
      outcome: 'migrated',
    });
    await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    const later = on.client('c');
    await on.until(later.recover());
    expect(later.getSnapshot()).toMatchObject({ ...client.getSnapshot() });
  });
});

describe('watching', () => {
  it('CL6 a run of another process is shown from a second after each change, and its end is never lost', async () => {
    const { on } = await migrated();
    const seen: RollbackStatus[] = [];
    const stop = on.client('watcher').monitorRollback(DEFINITION.id, (status) => seen.push(status));
    await on.clock.advance(0);
    expect(seen.at(-1)).toMatchObject({ activity: 'migration', migrationState: 'MIGRATED' });
    const slow = {
      ...on.database,
      clear: async (...args: Parameters<typeof on.database.clear>) => {
        await on.clock.sleep(3000);
        return on.database.clear(...args);
      },
    };
    await on.until(on.client('b', { database: slow }).rollback({ reason: 'USER_REQUEST' }));
    await on.clock.advance(1000);
    expect(seen.map(({ state }) => state)).toContain('executing.clearingDatabase');
    expect(seen.at(-1)).toMatchObject({ stage: 'COMPLETED', progress: 100, outcome: 'rolledBack' });
    const pending = on.clock.pending();
    stop();
    expect(on.clock.pending()).toBe(pending);
  });

  it('CL6 the end is told although the next run had begun before anybody looked', async () => {
    const { on } = await migrated();
    const seen: RollbackStatus[] = [];
    on.client('watcher').monitorRollback(DEFINITION.id, (status) => seen.push(status));
    await on.clock.advance(0);
    const other = on.client('b');
    const { runId } = await on.until(other.rollback({ reason: 'USER_REQUEST' }));
    await on.until(other.migrate());
    await on.clock.advance(1000);
    expect(seen.at(-1)).toMatchObject({ runId, activity: 'rollback', stage: 'COMPLETED' });
  });

  it('CL6 a monitor that comes late gets the end at once, and stops', async () => {
    const { on, client } = await migrated();
    await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    for (const watcher of [client, on.client('b')]) {
      const seen: RollbackStatus[] = [];
      watcher.monitorRollback(DEFINITION.id, (status) => seen.push(status));
      await on.clock.advance(0);
      expect(seen).toMatchObject([{ stage: 'COMPLETED', outcome: 'rolledBack' }]);
      await on.clock.advance(5000);
      expect(seen).toHaveLength(1);
    }
  });

  it('CL6 a run of this very client is shown at once, question and end included', async () => {
    const { on, client } = await edited();
    const ending = client.rollback({ reason: 'USER_REQUEST' });
    await turn(on);
    const seen: RollbackStatus[] = [];
    client.monitorRollback(DEFINITION.id, (status) => seen.push(status));
    expect(seen).toHaveLength(1);
    expect(seen[0]?.question).not.toBeNull();
    await on.until(client.decide({ question: 'drift', choice: 'discard' }));
    await on.until(ending);
    expect(seen.at(-1)).toMatchObject({ stage: 'COMPLETED' });
  });

  it('CL6 after it was stopped nothing more is told, and a vault that fails is looked at again', async () => {
    const { on } = await migrated();
    const gone = { throws: new Error('secret') };
    const vault = withFaults(on.vault, [{ operation: 'list', at: 2, moment: 'before', behaviour: gone }]);
    const seen: RollbackStatus[] = [];
    const stop = on.client('w', { vault: vault.port }).monitorRollback(DEFINITION.id, (status) => seen.push(status));
    await on.clock.advance(10_000);
    await on.until(on.client('b').rollback({ reason: 'USER_REQUEST' }));
    stop();
    const told = seen.length;
    await on.clock.advance(10_000);
    expect(seen).toHaveLength(told);
    expect(JSON.stringify(on.log)).not.toContain('secret');
  });
});

describe('verification', () => {
  it('CL9 all three agree with what a migration and a rollback have left', async () => {
    const { on, client } = await migrated();
    expect(await on.until(client.verifyStorage())).toMatchObject({ success: true, checked: 5, errors: [] });
    expect(await on.until(client.verifyDatabase())).toMatchObject({ success: true, checked: 5, errors: [] });
    expect(await on.until(client.verifyMigration())).toMatchObject({ success: true, checked: 5, errors: [] });
    await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    expect(await on.until(client.verifyStorage())).toMatchObject({ success: true, checked: 5, errors: [] });
    expect(await on.until(client.verifyDatabase())).toMatchObject({ success: true, errors: [] });
    expect(await codeOf(on.until(client.verifyMigration()))).toBe('NOT_MIGRATED');
  });

  it('CL9 verifyStorage finds keys that are missing, that differ in one unit, and that came back', async () => {
    const { on, client } = await migrated();
    on.storage.setItem('task-store', 'secret');
    on.storage.removeItem('settings');
    on.storage.setItem('draft:2', ' ');
    const after = await on.until(client.verifyStorage());
    expect(after.success).toBe(false);
    expect(after.errors.map((error) => error.slice(0, 30)).sort()).toEqual([
      'The key "draft:2" holds someth',
      'The key "settings" is missing.',
      'The key "task-store" is there ',
    ]);
    expect(JSON.stringify(after)).not.toContain('secret');
  });

  it('CL9 verifyStorage after a rollback compares every unit with what the rollback left', async () => {
    const { on, client } = await edited();
    await on.until(client.rollback({ reason: 'USER_REQUEST', onDrift: 'merge' }));
    expect(await on.until(client.verifyStorage())).toMatchObject({ success: true });
    const text = on.storage.getItem('task-store') ?? '';
    on.storage.setItem('task-store', `${text} `);
    expect(await on.until(client.verifyStorage())).toMatchObject({ success: false });
    on.storage.setItem('task-store', text);
    on.storage.removeItem('draft:1');
    expect(await on.until(client.verifyStorage())).toMatchObject({ success: false });
  });

  it('CL9 verifyDatabase finds rows that are missing or differ, and rows that a rollback left', async () => {
    const { on, client } = await migrated();
    on.database.update('tasks', { id: 't2' }, { title: 'secret' });
    expect(await on.until(client.verifyDatabase())).toMatchObject({
      success: false,
      errors: [/tasks.*1 hold/].map(() => expect.stringMatching(/^tasks: .* 0 are missing and 1 hold/)),
    });
    on.database.remove('environments', { id: 'e1' });
    const { errors } = await on.until(client.verifyDatabase());
    expect(errors).toHaveLength(2);
    expect(errors.join()).not.toContain('secret');
    await on.until(client.rollback({ reason: 'USER_REQUEST', onDrift: 'discard' }));
    on.database.insert('tasks', { id: 'late', title: 'x', note: null });
    expect(await on.until(client.verifyDatabase())).toMatchObject({ success: false, checked: 1 });
  });

  it('CL9 verifyMigration compares every row with its item, and names what is missing or different', async () => {
    const { on, client } = await migrated();
    on.database.update('tasks', { id: 't3' }, { note: 'secret' });
    on.database.remove('tasks', { id: 't1' });
    const { success, errors } = await on.until(client.verifyMigration());
    expect(success).toBe(false);
    expect(errors).toEqual([expect.stringMatching(/^tasks: 1 rows are missing and 1 differ.*\["t[13]"\]/)]);
    expect(errors.join()).not.toContain('secret');
  });

  it('CL9 before anything was migrated there is nothing to verify', async () => {
    const on = device();
    const client = on.client();
    for (const verify of [client.verifyStorage, client.verifyDatabase, client.verifyMigration]) {
      expect(await codeOf(on.until(verify()))).toBe('NOT_MIGRATED');
    }
  });
});

describe('recovery and results', () => {
  it('CL7 a rollback rejects only when no run began, and has written nothing then', async () => {
    const on = device();
    const client = on.client();
    const before = imageOf(on);
    expect(await codeOf(on.until(client.rollback({ reason: 'USER_REQUEST' })))).toBe('NOT_MIGRATED');
    expect(imageOf(on)).toEqual(before);
  });

  it('CL7 a run that began resolves with its outcome, whatever failed: the steps, their order and their errors', async () => {
    const { on } = await migrated();
    const fails = (error: Error) => async () => Promise.reject(error);
    const client = on.client('b', {
      storage: { ...on.storage, write: fails(new StorageError('STORAGE_DENIED', 'secret')) },
    });
    const result = await on.until(client.rollback({ reason: 'DATA_CORRUPTION', detail: 'seen by a person' }));
    expect(result).toMatchObject({ outcome: 'unchanged', success: false, finalStatus: 'FAILED', escalation: 1 });
    expect(result.steps.map(({ step, success }) => `${step} ${success}`)).toEqual([
      'Load Backup true',
      'Restore LocalStorage false',
    ]);
    expect(JSON.stringify(result)).not.toContain('secret');
  });

  it('CL10 recover is harmless when there is nothing to do, any number of times at once', async () => {
    for (const on of [device(), (await migrated()).on]) {
      const client = on.client('b');
      const before = imageOf(on);
      const results = await on.until(Promise.all([client.recover(), client.recover(), client.recover()]));
      for (const result of results) expect(result).toMatchObject({ action: 'nothingToDo', runId: null });
      const after = imageOf(on) as { readonly vault: readonly [string, string][] };
      // That there was a start is counted: what has settled, and how long a backup is kept, depends on it.
      expect({ ...after, vault: after.vault.filter(([name]) => !name.endsWith('/starts')) }).toEqual(before);
    }
  });

  it('TR5 unlocking gives up a port that hangs, and can be asked for again', async () => {
    const hanging = { putIfAbsent: 'The audit trail or the journal', resume: 'The app' } as const;
    for (const name of Object.keys(hanging)) {
      const { on, client } = await migrated();
      const fails = async (): Promise<never> => Promise.reject(new DatabaseError('DATABASE_FAILED', 'No.'));
      const stuck = on.client('stuck', {
        storage: { ...on.storage, write: async () => Promise.reject(new StorageError('STORAGE_DENIED', 'No.')) },
        database: { ...on.database, undoClear: fails },
      });
      expect((await on.until(stuck.rollback({ reason: 'USER_REQUEST' }))).outcome).toBe('safeMode');
      const never = (): Promise<never> => new Promise(() => undefined);
      const late = on.client('late', {
        ...(name === 'putIfAbsent' ? { vault: { ...on.vault, putIfAbsent: never } } : {}),
        ...(name === 'resume' ? { operations: { stop: async () => undefined, resume: never } } : {}),
      });
      expect(await codeOf(on.until(late.unlock({ reason: 'looked at it' })))).toBe('OPERATION_TIMED_OUT');
      if (name === 'putIfAbsent') await on.until(client.unlock({ reason: 'looked at it' }));
      expect(await on.until(on.client('after').recover())).toMatchObject({ migrationState: 'MIGRATED' });
    }
  });

  it('CL10 recoveries that are asked for at the same time carry one run out once', async () => {
    const { on } = await migrated();
    const death = new AbortController();
    const stuck = { ...on.database, clear: () => new Promise<never>(() => undefined) };
    void on
      .client('doomed', { database: stuck, vault: on.vault.open(death.signal), lock: on.lock.open(death.signal) })
      .rollback({ reason: 'USER_REQUEST' });
    await turn(on);
    death.abort();
    const database = withFaults(on.database);
    const client = on.client('b', { database: database.port });
    const [first, second] = await on.until(Promise.all([client.recover(), client.recover()]));
    expect(first).toMatchObject({ action: 'resumed', rollback: { outcome: 'rolledBack' } });
    expect(second).toEqual(first);
    expect(database.count('clear')).toBe(1);
    expect(on.records().filter(({ event }) => event.type === 'RESUMED')).toHaveLength(1);
  });

  it('CL10 in safe mode recover says so and keeps the app’s writers stopped', async () => {
    const { on } = await migrated();
    const fails = (error: Error) => async () => Promise.reject(error);
    const stuck = on.client('b', {
      storage: { ...on.storage, write: fails(new StorageError('STORAGE_DENIED', 'No.')) },
      database: { ...on.database, undoClear: fails(new DatabaseError('DATABASE_FAILED', 'No.')) },
    });
    expect(await on.until(stuck.rollback({ reason: 'USER_REQUEST' }))).toMatchObject({ outcome: 'safeMode' });
    const next = on.client('c');
    // The app has started anew, with its writers on.
    on.operations.length = 0;
    expect(await on.until(next.recover())).toMatchObject({ action: 'safeMode', migrationState: 'SAFE_MODE' });
    expect(on.operations.at(-1)).toBe('stop');
    await on.until(next.unlock({ reason: 'repaired' }));
    expect(on.operations.at(-1)).toBe('resume');
    expect(await on.until(on.client('d').recover())).toMatchObject({
      action: 'nothingToDo',
      migrationState: 'MIGRATED',
    });
    expect(await on.until(on.client('e').rollback({ reason: 'USER_REQUEST' }))).toMatchObject({
      outcome: 'rolledBack',
    });
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
  });

  it('CL12 metrics hold the numbers of the last rollback, by collection', async () => {
    const { on, client } = await migrated();
    expect(await on.until(client.metrics())).toBeNull();
    const slow = {
      ...on.database,
      clear: async (...args: Parameters<typeof on.database.clear>) => {
        await on.clock.sleep(4000);
        return on.database.clear(...args);
      },
    };
    await on.until(on.client('b', { database: slow }).rollback({ reason: 'USER_REQUEST' }));
    const metrics = await on.until(client.metrics());
    expect(metrics).toEqual({
      totalTime: expect.any(Number),
      dataRestored: { tasks: 3, environments: 2, formData: 3 },
      errorsEncountered: 0,
      recoveryAttempts: 0,
      finalStatus: 'SUCCESS',
    });
    expect(metrics?.totalTime).toBeGreaterThanOrEqual(4000);
    expect(metrics?.totalTime).toBeLessThan(6000);
  });

  it('CL12 metrics count errors and recoveries, and restore nothing that was not restored', async () => {
    const { on } = await migrated();
    const fails = async () => Promise.reject(new StorageError('STORAGE_DENIED', 'No.'));
    await on.until(on.client('b', { storage: { ...on.storage, write: fails } }).rollback({ reason: 'USER_REQUEST' }));
    const metrics = await on.until(on.client('c').metrics());
    expect(metrics).toMatchObject({ dataRestored: { tasks: 0, environments: 0, formData: 0 }, finalStatus: 'FAILED' });
    expect(metrics?.errorsEncountered).toBeGreaterThan(0);
  });

  it('CL12 metrics survive the removal of the backup that they were made with', async () => {
    const { on, client } = await migrated();
    const { runId } = await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    const metrics = await on.until(client.metrics());
    const [{ id = '' } = {}] = await on.until(client.backups.list());
    await on.until(client.migrate());
    await on.until(client.backups.remove(id));
    expect(runId).not.toBe('');
    expect(await on.until(client.metrics())).toEqual(metrics);
  });
});

describe('several migrations', () => {
  it('CL11 on one storage, vault and database keep apart, runs, backups, audit and all', async () => {
    const on = device();
    const one = defineMigration({
      id: 'one',
      collections: { tasks: { storageKey: 'task-store', path: 'state.tasks' } },
      formData: ['draft:*'],
    });
    const two = defineMigration({
      id: 'two',
      collections: { environments: { storageKey: 'environments' } },
      formData: ['settings'],
    });
    const of = (tables: object) => memoryDatabase({ tables: tables as never, scope: 'wholeTable' });
    const { tasks, environments } = SCHEMA.tables;
    const a = on.client('one', { migration: one, database: of({ tasks }) });
    const b = on.client('two', { migration: two, database: of({ environments }) });
    await on.until(Promise.all([a.migrate(), b.migrate()]));
    expect(on.storage.getItem('task-store')).toBeNull();
    expect(on.storage.getItem('environments')).toBeNull();
    await on.until(a.rollback({ reason: 'USER_REQUEST' }));
    expect(on.storage.getItem('task-store')).toBe(CONTENT[0]?.[1]);
    expect(on.storage.getItem('environments')).toBeNull();
    expect(await on.until(b.canRollback())).toMatchObject({ canRollback: true });
    expect((await on.until(b.backups.list())).map(({ migrationId }) => migrationId)).toEqual(['two']);
    expect((await on.until(b.audit.list())).map(({ type }) => type)).toEqual(['MIGRATION']);
    expect((await on.until(a.audit.list())).map(({ type }) => type)).toEqual(['MIGRATION', 'MIGRATION_ROLLBACK']);
    await on.until(b.rollback({ reason: 'USER_REQUEST' }));
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
  });

  it('CL11 whose ids begin alike do not see each other’s journals, and run at the same time in one database', async () => {
    const on = device();
    const make = (id: string, name: 'tasks' | 'environments') =>
      defineMigration({
        id,
        collections: {
          [name]: name === 'tasks' ? { storageKey: 'task-store', path: 'state.tasks' } : { storageKey: 'environments' },
        },
      });
    const a = on.client('p', { migration: make('m', 'tasks') });
    const b = on.client('q', { migration: make('m.2', 'environments') });
    await on.until(Promise.all([a.migrate(), b.migrate()]));
    const results = await on.until(
      Promise.all([a, b].map((client) => client.rollback({ reason: 'USER_REQUEST', onDrift: 'discard' }))),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['rolledBack', 'rolledBack']);
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
    expect([on.database.rows('tasks'), on.database.rows('environments')]).toEqual([[], []]);
  });
});
