import { describe, expect, it } from 'vitest';
import type { Backpedal } from '../../src/index.ts';
import { memoryCache } from '../../src/testing/index.ts';
import { CONTENT, DEFINITION, type Device, device, keysOf, sorted } from './kit.ts';
import { dieAtRecord, type Moment, processOn } from './mortal.ts';

const MOMENTS: readonly Moment[] = ['before', 'after'];

type Act = (client: Backpedal, on: Device) => Promise<unknown>;

/** What a run is judged by: everything but identifiers, tokens and times. */
function endOf(on: Device): unknown {
  const ledger = on.database.store.leases.get(on.migration.id);
  const audit = [...on.vault.disk]
    .filter(([name]) => name.includes('/audit/'))
    .map(([, text]) => JSON.parse(text.slice(65)));
  return {
    keys: keysOf(on.storage),
    tasks: on.database.rows('tasks'),
    environments: on.database.rows('environments'),
    archived: [...on.database.store.archive.values()].map(
      ({ collection, key, kind }) => `${collection} ${key} ${kind}`,
    ),
    lease: ledger?.holder ?? null,
    audit: audit.map(({ type, result, outcome }) => `${type} ${result} ${outcome}`),
    state: on.records().at(-1)?.snapshot.value,
    operations: on.operations.at(-1),
    users: [...new Set(on.notes.filter(({ audience }) => audience === 'user').map(({ title }) => title))],
  };
}

/** Does what comes before, then kills the process that acts at its k-th record, recovers, and tells how it ended. */
async function killedAt(
  prepare: Act,
  act: Act,
  k: number,
  moment: Moment,
): Promise<{ readonly on: Device; readonly next: Backpedal }> {
  const on = device({ definition: { ...DEFINITION, onDrift: 'merge' } });
  await on.until(prepare(on.client('a'), on));
  const death = new AbortController();
  const ports = processOn(on, death.signal);
  const doomed = on.client('doomed', { ...ports, vault: dieAtRecord(ports.vault, death, k, moment) });
  void act(doomed, on);
  await on.clock.advance(0);
  if (!death.signal.aborted) throw new Error(`There was no record ${k}.`);
  const next = on.client('next');
  await on.until(next.recover());
  return { on, next };
}

/** The number of records and the end of an act that nobody interrupts. */
async function uninterrupted(prepare: Act, act: Act): Promise<{ readonly records: number; readonly end: unknown }> {
  const on = device({ definition: { ...DEFINITION, onDrift: 'merge' } });
  await on.until(prepare(on.client('a'), on));
  const before = on.records().length;
  await on.until(act(on.client('doomed'), on));
  return { records: on.records().length - before, end: endOf(on) };
}

const nothing: Act = async () => undefined;
const migrate: Act = (client) => client.migrate();
const rollBack: Act = (client) => client.rollback({ reason: 'USER_REQUEST' });
const migrateAndEdit: Act = async (client, on) => {
  await client.migrate();
  on.database.update('tasks', { id: 't1' }, { title: 'edited' });
  on.database.insert('tasks', { id: 't9', title: 'added', note: '' });
  on.database.remove('environments', { id: 'e2' });
};

