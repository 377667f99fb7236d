import type { Row } from '../../ports/database.ts';
import { type ContractKit, hold, MIGRATION } from './kit.ts';
import { environment, MIGRATING, ROLLING_BACK, survey, task } from './sample.ts';

const ROWS = 20_000;
const BATCH = 1000;
const PAGE = 2500;

/** DB52: as many rows as a real store has, in one transaction (hazard H13). */
export function volumeRules(kit: ContractKit): void {
  const { test, expect } = kit;
  test(`DB52 ${ROWS} rows are copied, surveyed, cleared, read from the archive and put back`, async (subject) => {
    const { port } = subject;
    const fence = await hold(port, MIGRATING);
    await port.begin(fence);
    await port.copy(fence, { step: 'environments', collection: 'environments', rows: [environment('e1')] });
    for (let first = 0; first < ROWS; first += BATCH) {
      const rows = Array.from({ length: BATCH }, (_, i): Row => task(kit, `t${first + i}`, { environmentId: 'e1' }));
      const outcome = await port.copy(fence, { step: `tasks:${first}`, collection: 'tasks', rows });
      expect(outcome).toEqual({ inserted: BATCH, rejected: [] });
    }
    const digests = await port.digest(fence);
    expect(digests.find(({ collection }) => collection === 'tasks')?.rows).toBe(ROWS);
    for (let i = 0; i < ROWS; i += 200) await subject.update('tasks', { id: `t${i}` }, { title: 'changed' });
    const found = await survey(port, MIGRATING, 10);
    expect([found.drift.changed, found.entries.length]).toEqual([ROWS / 200, 10]);
    const out = await hold(port, ROLLING_BACK);
    expect((await port.clear(out, { undoes: MIGRATING, drift: found.drift.digest })).status).toBe('cleared');
    expect((await subject.rows('tasks')).length).toBe(0);
    expect(await port.remaining(MIGRATION, MIGRATING)).toBe(0);
    const keys = new Set<string>();
    const query = { migration: MIGRATION, run: ROLLING_BACK, content: 'all', limit: PAGE } as const;
    for (let after: string | null = null, more = true; more; more = after !== null) {
      const page: Awaited<ReturnType<typeof port.archived>> = await port.archived({ ...query, after });
      for (const { table, key } of page.rows) keys.add(`${table} ${key}`);
      after = page.next;
    }
    expect(keys.size).toBe(ROWS + 1);
    expect(await port.undoClear(out)).toBe(ROWS + 1);
    expect((await survey(port, MIGRATING, 0)).drift).toEqual(found.drift);
  });
}
