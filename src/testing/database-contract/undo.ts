import { archivedBy, type ContractKit, contentOf, hold, MIGRATION, plainRow } from './kit.ts';
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

/** DB18, DB19, DB54, DB55: putting back, and rows that appear late. */
export function undoRules(kit: ContractKit): void {
  exactRules(kit);
  occupiedRules(kit);
  sweepRules(kit);
  sharedScopeRules(kit);
}

function exactRules(kit: ContractKit): void {
  const { test, expect } = kit;
  test('DB18 undoing a clear puts every row back as it was, and the run’s rows are the run’s again', async (subject) => {
    const { port } = subject;
    await subject.insert('environments', environment('theirs'));
    await migrate(subject, sampleRows(kit));
    await drift(kit, subject);
    const before = { content: await contentOf(subject), survey: await survey(port) };
    const fence = await hold(port, ROLLING_BACK);
    await port.clear(fence, { undoes: MIGRATING, drift: 'any' });
    expect(await port.undoClear(fence)).toBe(SAMPLE_SIZE - 1 + 2);
    expect({ content: await contentOf(subject), survey: await survey(port) }).toEqual(before);
    expect(await port.archives(MIGRATION)).toEqual([]);
    expect(await archivedBy(port, ROLLING_BACK, 'all')).toEqual([]);
    await port.undoClear(fence);
    await port.undoClear(await hold(port, ROLLING_BACK));
    expect({ content: await contentOf(subject), survey: await survey(port) }).toEqual(before);
  });

  test('DB18 without a clear of the same run there is nothing to undo', async (subject) => {
    const { port } = subject;
    await migrate(subject, sampleRows(kit), 'in-1');
    await port.clear(await hold(port, 'out-1'), { undoes: 'in-1', drift: 'any' });
    await migrate(subject, { tasks: [task(kit, 'x')] }, 'in-2');
    const content = await contentOf(subject);
    expect(await port.undoClear(await hold(port, 'out-2'))).toBe(0);
    expect(await contentOf(subject)).toEqual(content);
    expect((await archivedBy(port, 'out-1', 'all')).length).toBe(SAMPLE_SIZE);
  });

  test('DB18 an undone clear is no longer in the ledger, and the run can clear again', async (subject) => {
    const { port } = subject;
    await migrate(subject, sampleRows(kit));
    const fence = await hold(port, ROLLING_BACK);
    await port.clear(fence, { undoes: MIGRATING, drift: 'none' });
    await port.undoClear(fence);
    const { steps } = await port.ledger(MIGRATION);
    expect(steps.filter(({ run, step }) => run === ROLLING_BACK && step === 'clear')).toEqual([]);
    expect((await port.clear(fence, { undoes: MIGRATING, drift: 'none' })).status).toBe('cleared');
    expect(await subject.rows('tasks')).toEqual([]);
    expect((await archivedBy(port, ROLLING_BACK, 'all')).length).toBe(SAMPLE_SIZE);
    await port.undoClear(fence);
    expect((await subject.rows('tasks')).length).toBe(4);
  });
}

function occupiedRules(kit: ContractKit): void {
  const { test, expect } = kit;
  test('DB55 undoing loses neither the moved row nor a newer one that has taken its place', async (subject) => {
    const { port } = subject;
    await migrate(subject, sampleRows(kit));
    const old = (await subject.rows('tasks')).find(({ id }) => id === 't1');
    const fence = await hold(port, ROLLING_BACK);
    await port.clear(fence, { undoes: MIGRATING, drift: 'none' });
    await subject.insert('tasks', task(kit, 't1', { title: 'newer' }));
    await subject.insert('tasks', task(kit, 'late', { title: 'newer as well' }));
    await port.undoClear(fence);
    const tasks = await subject.rows('tasks');
    expect(tasks.map(({ id }) => String(id)).sort()).toEqual(['late', 't1', 't2', 't3', 't4']);
    const archived = (await archivedBy(port, ROLLING_BACK, 'all')).map(({ row }) => row);
    const versions = [...tasks, ...archived].filter((row) => row?.id === 't1').map((row) => row && plainRow(row));
    expect(versions.length).toBe(2);
    expect(versions.map((row) => row?.title).sort()).toEqual(['Task t1', 'newer']);
    expect(versions.find((row) => row?.title === 'Task t1')).toEqual(old && plainRow(old));
  });

  test('DB55 undoing loses no row that was swept', async (subject) => {
    const { port } = subject;
    await migrate(subject, sampleRows(kit));
    const fence = await hold(port, ROLLING_BACK);
    await port.clear(fence, { undoes: MIGRATING, drift: 'none' });
    await subject.insert('tasks', task(kit, 't1', { title: 'late t1' }));
    await subject.insert('tasks', task(kit, 'late', { title: 'late' }));
    await port.sweep(fence);
    await port.undoClear(fence);
    const archived = (await archivedBy(port, ROLLING_BACK, 'all')).map(({ row }) => row);
    const titles = [...(await subject.rows('tasks')), ...archived].map((row) => String(row?.title)).sort();
    expect(titles).toEqual(['Task t1', 'Task t2', 'Task t3', 'Task t4', 'late', 'late t1']);
  });
}