describe('resuming from every prefix of the journal', () => {
  for (const [id, name, prepare, act] of [
    ['MI9', 'a migration', nothing, migrate],
    ['RB18', 'a rollback', migrate, rollBack],
    ['RB18', 'a rollback that merges drift', migrateAndEdit, rollBack],
  ] as const) {
    for (const moment of MOMENTS) {
      it(`${id} ${name} that is killed ${moment} each of its records ends as it would have`, async () => {
        const { records, end } = await uninterrupted(prepare, act);
        expect(records).toBeGreaterThan(8);
        for (let k = 0; k < records; k++) {
          const { on, next } = await killedAt(prepare, act, k, moment);
          // Killed before its first record the run never was; the next process begins it.
          if (k === 0 && moment === 'before') await on.until(act(next, on));
          expect({ killed: `${moment} ${k}`, end: endOf(on) }).toEqual({ killed: `${moment} ${k}`, end });
          expect(await on.until(next.recover())).toMatchObject({ runId: null });
        }
      });
    }
  }

  it('RB18 a rollback whose every process dies after one more record ends as it would have', async () => {
    const { records, end } = await uninterrupted(migrateAndEdit, rollBack);
    const on = device({ definition: { ...DEFINITION, onDrift: 'merge' } });
    await on.until(migrateAndEdit(on.client('a'), on));
    let deaths = 0;
    for (; deaths < 50; deaths++) {
      const death = new AbortController();
      const ports = processOn(on, death.signal);
      const doomed = on.client(`doomed${deaths}`, { ...ports, vault: dieAtRecord(ports.vault, death, 1, 'after') });
      void (deaths === 0 ? rollBack(doomed, on) : doomed.recover());
      await on.clock.advance(0);
      if (!death.signal.aborted) break;
    }
    expect(deaths).toBeGreaterThan(records / 2);
    expect(endOf(on)).toEqual(end);
  });

  it('RB2 RB18 a rollback that was interrupted gives every key back in every unit', async () => {
    for (const k of [4, 6, 8]) {
      const { on } = await killedAt(migrate, rollBack, k, 'after');
      expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
    }
  });

  it('RB18 a run whose last record only noted something goes on with what its state wants done', async () => {
    const on = device();
    await on.until(on.client('a').migrate());
    const death = new AbortController();
    const ports = processOn(on, death.signal);
    const stuck = { ...ports.database, clear: () => new Promise<never>(() => undefined) };
    const memory = { usage: async () => (on.clock.monotonic() < 1000 ? 0.1 : 0.95) };
    void on.client('doomed', { ...ports, database: stuck, memory }).rollback({ reason: 'USER_REQUEST' });
    await on.clock.advance(3000);
    expect(on.records().at(-1)).toMatchObject({
      event: { type: 'TRIGGERED', reason: 'MEMORY_THRESHOLD' },
      snapshot: { value: { executing: 'clearingDatabase' } },
      commands: ['clearDatabase'],
    });
    death.abort();
    const recovered = await on.until(on.client('next').recover());
    expect(recovered).toMatchObject({ action: 'resumed', rollback: { outcome: 'rolledBack', finalStatus: 'PARTIAL' } });
  });

  it('RB20 a rollback that was resumed invalidates the cache once more after cacheGrace', async () => {
    const tasks = { storageKey: 'task-store', path: 'state.tasks', cachePatterns: ['task:*'] };
    const on = device({ definition: { id: 'm', collections: { tasks }, formData: [] } });
    await on.until(on.client('a').migrate());
    const death = new AbortController();
    const ports = processOn(on, death.signal);
    void on
      .client('doomed', { ...ports, vault: dieAtRecord(ports.vault, death, 5, 'after') })
      .rollback({ reason: 'USER_REQUEST' });
    await on.clock.advance(0);
    expect(death.signal.aborted).toBe(true);
    const cache = memoryCache();
    const next = on.client('next', { cache });
    expect(await on.until(next.recover())).toMatchObject({ rollback: { outcome: 'rolledBack' } });
    cache.set('task:t1', 'refilled by a late reader');
    await on.clock.advance(on.migration.cacheGrace);
    expect(cache.keys()).toEqual([]);
  });

  it('JN1 a process that dies before a record is durable has not begun what the record announces', async () => {
    // The record that announces Clear Database is LOADED, the fifth.
    const { on: before } = await killedAtWithoutRecovery(4, 'before');
    expect(before.database.rows('tasks')).toHaveLength(3);
    expect(before.database.store.cleared.size).toBe(0);
    const { on: after } = await killedAtWithoutRecovery(5, 'before');
    expect(after.records().at(-1)?.commands).toEqual(['clearDatabase']);
    expect(after.database.rows('tasks')).toHaveLength(0);
  });
});

async function killedAtWithoutRecovery(k: number, moment: Moment): Promise<{ readonly on: Device }> {
  const on = device();
  await on.until(on.client('a').migrate());
  const death = new AbortController();
  const ports = processOn(on, death.signal);
  const doomed = on.client('doomed', { ...ports, vault: dieAtRecord(ports.vault, death, k, moment) });
  void doomed.rollback({ reason: 'USER_REQUEST' });
  await on.clock.advance(0);
  return { on };
}
