import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { initialTransition, transition } from 'xstate';
import { type Backpedal, DatabaseError, StorageError, VaultError } from '../../src/index.ts';
import { migrationMachine, rollbackMachine } from '../../src/machines/index.ts';
import { MAX_RECORD_BYTES } from '../../src/runtime/journal-record.ts';
import { withFaults } from '../../src/testing/index.ts';
import {
  CONTENT,
  codeOf,
  DEFINITION,
  type Device,
  device,
  imageOf,
  keysOf,
  migrated,
  recordsIn,
  sorted,
} from './kit.ts';
import { countWrites, dieAtRecord, processOn } from './mortal.ts';

const journalNames = (on: Device): string[] =>
  [...on.vault.disk.keys()].filter((name) => name.includes('/journal/')).sort();

/** A record with something changed in it and its own hash made right again, as a forger would write it. */
function forge(on: Device, name: string, change: (body: { snapshot: { context: object } }) => void): void {
  const body = JSON.parse((on.vault.disk.get(name) ?? '').slice(65));
  change(body);
  const json = JSON.stringify(body);
  on.vault.disk.set(name, `${createHash('sha256').update(json, 'utf8').digest('hex')}\n${json}`);
}

/**
 * Everything that reads the journal; none of it may answer as if nothing were wrong. Only `recover` goes on without
 * one that cannot be read (rule CR4), and not with one that a newer library has written.
 */
const READERS: Readonly<Record<string, (client: Backpedal) => Promise<unknown>>> = {
  migrate: (client) => client.migrate(),
  canRollback: (client) => client.canRollback(),
  plan: (client) => client.plan(),
  rollback: (client) => client.rollback({ reason: 'USER_REQUEST' }),
  cancel: (client) => client.cancel(),
  decide: (client) => client.decide({ question: 'drift', choice: 'merge' }),
  unlock: (client) => client.unlock({ reason: 'because' }),
  metrics: (client) => client.metrics(),
  verifyStorage: (client) => client.verifyStorage(),
  verifyDatabase: (client) => client.verifyDatabase(),
  verifyMigration: (client) => client.verifyMigration(),
  drill: (client) => client.drill(),
  'backups.remove': (client) => client.backups.remove('a-2'),
};

/** Every reader refuses with this code, and nothing has been written. */
async function refusedByAll(on: Device, code: string): Promise<void> {
  const before = imageOf(on);
  for (const [name, read] of Object.entries(READERS)) {
    expect({ name, code: await codeOf(on.until(read(on.client(`r-${name.replace('.', '-')}`)))) }).toEqual({
      name,
      code,
    });
  }
  if (code === 'JOURNAL_NEWER') expect(await codeOf(on.until(on.client('r-recover').recover()))).toBe(code);
  expect(imageOf(on)).toEqual(before);
  expect(on.operations.at(-1)).toBe('resume');
}

