import { NO_DRIFT } from '../../ports/database.ts';
import { refusalOf } from '../contract-subject.ts';
import { archivedBy, type ContractKit, contentOf, hold, MIGRATION, plainArchive } from './kit.ts';
import { drift, environment, MIGRATING, migrate, ROLLING_BACK, sampleRows, survey } from './sample.ts';
import type { DatabaseSubject } from './subject.ts';

/** DB16 and DB56: a clear does what was decided upon, all of it or nothing. */
export function clearRules(kit: ContractKit): void {
  decisionRules(kit);
  atomicityRules(kit);
}

function decisionRules(kit: ContractKit): void {
  const { test, expect } = kit;
  test('DB16 without drift, all rows of the run are moved and nothing else', async (subject) => {
    const { port } = subject;
    await subject.insert('labels', { group: 9, name: 'theirs', owner: 'you', color: null });
    await migrate(subject, sampleRows(kit));
    const outcome = await port.clear(await hold(port, ROLLING_BACK), { undoes: MIGRATING, drift: NO_DRIFT });
    expect(outcome.status).toBe('cleared');
    expect(outcome.drift).toEqual({ digest: NO_DRIFT, added: 0, changed: 0, deleted: 0, dependents: 0 });
    const content = await contentOf(subject);
    expect([content.tasks, content.environments]).toEqual([[], []]);
    expect(content.labels?.map(({ name }) => name)).toEqual(['theirs']);
    expect(await port.remaining(MIGRATION, MIGRATING)).toBe(0);
  });

  test('DB16 another drift than was decided upon leaves everything as it was', async (subject) => {
    const { port } = subject;
    await migrate(subject, sampleRows(kit));
    await drift(kit, subject);
    const decided = (await survey(port)).drift.digest;
    await subject.insert('environments', environment('newest'));
    const fence = await hold(port, ROLLING_BACK);
    const content = await contentOf(subject);
    const ledger = await port.ledger(MIGRATION);
    for (const stale of [decided, NO_DRIFT]) {
      const outcome = await port.clear(fence, { undoes: MIGRATING, drift: stale });
      expect(outcome).toEqual({ status: 'drifted', drift: (await survey(port)).drift });
    }
    expect(await contentOf(subject)).toEqual(content);
    expect(await port.ledger(MIGRATION)).toEqual(ledger);
    expect(await port.archives(MIGRATION)).toEqual([]);
    const now = (await survey(port)).drift.digest;
    expect((await port.clear(fence, { undoes: MIGRATING, drift: now })).status).toBe('cleared');
  });

  test('DB16 after a clear nothing is left to clear: what was moved does not count as deleted', async (subject) => {
    const { port } = subject;
    await migrate(subject, sampleRows(kit));
    await drift(kit, subject);
    await port.clear(await hold(port, ROLLING_BACK), { undoes: MIGRATING, drift: 'any' });
    const { collections, drift: left, entries } = await survey(port);
    expect([left.digest, entries]).toEqual([NO_DRIFT, []]);
    for (const { rows, deleted } of collections) expect([rows, deleted]).toEqual([0, 0]);
    await port.clear(await hold(port, 'once-more'), { undoes: MIGRATING, drift: 'none' });
    expect(await archivedBy(port, 'once-more', 'all')).toEqual([]);
  });

  test('DB16 `any` covers whatever is there', async (subject) => {
    const { port } = subject;
    await migrate(subject, sampleRows(kit));
    await drift(kit, subject);
    const outcome = await port.clear(await hold(port, ROLLING_BACK), { undoes: MIGRATING, drift: 'any' });
    expect(outcome.status).toBe('cleared');
    for (const rows of Object.values(await contentOf(subject))) expect(rows).toEqual([]);
  });
}

function atomicityRules(kit: ContractKit): void {
  const { test, expect } = kit;
  /** Lets write 1, 2, 3 … fail until the operation gets through; returns how many times it failed. */
  const failAtEach = async (subject: DatabaseSubject, operation: () => Promise<unknown>): Promise<number> => {
    const state = async () => ({
      content: await contentOf(subject),
      archived: plainArchive(await archivedBy(subject.port, ROLLING_BACK, 'all')),
      steps: (await subject.port.ledger(MIGRATION)).steps,
      drift: (await survey(subject.port)).drift,
    });
    const before = await state();
    for (let count = 1; count <= 500; count += 1) {
      subject.failWrite?.(count);
      const code = await refusalOf(() => operation());
      subject.failWrite?.(null);
      if (code === 'none') return count - 1;
      expect(await state()).toEqual(before);
    }
    throw new Error('The operation failed five hundred times.');
  };

  test(
    'DB56 a clear that fails at any of its writes leaves the database as it was',
    async (subject) => {
      const { port } = subject;
      await migrate(subject, sampleRows(kit));
      await drift(kit, subject);
      const fence = await hold(port, ROLLING_BACK);
      const failures = await failAtEach(subject, () => port.clear(fence, { undoes: MIGRATING, drift: 'any' }));
      expect(failures).toBeGreaterThan(2);
      expect(await subject.rows('tasks')).toEqual([]);
    },
    { needs: 'faults' },
  );

  test(
    'DB56 undoing a clear, and a sweep, that fail at any of their writes leave the database as it was',
    async (subject) => {
      const { port } = subject;
      await migrate(subject, sampleRows(kit));
      const content = await contentOf(subject);
      const fence = await hold(port, ROLLING_BACK);
      await port.clear(fence, { undoes: MIGRATING, drift: 'any' });
      await subject.insert('environments', environment('late'));
      expect(await failAtEach(subject, () => port.sweep(fence))).toBeGreaterThan(0);
      expect(await subject.rows('environments')).toEqual([]);
      expect(await failAtEach(subject, () => port.undoClear(fence))).toBeGreaterThan(1);
      expect((await contentOf(subject)).tasks).toEqual(content.tasks);
    },
    { needs: 'faults' },
  );
}
