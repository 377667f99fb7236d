import type { CollectionSurvey, DatabasePort } from '../../ports/database.ts';
import { archivedBy, type ContractKit, contentOf, hold, MIGRATION, plainRows } from './kit.ts';
import {
  drift,
  environment,
  MIGRATING,
  migrate,
  ROLLING_BACK,
  SAMPLE_SIZE,
  sampleRows,
  survey,
  task,
} from './sample.ts';

/** DB11, DB12, DB53: whose rows are whose. */
export function provenanceRules(kit: ContractKit): void {
  ownershipRules(kit);
  twoRunRules(kit);
  scopeRules(kit);
}

async function surveyed(port: DatabasePort, collection: string, undoes = MIGRATING): Promise<CollectionSurvey> {
  const found = (await survey(port, undoes)).collections.find((entry) => entry.collection === collection);
  if (found === undefined) throw new Error(`The survey leaves out ${collection}.`);
  return found;
}

function ownershipRules(kit: ContractKit): void {
  const { test, expect } = kit;
  test('DB11 rows that were there before a run began belong to others, whatever happens to them', async (subject) => {
    const { port } = subject;
    for (const id of ['x1', 'x2', 'x3']) await subject.insert('environments', environment(id));
    await migrate(subject, sampleRows(kit));
    await subject.update('environments', { id: 'x1' }, { name: 'changed' });
    await subject.remove('environments', { id: 'x2' });
    expect((await survey(port)).drift.digest).toBe('none');
    const expected = { collection: 'environments', rows: 2, added: 0, changed: 0, deleted: 0, kept: 2 };
    expect(await surveyed(port, 'environments')).toEqual(expected);
    await port.clear(await hold(port, ROLLING_BACK), { undoes: MIGRATING, drift: 'none' });
    const left = await subject.rows('environments');
    expect(plainRows(left)).toEqual([environment('x1', { name: 'changed' }), environment('x3')]);
    expect(await port.remaining(MIGRATION, MIGRATING)).toBe(0);
  });

  test('DB11 a run owns only the rows that it brought, not those that the database refused', async (subject) => {
    const { port } = subject;
    await subject.insert('environments', environment('e1', { name: 'theirs' }));
    const fence = await hold(port, MIGRATING);
    await port.begin(fence);
    const rows = [environment('e1'), environment('e2')];
    await port.copy(fence, { step: 'copy', collection: 'environments', rows });
    await port.digest(fence);
    await port.clear(await hold(port, ROLLING_BACK), { undoes: MIGRATING, drift: 'none' });
    expect((await subject.rows('environments')).map(({ name }) => name)).toEqual(['theirs']);
  });

  test('DB53 clearing after a run that never began moves nothing', async (subject) => {
    const { port } = subject;
    for (const id of ['x1', 'x2']) await subject.insert('environments', environment(id));
    await migrate(subject, sampleRows(kit), 'another-run');
    const content = await contentOf(subject);
    expect((await survey(port, 'never-began')).drift.digest).toBe('none');
    expect((await surveyed(port, 'environments', 'never-began')).rows).toBe(0);
    expect(await port.remaining(MIGRATION, 'never-began')).toBe(0);
    const fence = await hold(port, ROLLING_BACK);
    expect((await port.clear(fence, { undoes: 'never-began', drift: 'any' })).status).toBe('cleared');
    expect(await contentOf(subject)).toEqual(content);
    expect(await archivedBy(port, ROLLING_BACK, 'all')).toEqual([]);
  });

  test('DB53 a run that was cut off before its digests can be taken back all the same', async (subject) => {
    const { port } = subject;
    const fence = await hold(port, MIGRATING);
    await port.begin(fence);
    const rows = [environment('e1'), environment('e2')];
    await port.copy(fence, { step: 'copy:0', collection: 'environments', rows });
    expect(await port.remaining(MIGRATION, MIGRATING)).toBe(2);
    expect((await port.clear(fence, { undoes: MIGRATING, drift: 'any' })).status).toBe('cleared');
    expect(await subject.rows('environments')).toEqual([]);
    expect((await archivedBy(port, MIGRATING, 'all')).length).toBe(2);
  });
}