describe('a journal that lies', () => {
  it('JN3 a gap stops everything: a record in the middle, the first one, or one that was renamed', async () => {
    const { on } = await migrated();
    const names = journalNames(on);
    const texts = new Map(on.vault.disk);
    const restore = (): void => {
      for (const [name, text] of texts) on.vault.disk.set(name, text);
    };
    for (const name of [names[0], names[4], names.at(-2)] as string[]) {
      on.vault.disk.delete(name);
      await refusedByAll(on, 'JOURNAL_UNREADABLE');
      restore();
    }
    const last = names.at(-1) as string;
    on.vault.disk.set(`${on.migration.id}/journal/000000000099`, on.vault.disk.get(last) ?? '');
    on.vault.disk.delete(last);
    await refusedByAll(on, 'JOURNAL_UNREADABLE');
  });

  it('JN3 a fork stops everything: a record of another history, though its own hash is right', async () => {
    const { on } = await migrated();
    const name = journalNames(on)[6] as string;
    forge(on, name, (body) => void Object.assign(body, { at: 0 }));
    await refusedByAll(on, 'JOURNAL_UNREADABLE');
  });

  it('JN3 a record in another one’s place stops everything', async () => {
    const { on } = await migrated();
    const [, second = '', third = ''] = journalNames(on);
    on.vault.disk.set(second, on.vault.disk.get(third) ?? '');
    await refusedByAll(on, 'JOURNAL_UNREADABLE');
  });

  it('JN3 a flipped bit anywhere in any record is told', async () => {
    const { on } = await migrated();
    for (const name of journalNames(on)) {
      const text = on.vault.disk.get(name) ?? '';
      for (let at = 0; at < text.length; at += 61) {
        const flipped = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);
        on.vault.disk.set(name, flipped);
        expect(await codeOf(on.until(on.client('b').canRollback()))).toBe('JOURNAL_UNREADABLE');
      }
      on.vault.disk.set(name, text);
    }
    expect(await on.until(on.client('b').canRollback())).toMatchObject({ canRollback: true });
  });

  it('JN3 a truncated, an empty and a foreign text are told', async () => {
    const { on } = await migrated();
    const name = journalNames(on).at(-1) as string;
    const text = on.vault.disk.get(name) ?? '';
    for (const lie of ['', 'null', '{}', text.slice(0, 64), text.slice(0, 65), text.slice(0, -1), `${text} `]) {
      on.vault.disk.set(name, lie);
      expect(await codeOf(on.until(on.client('b').canRollback()))).toBe('JOURNAL_UNREADABLE');
    }
  });

  it('JN3 a record that hashes right and is no record is told', async () => {
    const { on } = await migrated();
    const name = journalNames(on).at(-1) as string;
    const text = on.vault.disk.get(name) ?? '';
    const lies: ((body: object) => void)[] = [
      (body) => void Reflect.deleteProperty(body, 'commands'),
      (body) => void Object.assign(body, { run: '../../x' }),
      (body) => void Object.assign(body, { extra: true }),
      (body) => void Object.assign(body, { activeMs: -1 }),
      (body) => void Object.assign(body, { snapshot: { value: 'migrated', context: {} } }),
    ];
    for (const lie of lies) {
      forge(on, name, lie);
      expect(await codeOf(on.until(on.client('b').canRollback()))).toBe('JOURNAL_UNREADABLE');
      on.vault.disk.set(name, text);
    }
  });

  it('JN4 a record of a newer version stops everything and asks for a reload', async () => {
    const { on } = await migrated();
    forge(on, journalNames(on).at(-1) as string, (body) => void Object.assign(body, { version: 2 }));
    await refusedByAll(on, 'JOURNAL_NEWER');
    await expect(on.until(on.client('b').recover())).rejects.toThrow(/reload/);
  });

  it('JN4 a newer chart stops everything and asks for a reload, open or ended', async () => {
    const { on } = await migrated();
    const name = journalNames(on).at(-1) as string;
    const text = on.vault.disk.get(name) ?? '';
    for (const machine of [
      { id: 'migration', version: 2 },
      { id: 'timeTravel', version: 1 },
    ]) {
      forge(on, name, (body) => void Object.assign(body, { machine }));
      await refusedByAll(on, 'JOURNAL_NEWER');
      await expect(on.until(on.client('b').recover())).rejects.toThrow(/reload/);
      on.vault.disk.set(name, text);
    }
  });

  it('JN5 an unknown state is a typed error, and nothing is carried out', async () => {
    const states = [
      'nonsense',
      '',
      {},
      'preparing',
      'constructor',
      { preparing: 'nonsense' },
      { preparing: 'toString' },
      { nonsense: 'x' },
      { preparing: 'surveying', copying: 'copyingBatch' },
    ];
    for (const value of states) {
      const { on } = await migrated();
      forge(on, journalNames(on).at(-1) as string, ({ snapshot }) => void Object.assign(snapshot, { value }));
      await refusedByAll(on, 'JOURNAL_UNREADABLE');
    }
  });

  it('JN5 a memory that lacks something is a typed error', async () => {
    for (const name of ['debts', 'outcome', 'warnings', 'storage']) {
      const { on } = await migrated();
      forge(on, journalNames(on).at(-1) as string, ({ snapshot }) => {
        Reflect.deleteProperty(snapshot.context, name);
      });
      await refusedByAll(on, 'JOURNAL_UNREADABLE');
    }
  });
});

