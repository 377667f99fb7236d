import { StorageError } from '../../errors.ts';
import type { MigrationContext, MigrationEvent } from '../../machines/migration/types.ts';
import type { StorageWrite } from '../../ports/storage.ts';
import { appendAudit } from '../audit-log.ts';
import type { Work } from '../execution/types.ts';
import { fenceOf, takeOver } from '../lease.ts';
import { markerWrite, readMarker } from '../marker.ts';
import { migrationNotices, send } from '../notifications.ts';
import { migrationResult } from '../results.ts';
import { keepDisplaced } from '../vault-files.ts';
import type { World } from '../world.ts';
import { failuresOf } from './copy.ts';
import type { MigrationMemory } from './memory.ts';
import { backupOf } from './prepare.ts';

/** The keys that may go: those of collections all of whose items are in the database. */
export async function clearableKeys(
  world: World,
  context: MigrationContext,
  memory: Pick<MigrationMemory, 'backup' | 'failures'>,
): Promise<readonly string[]> {
  if (context.source === 'keep') return [];
  const { head } = await backupOf(world, context.run, memory);
  const failures = await failuresOf(world, context.run, memory);
  const needed = new Set(failures.map(({ storageKey }) => storageKey));
  return head.entries.filter(({ key, kind }) => kind === 'collection' && !needed.has(key)).map(({ key }) => key);
}

/** Removes each key that still equals its backup, in one burst with the marker. A key that was written stays. */
export async function clearSource(
  context: MigrationContext,
  { world, writeBurst }: Work,
  memory: MigrationMemory,
): Promise<MigrationEvent> {
  const backup = await backupOf(world, context.run, memory);
  let keys = await clearableKeys(world, context, memory);
  const before = await readMarker(world);
  const counter = (before.marker?.run === context.run ? before.marker.counter - 1 : (before.marker?.counter ?? 0)) + 1;
  for (let round = 0; round < 10; round++) {
    const found = await readMarker(world);
    const writes = keys.map((key): StorageWrite => ({ key, value: null, expect: [backup.values.get(key) ?? null] }));
    const marker = markerWrite(world, found, context.storage, context.run, counter);
    const outcome = await writeBurst([...writes, marker]);
    if (outcome.status === 'written') return { type: 'SOURCE_CLEARED', removed: keys.length };
    if (outcome.status === 'notPermitted') break;
    const written = new Set(outcome.keys);
    world.logger.warn('Keys were written during the migration; they stay in storage.', { keys: outcome.keys });
    keys = keys.filter((key) => !written.has(key));
  }
  throw new StorageError('STORAGE_UNAVAILABLE', 'The source could not be cleared because storage kept changing.', {
    persistence: 'transient',
  });
}

/**
 * Writes every key that was removed again, with a marker of its own, and compares. A newer value in the place of a
 * removed key is kept first; where the source was never cleared, newer values are the app's own and stay.
 */
export async function restoreSource(
  context: MigrationContext,
  { world, writeBurst }: Work,
  memory: MigrationMemory,
): Promise<MigrationEvent> {
  // An inner rollback that changed nothing has let them work again.
  await world.operations.stop();
  const backup = await backupOf(world, context.run, memory);
  const keys = await clearableKeys(world, context, memory);
  const current = await world.storage.read(keys);
  const found = await readMarker(world);
  const wasCleared = found.marker?.run === context.run;
  const writes = keys.flatMap((key): StorageWrite[] => {
    const value = backup.values.get(key) ?? null;
    const now = current.get(key) ?? null;
    return now === value || (now !== null && !wasCleared) ? [] : [{ key, value, expect: [now] }];
  });
  // Where the source was never touched, nothing needs to be written, and storage need not even work.
  if (writes.length === 0 && !wasCleared) return { type: 'SOURCE_RESTORED', marker: 0 };
  for (const { key, expect } of writes) {
    const [now = null] = expect;
    if (now !== null) await keepDisplaced(world, context.run, [{ key, value: now }]);
  }
  // Written again, it is not mistaken for a burst of before.
  const counter = Math.max((found.marker?.counter ?? 0) + 1, context.restored);
  const marker = markerWrite(world, found, context.storage, context.run, counter);
  const outcome = await writeBurst([...writes, marker]);
  const values = await world.storage.read(writes.map(({ key }) => key));
  const wrong = writes.find(({ key, value }) => values.get(key) !== value);
  if (outcome.status !== 'written' || wrong !== undefined) {
    throw new StorageError('STORAGE_UNAVAILABLE', 'The source could not be put back yet.', {
      persistence: 'transient',
    });
  }
  return { type: 'SOURCE_RESTORED', marker: counter };
}

/** Moves the rows of this run to the archive, if it had come so far as to bring any. */
export async function discardCopy(context: MigrationContext, { world }: Work): Promise<MigrationEvent> {
  const token = await takeOver(world, context);
  await world.database.clear(fenceOf({ ...context, token }), { undoes: context.run, drift: 'any' });
  return { type: 'DISCARDED', token };
}

/** Gives the lease back and lets the app work again. */
export async function closeMigration(context: MigrationContext, { world }: Work): Promise<MigrationEvent> {
  // The app must work again whether or not the database can be reached.
  await world.operations.resume();
  await world.database.release(fenceOf(context));
  return { type: 'CLOSED' };
}

/** Writes the audit entry, once, and notifies people, at least once. */
export async function announce(
  context: MigrationContext,
  { world }: Work,
  memory: Pick<MigrationMemory, 'failures'>,
): Promise<MigrationEvent> {
  const timestamp = new Date(world.clock.now()).toISOString();
  const result = migrationResult(context, await failuresOf(world, context.run, memory), timestamp);
  await appendAudit(world, {
    type: 'MIGRATION',
    migrationId: context.migration,
    runId: context.run,
    timestamp,
    result: result.finalStatus,
    steps: [],
    performedBy: world.identity.user(),
    reason: context.reason ?? 'USER_REQUEST',
    outcome: result.outcome,
    escalation: result.escalation,
  });
  await send(world, migrationNotices(world, context, result));
  return { type: 'ANNOUNCED' };
}
