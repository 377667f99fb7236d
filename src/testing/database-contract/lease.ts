import type { DatabasePort, Fence } from '../../ports/database.ts';
import { refusalOf } from '../contract-subject.ts';
import { type ContractKit, contentOf, hold, MIGRATION } from './kit.ts';
import { copyAll, environment, MIGRATING, migrate, ROLLING_BACK, SAMPLE_SIZE, sampleRows, task } from './sample.ts';
import type { DatabaseSubject } from './subject.ts';

/** DB1 to DB5: the tables, leases, tokens, and what a token that is not the newest may do: nothing. */
export function leaseRules(kit: ContractKit): void {
  tableRules(kit);
  tokenRules(kit);
  holderRules(kit);
  for (const [name, write] of Object.entries(fencedWrites(kit))) fencingRules(kit, name, write);
}

function tableRules({ test, expect }: ContractKit): void {
  test('DB1 tells the tables of the collections, those that others refer to first', async ({ port }) => {
    await port.ping();
    const tables = await port.tables();
    expect(tables.map(({ collection }) => collection).sort()).toEqual(['environments', 'labels', 'tasks']);
    const position = (name: string): number => tables.findIndex(({ collection }) => collection === name);
    expect(position('environments')).toBeLessThanOrEqual(position('tasks'));
    const labels = tables[position('labels')];
    expect(labels?.idColumns).toEqual(['group', 'name']);
    expect([...(labels?.columns ?? [])].sort()).toEqual(['color', 'group', 'name', 'owner']);
    expect(port.scope).toEqual({ kind: 'wholeTable' });
    expect(port.failureDomain.length).toBeGreaterThan(0);
  });

  test(
    'DB1 names the condition that scopes it',
    async ({ port }) => {
      expect(port.scope.kind).toBe('condition');
    },
    { scope: 'owner' },
  );
}

function tokenRules({ test, expect }: ContractKit): void {
  test('DB2 issues tokens that only grow, also after a release and for the run that holds the lease', async ({
    port,
  }) => {
    expect((await port.ledger(MIGRATION)).token).toBe(0);
    const tokens: number[] = [];
    for (const run of ['a', 'a', 'b', 'a']) {
      const fence = await hold(port, run);
      tokens.push(fence.token);
      if (run === 'b') await port.release(fence);
      expect((await port.ledger(MIGRATION)).token).toBe(fence.token);
    }
    expect(tokens).toEqual([...new Set(tokens)].sort((a, b) => a - b));
    expect(tokens[0]).toBeGreaterThan(0);
  });

  test('DB2 keeps the leases of several migrations apart', async ({ port }) => {
    const first = await hold(port, 'a', 'first');
    const second = await hold(port, 'b', 'second');
    await hold(port, 'c', 'second');
    await port.record(first, 'mine', null);
    expect(await refusalOf(() => port.record(second, 'mine', null))).toBe('DATABASE_FENCED');
    expect((await port.ledger('first')).holder).toEqual({ run: 'a', storage: 'storage-of-a' });
  });
}