describe('the journal', () => {
  it('JN2 of two processes that begin at once without a lock, one wins and the other is refused', async () => {
    const { on } = await migrated();
    const [a, b] = ['x', 'y'].map((name) =>
      createUnlocked(on, name).rollback({ reason: 'USER_REQUEST' }),
    ) as Promise<unknown>[];
    const outcomes = await on.until(Promise.allSettled([a, b]));
    const refused = outcomes.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(refused.map(({ reason }) => [reason.code, reason.message])).toEqual([
      ['RUN_IN_PROGRESS', 'Rollback already in progress'],
    ]);
    expect(outcomes.find(({ status }) => status === 'fulfilled')).toMatchObject({ value: { outcome: 'rolledBack' } });
    expect(new Set(on.records().map(({ run }) => run)).size).toBe(2);
  });

  it('JN2 one’s own record after an unknown outcome is recognised, whichever record it is', async () => {
    for (let k = 0; k < 12; k++) {
      const { on } = await migrated();
      const vault = withFaults(on.vault, [
        {
          operation: 'putIfAbsent',
          when: ({ arguments: [name] }) => String(name).includes('/journal/'),
          at: k + 1,
          moment: 'after',
          behaviour: { throws: new VaultError('VAULT_UNAVAILABLE', 'The answer was lost.') },
        },
      ]);
      const result = await on.until(on.client('b', { vault: vault.port }).rollback({ reason: 'USER_REQUEST' }));
      expect({ k, hits: vault.hits(), outcome: result.outcome }).toEqual({ k, hits: 1, outcome: 'rolledBack' });
      expect(on.records().filter(({ machine }) => machine.id === 'rollback')).toHaveLength(12);
    }
  });

  it('JN6 no record grows with the data: 10,000 drafts, 10,000 items that drifted, and long explanations', async () => {
    const drafts = Array.from({ length: 10_000 }, (_, at): [string, string] => [`draft:${at}`, `text ${at}`]);
    const tasks = Array.from({ length: 10_000 }, (_, at) => ({ id: `t${at}`, title: 'x', note: null }));
    const { on, client } = await migrated({
      entries: [...drafts, ['task-store', JSON.stringify({ state: { tasks } })]],
    });
    for (let at = 0; at < 10_000; at += 7) on.database.update('tasks', { id: `t${at}` }, { title: 'changed' });
    for (let at = 0; at < 1000; at++) on.storage.setItem(`draft:${at}`, 'newer');
    const result = await on.until(
      client.rollback({ reason: 'USER_REQUEST', detail: '\u0000'.repeat(300).slice(0, 150), onDrift: 'merge' }),
    );
    expect(result.outcome).toBe('rolledBack');
    const sizes = journalNames(on).map((name) => Buffer.byteLength(on.vault.disk.get(name) ?? ''));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_RECORD_BYTES);
  });

  it('JN6 the longest that a caller may say still fits, and what would not is refused before a run begins', async () => {
    const worst = [
      'x'.repeat(300),
      '\u0007'.repeat(300),
      '\ud800'.repeat(300),
      '\u{1f600}'.repeat(150),
      'م'.repeat(300),
    ];
    for (const detail of worst) {
      const { on, client } = await migrated({ definition: { ...DEFINITION, id: 'm'.repeat(64) } });
      const before = imageOf(on);
      const code = await codeOf(on.until(client.rollback({ reason: 'PERFORMANCE_DEGRADATION', detail })));
      if (code === 'INPUT_ARGUMENT') expect(imageOf(on)).toEqual(before);
      else
        expect({ code, end: on.records().at(-1)?.snapshot.value }).toEqual({
          code: 'it was not rejected',
          end: 'rolledBack',
        });
      const sizes = journalNames(on).map((name) => Buffer.byteLength(on.vault.disk.get(name) ?? ''));
      expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_RECORD_BYTES);
    }
  });

  it('JN6 unlocking with the longest reason fits behind a run with the longest explanation', async () => {
    for (const long of ['\u0007'.repeat(160), '\ud800'.repeat(160), 'م'.repeat(300), '字'.repeat(300)]) {
      const { on, client } = await migrated({ definition: { ...DEFINITION, id: 'm'.repeat(64) } });
      const fails = (error: Error) => async () => Promise.reject(error);
      const stuck = on.client('s'.repeat(60), {
        storage: { ...on.storage, write: fails(new StorageError('STORAGE_DENIED', 'No.')) },
        database: { ...on.database, undoClear: fails(new DatabaseError('DATABASE_FAILED', 'No.')) },
        notify: fails(new Error('No.')),
      });
      const { outcome } = await on.until(stuck.rollback({ reason: 'PERFORMANCE_DEGRADATION', detail: long }));
      expect(outcome).toBe('safeMode');
      const before = imageOf(on);
      expect(await codeOf(on.until(client.unlock({ reason: '\u0007'.repeat(300) })))).toBe('INPUT_ARGUMENT');
      expect(imageOf(on)).toEqual(before);
      await on.until(client.unlock({ reason: long }));
      const sizes = journalNames(on).map((name) => Buffer.byteLength(on.vault.disk.get(name) ?? ''));
      expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_RECORD_BYTES);
    }
  });

  it('JN7 a snapshot read back equals the one written: nothing in it that JSON cannot say', async () => {
    const { on, client } = await migrated();
    on.database.update('tasks', { id: 't1' }, { title: 'changed' });
    await on.until(client.rollback({ reason: 'USER_REQUEST', onDrift: 'merge' }));
    const inputs = {
      migration: { run: '', migration: '', storage: '', source: 'clear', tolerance: 0.1 },
      rollback: {
        run: '',
        migration: '',
        storage: '',
        undoes: '',
        reason: '',
        detail: '',
        backup: '',
        onDrift: 'merge',
      },
    } as const;
    for (const id of ['migration', 'rollback'] as const) {
      const machine = (id === 'migration' ? migrationMachine : rollbackMachine) as typeof rollbackMachine;
      const records = on.records().filter((record) => record.machine.id === id);
      const first = records[0]?.snapshot.context as Record<string, unknown>;
      const input = Object.fromEntries(Object.keys(inputs[id]).map((name) => [name, first[name]]));
      let [snapshot] = initialTransition(machine, input as never);
      for (const [at, record] of records.entries()) {
        if (at > 0) [snapshot] = transition(machine, snapshot, record.event as never);
        expect(record.snapshot.value).toStrictEqual(snapshot.value);
        // Strict: a property that is undefined, a Map or a Date would differ from what was read.
        expect(record.snapshot.context).toStrictEqual(snapshot.context);
      }
    }
  });

  it('JN8 the state is derived from the journal alone', async () => {
    const states: string[] = [];
    const look = async (on: Device): Promise<void> => {
      const bare = device();
      for (const name of journalNames(on)) bare.vault.disk.set(name, on.vault.disk.get(name) ?? '');
      const client = bare.client('look');
      bare.until(client.recover()).catch(() => undefined);
      await bare.clock.advance(0);
      states.push(client.getSnapshot().migrationState);
    };
    const on = device();
    await look(on);
    const client = on.client();
    await on.until(client.migrate());
    await look(on);
    on.database.update('tasks', { id: 't1' }, { title: 'changed' });
    void client.rollback({ reason: 'USER_REQUEST' });
    await on.clock.advance(0);
    await look(on);
    await on.until(client.decide({ question: 'drift', choice: 'discard' }));
    await client.close();
    await look(on);
    expect(states).toEqual(['NOT_STARTED', 'MIGRATED', 'ROLLING_BACK', 'ROLLED_BACK']);
  });

  it('JN9 a rollback without drift takes at most 12 records and 18 durable writes', async () => {
    const { on } = await migrated();
    const before = on.records().length;
    const counted = countWrites(on);
    const client = on.client('b', counted.ports);
    const result = await on.until(client.rollback({ reason: 'USER_REQUEST' }));
    expect(result).toMatchObject({ outcome: 'rolledBack', finalStatus: 'SUCCESS' });
    const writes = counted.count();
    expect(on.records().length - before).toBeLessThanOrEqual(12);
    expect(Object.values(writes).reduce((sum, times) => sum + times, 0)).toBeLessThanOrEqual(18);
    expect(writes).toMatchObject({ 'database.clear': 1, 'storage.write': 1, 'database.release': 1 });
  });

  it('JN10 a vault that fails once, at any call, is asked again', async () => {
    const probe = await migrated();
    const counting = withFaults(probe.on.vault);
    await probe.on.until(probe.on.client('b', { vault: counting.port }).rollback({ reason: 'USER_REQUEST' }));
    const calls = counting.calls.length;
    expect(calls).toBeGreaterThan(20);
    for (let at = 1; at <= calls; at++) {
      const { on } = await migrated();
      const behaviour = { throws: new VaultError('VAULT_UNAVAILABLE', 'For a moment.', { persistence: 'transient' }) };
      const vault = withFaults(on.vault, [{ at, moment: 'before', behaviour }]);
      const result = on.until(on.client('b', { vault: vault.port }).rollback({ reason: 'USER_REQUEST' }));
      const what = { at, call: vault.calls.at(-1)?.arguments[0] };
      expect({ ...what, ...(await result) }).toMatchObject({ at, outcome: 'rolledBack', finalStatus: 'SUCCESS' });
      expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
    }
  });

  it('JN10 a vault that stays away suspends the run, and the next start resumes it', async () => {
    for (let k = 1; k < 12; k++) {
      const { on } = await migrated();
      const gone = { throws: new VaultError('VAULT_UNAVAILABLE', 'Gone.') };
      const isRecord = ({ arguments: [name] }: { arguments: readonly unknown[] }): boolean =>
        String(name).includes('/journal/');
      const vault = withFaults(on.vault, [
        { operation: 'putIfAbsent', when: isRecord, at: k + 1, repeat: 'forever', moment: 'before', behaviour: gone },
      ]);
      const client = on.client('b', { vault: vault.port });
      const code = await codeOf(on.until(client.rollback({ reason: 'USER_REQUEST' })));
      expect({ k, code, records: on.records().filter(({ machine }) => machine.id === 'rollback').length }).toEqual({
        k,
        code: 'VAULT_UNAVAILABLE',
        records: k,
      });
      const recovered = await on.until(on.client('c').recover());
      expect(recovered).toMatchObject({ action: 'resumed', rollback: { outcome: 'rolledBack' } });
      expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
    }
  });

  it('JN2 a holder that wakes up after another has gone on learns it and does nothing more', async () => {
    const { on } = await migrated();
    const death = new AbortController();
    const ports = processOn(on, death.signal);
    // Not dead, only frozen: it wakes up when the other one has ended the run.
    let wake = (): void => undefined;
    const frozen = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const vault = withFaults(on.vault, [
      {
        operation: 'putIfAbsent',
        when: ({ arguments: [name] }) => String(name).includes('/journal/'),
        at: 5,
        moment: 'before',
        behaviour: { waitsFor: frozen },
      },
    ]);
    const sleeper = createUnlocked(on, 'sleeper', { vault: vault.port });
    const ending = sleeper.rollback({ reason: 'USER_REQUEST' });
    await on.clock.advance(0);
    await on.until(createUnlocked(on, 'next', { storage: ports.storage }).recover());
    const image = { storage: on.storage.entries(), records: on.records().length };
    wake();
    expect(await on.until(ending)).toMatchObject({ outcome: 'rolledBack' });
    expect({ storage: on.storage.entries(), records: on.records().length }).toEqual(image);
  });

  it('JN1 the journal is the first that a run writes', async () => {
    const { on } = await migrated();
    const counted = countWrites(on);
    const death = new AbortController();
    const vault = dieAtRecord(counted.ports.vault, death, 0, 'before');
    void on.client('b', { ...counted.ports, vault }).rollback({ reason: 'USER_REQUEST' });
    await on.clock.advance(0);
    expect(death.signal.aborted).toBe(true);
    expect(counted.count()).toEqual({ 'vault.putIfAbsent': 1 });
    expect(recordsIn(on.vault.disk, on.migration.id).at(-1)?.event.type).toBe('BEGIN');
  });
});

/** A client of a world without a local lock, where journal and token alone decide. */
function createUnlocked(on: Device, name: string, more: Parameters<Device['client']>[1] = {}): Backpedal {
  return on.client(name, {
    lock: {
      acquire: async () => ({ lost: new AbortController().signal, release: async () => {} }),
      isHeld: async () => false,
    },
    ...more,
  });
}
