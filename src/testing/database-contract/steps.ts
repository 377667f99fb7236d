import { type ContractKit, contentOf, hold, MIGRATION } from './kit.ts';
import { copyAll, environment, MIGRATING, migrate, ROLLING_BACK, SAMPLE_SIZE, sampleRows, survey } from './sample.ts';

/** DB6 and DB7: a step twice has the effect of once, and the ledger keeps what was recorded. */
export function stepRules(kit: ContractKit): void {
  recordRules(kit);
  migrationStepRules(kit);
  rollbackStepRules(kit);
}

function recordRules({ test, expect }: ContractKit): void {
  test('DB7 keeps recorded outcomes by run and step, oldest first', async ({ port }) => {
    const first = await hold(port, 'a');
    const outcome = { keys: 3, digest: 'x"y', list: [1, null, true], text: '😀\n' };
    await port.record(first, 'one', outcome);
    await port.record(first, 'two', null);
    const second = await hold(port, 'b');
    await port.record(second, 'one', 'of b');
    const other = await hold(port, 'c', 'other-migration');
    await port.record(other, 'one', 'elsewhere');
    const { steps, holder } = await port.ledger(MIGRATION);
    expect(steps).toEqual([
      { run: 'a', step: 'one', outcome },
      { run: 'a', step: 'two', outcome: null },
      { run: 'b', step: 'one', outcome: 'of b' },
    ]);
    expect(holder).toEqual({ run: 'b', storage: 'storage-of-b' });
  });

  test('DB7 an unknown migration has no token, no holder and no steps', async ({ port }) => {
    expect(await port.ledger('unheard-of')).toEqual({ token: 0, holder: null, steps: [] });
  });

  test('DB6 recording a step again leaves its first outcome', async ({ port }) => {
    const fence = await hold(port, 'a');
    await port.record(fence, 'one', 1);
    await port.record(fence, 'one', 2);
    await port.record(await hold(port, 'a'), 'one', 3);
    expect((await port.ledger(MIGRATION)).steps).toEqual([{ run: 'a', step: 'one', outcome: 1 }]);
  });
}

function migrationStepRules(kit: ContractKit): void {
  const { test, expect } = kit;
  test('DB6 beginning again does not take rows that have appeared meanwhile for those of others', async (subject) => {
    const { port } = subject;
    await port.begin(await hold(port, MIGRATING));
    await subject.insert('environments', environment('later'));
    const fence = await hold(port, MIGRATING);
    await port.begin(fence);
    await copyAll(port, fence, sampleRows(kit));
    await port.begin(fence);
    await port.digest(fence);
    const environments = (await survey(port)).collections.find(({ collection }) => collection === 'environments');
    expect(environments).toEqual({ collection: 'environments', rows: 3, added: 1, changed: 0, deleted: 0, kept: 0 });
  });

  test('DB6 copying a batch again, also under a newer token, has the effect and the outcome of once', async (subject) => {
    const { port } = subject;
    const fence = await hold(port, MIGRATING);
    await port.begin(fence);
    const rows = [environment('a'), environment('a'), environment('b')];
    const batch = { step: 'copy:environments:0', collection: 'environments', rows };
    const first = await port.copy(fence, batch);
    await subject.remove('environments', { id: 'b' });
    const content = await contentOf(subject);
    expect(await port.copy(fence, batch)).toEqual(first);
    expect(await port.copy(await hold(port, MIGRATING), batch)).toEqual(first);
    expect(await contentOf(subject)).toEqual(content);
  });

  test('DB6 taking the digests again answers with those that were recorded', async (subject) => {
    const { port } = subject;
    const fence = await hold(port, MIGRATING);
    await port.begin(fence);
    await copyAll(port, fence, sampleRows(kit));
    const digests = await port.digest(fence);
    await subject.update('environments', { id: 'e1' }, { name: 'changed' });
    expect(await port.digest(await hold(port, MIGRATING))).toEqual(digests);
    expect((await survey(port)).drift.changed).toBe(1);
  });
}

function rollbackStepRules(kit: ContractKit): void {
  const { test, expect } = kit;
  test('DB6 clearing again answers with the recorded outcome and moves nothing more', async (subject) => {
    const { port } = subject;
    await migrate(subject, sampleRows(kit));
    const cleared = await port.clear(await hold(port, ROLLING_BACK), { undoes: MIGRATING, drift: 'any' });
    await subject.insert('environments', environment('late'));
    const content = await contentOf(subject);
    const fence = await hold(port, ROLLING_BACK);
    expect(await port.clear(fence, { undoes: MIGRATING, drift: 'any' })).toEqual(cleared);
    expect(await port.clear(fence, { undoes: MIGRATING, drift: 'another' })).toEqual(cleared);
    expect(await contentOf(subject)).toEqual(content);
    const archived = (await port.archives(MIGRATION)).reduce((sum, { rows }) => sum + rows, 0);
    expect(archived).toBe(SAMPLE_SIZE);
  });

  test('DB7 the outcome of a clear is in the ledger under the step `clear`', async (subject) => {
    const { port } = subject;
    await migrate(subject, sampleRows(kit));
    const fence = await hold(port, ROLLING_BACK);
    const ofRun = async () =>
      (await port.ledger(MIGRATION)).steps.filter(({ run, step }) => run === ROLLING_BACK && step === 'clear');
    expect(await ofRun()).toEqual([]);
    const outcome = await port.clear(fence, { undoes: MIGRATING, drift: 'any' });
    expect(await ofRun()).toEqual([{ run: ROLLING_BACK, step: 'clear', outcome }]);
  });
}