function holderRules(kit: ContractKit): void {
  const { test, expect } = kit;
  test('DB4 a lease that another run holds is busy and names the holder; the same run gets it again', async ({
    port,
  }) => {
    const ask = (run: string) => port.lease({ migration: MIGRATION, run, storage: 'here', mode: 'whenFree' });
    const first = await ask('a');
    expect(first.status).toBe('granted');
    expect(await ask('b')).toEqual({ status: 'busy', run: 'a', storage: 'here' });
    const again = await ask('a');
    expect(again.status).toBe('granted');
    if (first.status !== 'granted' || again.status !== 'granted') return;
    expect(again.token).toBeGreaterThan(first.token);
    await port.release({ migration: MIGRATION, run: 'a', token: again.token });
    expect((await port.ledger(MIGRATION)).holder).toBeNull();
    expect((await ask('b')).status).toBe('granted');
  });

  test('DB5 a take-over shuts the holder out, and releasing an old token takes nothing from the new holder', async ({
    port,
  }) => {
    const old = await hold(port, 'a');
    const now = await hold(port, 'b');
    expect(await refusalOf(() => port.record(old, 'late', null))).toBe('DATABASE_FENCED');
    await port.release(old);
    expect((await port.ledger(MIGRATION)).holder).toEqual({ run: 'b', storage: 'storage-of-b' });
    await port.record(now, 'mine', null);
    await port.release(now);
    await port.release(now);
    await port.release({ migration: 'unheard-of', run: 'x', token: 7 });
    expect((await port.ledger(MIGRATION)).holder).toBeNull();
  });

  test('DB5 when a take-over resolves, a transaction of the former holder has ended one way or the other', async (subject) => {
    const { port } = subject;
    await migrate(subject, sampleRows(kit));
    const old = await hold(port, ROLLING_BACK);
    const clearing = refusalOf(() => port.clear(old, { undoes: MIGRATING, drift: 'any' }));
    await hold(port, 'new-holder');
    const seen = await contentOf(subject);
    await clearing;
    expect(await contentOf(subject)).toEqual(seen);
  });
}

interface FencedWrite {
  /** What has happened before, so that the write has something to do. */
  readonly after: 'migration' | 'clear';
  readonly write: (port: DatabasePort, fence: Fence) => Promise<unknown>;
}

function fencedWrites(kit: ContractKit): Record<string, FencedWrite> {
  const late = { step: 'late', collection: 'tasks', rows: [task(kit, 'late')] };
  return {
    record: { after: 'clear', write: (port, fence) => port.record(fence, 'late', null) },
    begin: { after: 'migration', write: (port, fence) => port.begin(fence) },
    copy: { after: 'migration', write: (port, fence) => port.copy(fence, late) },
    digest: { after: 'migration', write: (port, fence) => port.digest(fence) },
    clear: { after: 'migration', write: (port, fence) => port.clear(fence, { undoes: MIGRATING, drift: 'any' }) },
    undoClear: { after: 'clear', write: (port, fence) => port.undoClear(fence) },
    sweep: { after: 'clear', write: (port, fence) => port.sweep(fence) },
    dropArchive: { after: 'clear', write: (port, fence) => port.dropArchive(fence, ROLLING_BACK) },
  };
}

function fencingRules(kit: ContractKit, name: string, { after, write }: FencedWrite): void {
  const { test, expect } = kit;
  const state = async (subject: DatabaseSubject) => ({
    content: await contentOf(subject),
    archives: await subject.port.archives(MIGRATION),
    steps: (await subject.port.ledger(MIGRATION)).steps,
  });

  test(`DB3 ${name} refuses an old token, and one that was never issued, and changes nothing`, async (subject) => {
    const { port } = subject;
    await migrate(subject, sampleRows(kit));
    const old = await hold(port, ROLLING_BACK);
    if (after === 'clear') await port.clear(old, { undoes: MIGRATING, drift: 'any' });
    await subject.insert('environments', environment('late'));
    const newest = await hold(port, ROLLING_BACK);
    const before = await state(subject);
    expect(await refusalOf(() => write(port, old))).toBe('DATABASE_FENCED');
    expect(await refusalOf(() => write(port, { ...newest, token: newest.token + 1 }))).toBe('DATABASE_FENCED');
    expect(await state(subject)).toEqual(before);
    expect(await refusalOf(() => write(port, newest))).toBe('none');
  });

  if (name !== 'copy') return;
  test('DB3 a run whose lease was taken over copies nothing more', async (subject) => {
    const { port } = subject;
    const old = await hold(port, MIGRATING);
    await port.begin(old);
    await hold(port, 'new-holder');
    expect(await refusalOf(() => copyAll(port, old, sampleRows(kit)))).toBe('DATABASE_FENCED');
    expect(await subject.rows('tasks')).toEqual([]);
    const fence = await hold(port, MIGRATING);
    const outcomes = await copyAll(port, fence, sampleRows(kit));
    expect(outcomes.reduce((sum, { inserted }) => sum + inserted, 0)).toBe(SAMPLE_SIZE);
  });
}