function sweepRules(kit: ContractKit): void {
  const { test, expect } = kit;
  test('DB19 rows that appear after a clear remain until they are swept into the archive', async (subject) => {
    const { port } = subject;
    await subject.insert('tasks', task(kit, 'theirs'));
    await migrate(subject, sampleRows(kit));
    expect(await port.remaining(MIGRATION, MIGRATING)).toBe(SAMPLE_SIZE);
    await port.clear(await hold(port, ROLLING_BACK), { undoes: MIGRATING, drift: 'none' });
    expect(await port.remaining(MIGRATION, MIGRATING)).toBe(0);
    const late = [task(kit, 'late', { settings: { a: [1] } }), task(kit, 't1', { title: 'again' })];
    for (const row of late) await subject.insert('tasks', row);
    await subject.insert('labels', { group: 5, name: 'late', owner: 'me', color: null });
    expect(await port.remaining(MIGRATION, MIGRATING)).toBe(3);
    const fence = await hold(port, ROLLING_BACK);
    expect(await port.sweep(fence)).toBe(3);
    expect(await port.sweep(fence)).toBe(0);
    expect(await port.remaining(MIGRATION, MIGRATING)).toBe(0);
    expect((await subject.rows('tasks')).map(({ id }) => id)).toEqual(['theirs']);
    const swept = (await archivedBy(port, ROLLING_BACK, 'drift')).filter(({ kind }) => kind === 'late');
    expect(swept.map(({ collection, key }) => `${collection} ${key}`).sort()).toEqual([
      'labels [5,"late"]',
      'tasks ["late"]',
      'tasks ["t1"]',
    ]);
    for (const row of late) {
      const archived = swept.find(({ key }) => key === JSON.stringify([row.id]))?.row;
      expect(archived && plainRow(archived)).toEqual(plainRow(row));
    }
  });

  test('DB19 a run that has cleared nothing sweeps nothing', async (subject) => {
    const { port } = subject;
    await migrate(subject, sampleRows(kit));
    await subject.insert('environments', environment('new'));
    const content = await contentOf(subject);
    expect(await port.sweep(await hold(port, ROLLING_BACK))).toBe(0);
    expect(await contentOf(subject)).toEqual(content);
  });

  test('DB19 what was added before a clear remains as well, until it is cleared', async (subject) => {
    const { port } = subject;
    await migrate(subject, sampleRows(kit));
    await drift(kit, subject);
    expect(await port.remaining(MIGRATION, MIGRATING)).toBe(SAMPLE_SIZE + 1);
  });
}

function sharedScopeRules(kit: ContractKit): void {
  const { test, expect } = kit;
  test('DB54 while another run has rows in the scope, rows that appear are left to its users', async (subject) => {
    const { port } = subject;
    await migrate(subject, sampleRows(kit), 'first');
    await migrate(subject, { environments: [environment('f1')] }, 'second');
    await port.clear(await hold(port, 'out-1'), { undoes: 'first', drift: 'none' });
    await subject.insert('environments', environment('late'));
    expect(await port.remaining(MIGRATION, 'first')).toBe(0);
    expect(await port.sweep(await hold(port, 'out-1'))).toBe(0);
    expect((await subject.rows('environments')).map(({ id }) => String(id)).sort()).toEqual(['f1', 'late']);
    expect((await survey(port, 'second')).drift.added).toBe(1);
    await port.clear(await hold(port, 'out-2'), { undoes: 'second', drift: 'any' });
    await subject.insert('environments', environment('later'));
    expect(await port.sweep(await hold(port, 'out-1'))).toBe(1);
    expect(await subject.rows('environments')).toEqual([]);
  });

  test('DB54 a run whose rows have all been deleted by people has none in the scope', async (subject) => {
    const { port } = subject;
    await migrate(subject, sampleRows(kit), 'first');
    await migrate(subject, { environments: [environment('f1')] }, 'second');
    await port.clear(await hold(port, 'out-1'), { undoes: 'first', drift: 'none' });
    await subject.remove('environments', { id: 'f1' });
    await subject.insert('environments', environment('late'));
    expect(await port.remaining(MIGRATION, 'first')).toBe(1);
    expect(await port.sweep(await hold(port, 'out-1'))).toBe(1);
  });
}