function twoRunRules(kit: ContractKit): void {
  const { test, expect } = kit;
  const second = () => ({ environments: [environment('f1')], tasks: [task(kit, 'u1', { environmentId: 'f1' })] });

  test('DB11 two runs in one scope do not take each other’s rows for additions or deletions', async (subject) => {
    const { port } = subject;
    await migrate(subject, sampleRows(kit), 'first');
    await migrate(subject, second(), 'second');
    expect((await survey(port, 'first')).drift.digest).toBe('none');
    expect((await survey(port, 'second')).drift.digest).toBe('none');
    expect((await surveyed(port, 'environments', 'first')).kept).toBe(1);
    expect((await surveyed(port, 'environments', 'second')).kept).toBe(2);
    await port.clear(await hold(port, ROLLING_BACK), { undoes: 'first', drift: 'none' });
    expect((await subject.rows('tasks')).map(({ id }) => id)).toEqual(['u1']);
    expect((await survey(port, 'second')).drift.digest).toBe('none');
    expect(await port.remaining(MIGRATION, 'first')).toBe(0);
    expect(await port.remaining(MIGRATION, 'second')).toBe(2);
  });

  test('DB11 the earlier run can be taken back after the later one, and the tables are empty', async (subject) => {
    const { port } = subject;
    await migrate(subject, sampleRows(kit), 'first');
    await migrate(subject, second(), 'second');
    await port.clear(await hold(port, 'out-2'), { undoes: 'second', drift: 'none' });
    await port.clear(await hold(port, 'out-1'), { undoes: 'first', drift: 'none' });
    for (const rows of Object.values(await contentOf(subject))) expect(rows).toEqual([]);
    const archives = await port.archives(MIGRATION);
    const count = (run: string): number =>
      archives.filter((summary) => summary.run === run).reduce((sum, { rows }) => sum + rows, 0);
    expect([count('out-1'), count('out-2')]).toEqual([SAMPLE_SIZE, 2]);
  });

  test('DB11 what was taken back can be migrated and taken back again', async (subject) => {
    const { port } = subject;
    for (const round of ['1', '2', '3']) {
      await migrate(subject, sampleRows(kit), `in-${round}`);
      expect((await survey(port, `in-${round}`)).drift.digest).toBe('none');
      const fence = await hold(port, `out-${round}`);
      await port.clear(fence, { undoes: `in-${round}`, drift: 'none' });
      expect((await archivedBy(port, `out-${round}`, 'all')).length).toBe(SAMPLE_SIZE);
      expect(await port.remaining(MIGRATION, `in-${round}`)).toBe(0);
    }
  });
}

function scopeRules(kit: ContractKit): void {
  const { test, expect } = kit;
  test(
    'DB12 rows outside a condition are not counted, not moved, not swept, and do not remain',
    async (subject) => {
      const { port } = subject;
      const theirs = (id: string) => environment(id, { owner: 'you' });
      await subject.insert('environments', theirs('y1'));
      await migrate(subject, sampleRows(kit));
      await subject.insert('environments', theirs('y2'));
      await subject.update('environments', { id: 'y1' }, { name: 'changed' });
      expect((await survey(port)).drift.digest).toBe('none');
      expect((await surveyed(port, 'environments')).kept).toBe(0);
      await drift(kit, subject);
      const outcome = await port.clear(await hold(port, ROLLING_BACK), { undoes: MIGRATING, drift: 'any' });
      expect(outcome.drift.added).toBe(2);
      await subject.insert('environments', theirs('y3'));
      expect(await port.sweep(await hold(port, ROLLING_BACK))).toBe(0);
      expect(await port.remaining(MIGRATION, MIGRATING)).toBe(0);
      const left = await subject.rows('environments');
      expect(left.map(({ id }) => String(id)).sort()).toEqual(['y1', 'y2', 'y3']);
    },
    { scope: 'owner' },
  );
}
