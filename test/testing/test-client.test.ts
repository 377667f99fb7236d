import { expect, it } from 'vitest';
import { charts } from '../../src/runtime/charts.ts';
import type { ChartId } from '../../src/runtime/execution/types.ts';
import { createTestClient } from '../../src/testing/index.ts';

const states = (Object.keys(charts) as ChartId[]).flatMap((chart) =>
  Object.keys(charts[chart].meta).map((state) => [chart, state] as const),
);

it.each(states)('RE14 the %s chart’s state %s is shown as the chart describes it', (activity, state) => {
  const meta = charts[activity].meta[state];
  const status = createTestClient({ activity, state }).getSnapshot();
  expect(status).toMatchObject({ activity, stage: meta?.stage, currentStep: meta?.label });
  expect(status.state?.split('.').at(-1)).toBe(state);
  expect(status.question === null).toBe(meta?.waitsFor === undefined);
  // By its path, too.
  expect(createTestClient({ activity, state: status.state }).getSnapshot()).toEqual(status);
});

it('RE14 an ended run says how it ended', () => {
  const endOf = (activity: ChartId, state: string) => {
    const { outcome, migrationState, progress } = createTestClient({ activity, state }).getSnapshot();
    return [outcome, migrationState, progress];
  };
  expect(endOf('rollback', 'rolledBack')).toEqual(['rolledBack', 'ROLLED_BACK', 100]);
  expect(endOf('rollback', 'unchanged')).toEqual(['unchanged', 'MIGRATED', 0]);
  expect(endOf('rollback', 'safeMode')).toEqual(['safeMode', 'SAFE_MODE', 0]);
  expect(endOf('migration', 'migrated')).toEqual(['migrated', 'MIGRATED', 100]);
});

it('RE14 a state that the chart does not have is refused, with those that it has', () => {
  expect(() => createTestClient({ state: 'nowhere' })).toThrow(/no state "nowhere".*clearingDatabase/);
  expect(() => createTestClient({ state: 'executing' })).toThrow(/no state/);
});

it('RE14 more than the state can be said, and another one be shown, which listeners are told of', () => {
  const client = createTestClient({ state: 'clearingDatabase', progress: 30, errors: ['A fault'] });
  const told: (string | null)[] = [];
  const stop = client.subscribe(() => told.push(client.getSnapshot().state));
  const before = client.getSnapshot();
  expect(before).toMatchObject({ progress: 30, errors: ['A fault'] });
  expect(client.getSnapshot()).toBe(before);
  client.show({ progress: 40 });
  expect(client.getSnapshot()).toEqual({ ...before, progress: 40 });
  client.show({ activity: 'migration', state: 'copyingBatch' });
  expect(client.getSnapshot()).toMatchObject({ progress: 0, errors: [], migrationState: 'MIGRATING' });
  client.show({ state: null, migrationState: 'MIGRATED' });
  expect(client.getSnapshot()).toMatchObject({ activity: 'idle', runId: null, migrationState: 'MIGRATED' });
  stop();
  client.show({ progress: 1 });
  expect(told).toEqual(['executing.clearingDatabase', expect.stringMatching(/copyingBatch$/), null]);
});

it('RE14 its runs go well, and what it was asked is noted down', async () => {
  const client = createTestClient({ migrationState: 'MIGRATED' });
  expect(await client.canRollback()).toMatchObject({ canRollback: true });
  expect(await client.plan({ onDrift: 'merge' })).toMatchObject({ possible: true });
  expect(await client.rollback({ reason: 'USER_REQUEST' })).toMatchObject({ success: true, outcome: 'rolledBack' });
  expect(client.getSnapshot()).toMatchObject({ outcome: 'rolledBack', migrationState: 'ROLLED_BACK' });
  expect(await client.canRollback()).toMatchObject({ canRollback: false });
  expect(await client.migrate()).toMatchObject({ outcome: 'migrated' });
  expect(client.getSnapshot()).toMatchObject({ migrationState: 'MIGRATED' });
  await client.backups.verify('b');
  await client.close();
  expect(client.calls).toEqual([
    { method: 'canRollback', arguments: [] },
    { method: 'plan', arguments: [{ onDrift: 'merge' }] },
    { method: 'rollback', arguments: [{ reason: 'USER_REQUEST' }] },
    { method: 'canRollback', arguments: [] },
    { method: 'migrate', arguments: [] },
    { method: 'backups.verify', arguments: ['b'] },
    { method: 'close', arguments: [] },
  ]);
});

it('RE14 it recovers as its state says, and people’s answers lead on', async () => {
  expect(await createTestClient({ state: 'safeMode' }).recover()).toMatchObject({ action: 'safeMode' });
  expect(await createTestClient().recover()).toMatchObject({ action: 'nothingToDo' });
  const client = createTestClient({ state: 'deciding' });
  expect(await client.recover()).toMatchObject({ action: 'waiting', runId: 'run-1' });
  await client.decide({ question: 'drift', choice: 'merge' });
  expect(client.getSnapshot()).toMatchObject({ question: null, state: 'preparing.locking' });
  await client.cancel();
  expect(client.getSnapshot()).toMatchObject({ outcome: 'unchanged' });
  client.show({ state: 'safeMode' });
  await client.unlock({ reason: 'repaired' });
  expect(client.getSnapshot()).toMatchObject({ state: 'unlocked' });
});

it('RE14 answers are the test’s own where it gives some, and those that nobody can guess are asked for', async () => {
  const backup = { id: 'b', migrationId: 'm', createdAt: '', origin: '', user: null, entries: 1, size: 1, sha256: '' };
  const client = createTestClient({
    readiness: { canRollback: false, reason: 'Not now.', backupAvailable: false, estimatedTime: 0 },
    plan: { rowsToRemove: 100_000 },
    backups: [backup],
    auditTrail: [],
    methods: { rollback: () => new Promise(() => {}), archive: { list: async () => ({ rows: [], displaced: [] }) } },
  });
  expect(await client.canRollback()).toMatchObject({ reason: 'Not now.' });
  expect(await client.plan()).toMatchObject({ rowsToRemove: 100_000, keysToRestore: 1 });
  expect(await client.backups.list()).toEqual([backup]);
  expect(await client.audit.list()).toEqual([]);
  await expect(client.report('run-1')).rejects.toThrow(/no answer for report\(\)/);
  await expect(client.archive.export('run-1')).rejects.toThrow(/archive\.export/);
});

it('RE14 a run is monitored until one stops it', () => {
  const client = createTestClient({ state: 'clearingDatabase' });
  const seen: number[] = [];
  const stop = client.monitorRollback('test', ({ progress }) => seen.push(progress));
  client.show({ progress: 10 });
  stop();
  client.show({ progress: 20 });
  expect(seen).toEqual([0, 10]);
});
