import { expect, it } from 'vitest';
import { BackpedalError } from '../../src/errors.ts';
import type { RollbackStatus } from '../../src/index.ts';
import { drive } from '../support/run-kit.ts';
import { always, migratedKit } from '../support/small-run.ts';

it('UI1 the status says which public step is being done, which are done, and what cancelling would do', async () => {
  const kit = await migratedKit();
  const { client } = kit.start();
  const seen: Pick<RollbackStatus, 'step' | 'stepsDone' | 'cancelling'>[] = [];
  client.subscribe(() => {
    const { step, stepsDone, cancelling } = client.getSnapshot();
    seen.push({ step, stepsDone, cancelling });
  });
  await drive(kit.clock, client.rollback({ reason: 'USER_REQUEST' }));
  const steps = seen.map(({ step }) => step).filter((step) => step !== null);
  expect([...new Set(steps)]).toEqual([
    'Load Backup',
    'Clear Database',
    'Restore LocalStorage',
    'Verify Data',
    'Clean State',
  ]);
  const restoring = seen.find(({ step }) => step === 'Restore LocalStorage');
  expect(restoring).toEqual({
    step: 'Restore LocalStorage',
    stepsDone: ['Load Backup', 'Clear Database'],
    cancelling: 'undoes',
  });
  expect(client.getSnapshot()).toMatchObject({ step: null, cancelling: 'tooLate', severity: 'info' });
  expect(client.getSnapshot().stepsDone).toHaveLength(5);
  expect([...new Set(seen.map(({ cancelling }) => cancelling))]).toEqual(['stopsHere', 'undoes', 'tooLate']);
});

it('UI2 from its locking down on a run is shown as failed and locked, and unlocking shows that it no longer is', async () => {
  const kit = await migratedKit();
  const fault = new BackpedalError('STORAGE_UNAVAILABLE', 'Told to fail.', { persistence: 'transient' });
  const { client } = kit.start({ storage: [{ ...always('read', fault), at: 8 }] });
  const seen: Pick<RollbackStatus, 'stage' | 'migrationState'>[] = [];
  client.subscribe(() => seen.push(client.getSnapshot()));
  await drive(kit.clock, client.rollback({ reason: 'USER_REQUEST' }));
  const locked = seen.slice(seen.findIndex(({ stage }) => stage === 'FAILED'));
  expect(locked.length).toBeGreaterThan(1);
  for (const status of locked)
    expect(status).toMatchObject({ stage: 'FAILED', migrationState: 'SAFE_MODE', severity: 'critical' });
  await client.unlock({ reason: 'repaired by hand' });
  expect(client.getSnapshot()).toMatchObject({ stage: 'FAILED', migrationState: 'MIGRATED', state: 'unlocked' });
});
