import { BackupError, DatabaseError, StorageError } from '../../errors.ts';
import type { RollbackContext, RollbackEvent } from '../../machines/rollback/types.ts';
import { NO_DRIFT } from '../../ports/database.ts';
import type { VerifiedBackup } from '../backup-format.ts';
import { loadBackup } from '../backup-store.ts';
import { causeOf } from '../cause.ts';
import type { Work } from '../execution/types.ts';
import { fenceOf } from '../lease.ts';
import { markerWrite, readMarker } from '../marker.ts';
import { readKeys } from '../migration/source.ts';
import { sha256 } from '../text-hash.ts';
import { displacedId, keepDisplaced } from '../vault-files.ts';
import type { World } from '../world.ts';
import { recordedClear, staleKeys, tablesOf } from './clear.ts';
import { allRows } from './drift.ts';
import { isMerging, keepMerge, keptMerge } from './kept-merge.ts';
import { keepLateWrites, listenForLateWrites } from './late-writes.ts';
import type { RollbackMemory } from './memory.ts';
import { collectionsDigest, type Merged, mergeDrift, planRestore, type Restore } from './restore-plan.ts';

/** What the keys that a burst changes held before; recorded in the database before the burst. */
export interface TargetsRecord {
  readonly digest: string;
  /** The digest of what the keys of collections are to hold: enough to know storage by, were all else lost. */
  readonly collections: string;
  readonly marker: number;
  /**
   * Keys to be changed: `missing` ones are removed again by the compensation, the others get their value back, a
   * displaced one from the vault, where it has this id.
   */
  readonly before: readonly (readonly [key: string, state: 'missing' | 'backup' | 'displaced', displaced?: string])[];
}

/** The verified backup; read anew after a crash. */
export async function backupOf(
  world: World,
  context: RollbackContext,
  memory: RollbackMemory,
): Promise<VerifiedBackup> {
  memory.backup ??= await loadBackup(world, context.backup);
  return memory.backup;
}

async function mergeOf(world: World, context: RollbackContext, memory: RollbackMemory): Promise<Merged | null> {
  if (!isMerging(context)) return null;
  const kept = await keptMerge(world, context, memory);
  if (kept !== null) return kept;
  const { migration, run } = context;
  const rows = await allRows((after, limit) =>
    world.database.archived({ migration, run, content: 'drift', after, limit }),
  );
  if (rows.length === 0 && context.drift !== null && context.drift.rows !== NO_DRIFT) {
    throw new DatabaseError('DATABASE_CONFLICT', 'The archive shows none of the drift that was moved into it.', {
      persistence: 'transient',
    });
  }
  const merged = mergeDrift(world, await tablesOf(world, memory), await backupOf(world, context, memory), rows);
  memory.merged = await keepMerge(world, context, merged);
  return memory.merged;
}

async function beforeOf(restore: Restore, backup: VerifiedBackup): Promise<TargetsRecord['before']> {
  const displaced = new Map<string, string>();
  for (const value of restore.displaced) displaced.set(value.key, await displacedId(value));
  return restore.writes.map(({ key, expect }) => {
    if (expect[0] === null) return [key, 'missing'];
    const id = displaced.get(key);
    return id === undefined && backup.values.has(key) ? [key, 'backup'] : [key, 'displaced', id ?? ''];
  });
}

/** Merges, keeps in the vault what will be overwritten, and records in the database what every key is to hold. */
export async function prepareRestore(
  context: RollbackContext,
  { world, report }: Work,
  memory: RollbackMemory,
): Promise<RollbackEvent> {
  const merged = await mergeOf(world, context, memory);
  report(0.5);
  const backup = await backupOf(world, context, memory);
  const restore = await planRestore(world, backup, merged);
  memory.restore = restore;
  await keepDisplaced(world, context.run, restore.displaced);
  const { marker } = await readMarker(world);
  const counter = (marker?.counter ?? 0) + 1;
  const { digest, collections } = restore;
  const record: TargetsRecord = { digest, collections, marker: counter, before: await beforeOf(restore, backup) };
  // A repetition, also one by another process, may have found something else in storage: the last record counts.
  const { preparations, token, attempts } = context;
  await world.database.record(fenceOf(context), `targets:${preparations}.${token}.${attempts}`, record);
  return {
    type: 'PREPARED',
    targets: restore.digest,
    marker: counter,
    displaced: restore.displaced.length,
    notCarriedOver: merged?.notCarriedOver.length ?? 0,
  };
}

/** What every key is to hold, worked out again after a crash; `null` when storage says something else by now. */
async function restoreOf(world: World, context: RollbackContext, memory: RollbackMemory): Promise<Restore | null> {
  // A preparation that was given up for lost may have come back late with another one.
  if (memory.restore !== null && memory.restore.digest === context.targets?.digest) return memory.restore;
  const restore = await planRestore(
    world,
    await backupOf(world, context, memory),
    await keptMerge(world, context, memory),
  );
  if (restore.digest !== context.targets?.digest) return null;
  memory.restore = restore;
  return restore;
}

/** Whether all that a burst would overwrite by now is what the latest preparation has kept and recorded (rule RB8). */
async function isRecorded(
  world: World,
  context: RollbackContext,
  restore: Restore,
  backup: VerifiedBackup,
): Promise<boolean> {
  const { steps } = await world.database.ledger(context.migration);
  const latest = steps.findLast(({ run, step }) => run === context.run && step.startsWith('targets:'));
  const recorded = (latest?.outcome as TargetsRecord | undefined)?.before ?? [];
  const known = new Set(recorded.map((entry) => JSON.stringify(entry)));
  return (await beforeOf(restore, backup)).every((entry) => known.has(JSON.stringify(entry)));
}

/** Writes every key and, last, the marker, in one burst, if storage still holds what it held. */
export async function restoreStorage(
  context: RollbackContext,
  work: Work,
  memory: RollbackMemory,
): Promise<RollbackEvent> {
  const { world, writeBurst } = work;
  const prepared = memory.restore;
  const restore = await restoreOf(world, context, memory);
  // Worked out by this process, it is not to be taken for prepared when the next attempt comes.
  memory.restore = prepared;
  const found = await readMarker(world);
  if (restore === null || context.targets === null) return { type: 'DISPLACED' };
  // The process that prepared it has died, and the app may have written since.
  const isKept =
    restore === prepared || (await isRecorded(world, context, restore, await backupOf(world, context, memory)));
  memory.restore = isKept ? restore : null;
  if (!isKept) return { type: 'DISPLACED' };
  const marker = markerWrite(world, found, context.storage, context.run, context.targets.marker);
  listenForLateWrites(world, memory);
  const outcome = await writeBurst([...restore.writes, marker]);
  if (outcome.status === 'written') return { type: 'RESTORED', written: restore.writes.length };
  memory.restore = null;
  if (outcome.status === 'displaced') return { type: 'DISPLACED' };
  throw new StorageError('OPERATION_ABORTED', 'The burst was not permitted any more.');
}

/** Whether the keys of collections hold what the database recorded that they were to hold, with the marker of it. */
async function isAsRecorded(world: World, context: RollbackContext): Promise<boolean> {
  const { steps } = await world.database.ledger(context.migration);
  const latest = steps.findLast(({ run, step }) => run === context.run && step.startsWith('targets:'));
  const record = latest?.outcome as TargetsRecord | undefined;
  const { marker } = await readMarker(world);
  if (record === undefined || marker?.run !== context.run || marker.counter !== record.marker) return false;
  const hashes: [string, string][] = [];
  for (const { key, kind, value } of await readKeys(world)) {
    if (kind === 'collection') hashes.push([key, await sha256(value)]);
  }
  return (await collectionsDigest(hashes)) === record.collections;
}

/** What every key is to hold; the fault when the backup was lost since, and the database alone can tell. */
async function restoreIfAny(
  world: World,
  context: RollbackContext,
  memory: RollbackMemory,
): Promise<Restore | BackupError | null> {
  try {
    return await restoreOf(world, context, memory);
  } catch (error) {
    if (error instanceof BackupError) return error;
    throw error;
  }
}

/** Compares every key's content, sweeps late rows, and looks for stale cache keys. */
export async function verifyData(
  context: RollbackContext,
  { world, report }: Work,
  memory: RollbackMemory,
): Promise<RollbackEvent> {
  const restore = await restoreIfAny(world, context, memory);
  if (restore instanceof BackupError) {
    if (!(await isAsRecorded(world, context))) throw restore;
    if ((await sweepLateRows(world, context)) > 0) return { type: 'MISMATCHED' };
    return { type: 'VERIFIED', warnings: [restore.code, ...(await worriesAbout(context, world, memory.items))] };
  }
  if (restore === null) return { type: 'MISMATCHED' };
  const keys = [...restore.targets.keys()];
  const values = await world.storage.read(keys);
  const { marker } = await readMarker(world);
  const wrong = keys.filter((key) => values.get(key) !== restore.targets.get(key));
  report(0.5);
  if (wrong.length > 0 || marker?.run !== context.run) {
    world.logger.warn('Keys do not hold what was written.', { keys: wrong.slice(0, 10) });
    memory.restore = null;
    return { type: 'MISMATCHED' };
  }
  if ((await sweepLateRows(world, context)) > 0) return { type: 'MISMATCHED' };
  await keepLateWrites(world, context.run, memory, restore.targets);
  return { type: 'VERIFIED', warnings: await worriesAbout(context, world, memory.items) };
}

/** Moves rows that came after the database was cleared into the archive, and says how many remain even then. */
export async function sweepLateRows(world: World, context: RollbackContext): Promise<number> {
  const { migration, undoes } = context;
  if ((await world.database.remaining(migration, undoes)) === 0) return 0;
  const swept = await world.database.sweep(fenceOf(context));
  world.logger.info('Rows came after the database was cleared; they are in the archive.', { rows: swept });
  return world.database.remaining(migration, undoes);
}

/** What is not as it should be although the data is safe and back; `items` were brought by the migration. */
async function worriesAbout(context: RollbackContext, world: World, items: number): Promise<readonly string[]> {
  const worries: string[] = [];
  // A database that was replaced or emptied has no rows left either; that is not what was to be verified.
  const cleared = await recordedClear(world, context);
  const known = cleared?.collections.reduce((sum, { rows, added, deleted }) => sum + rows - added + deleted, 0);
  if (known !== items) worries.push('DATABASE_FORGOTTEN');
  if (await isCacheStale(context, world)) worries.push('CACHE_STALE');
  return worries;
}

/** Readers may have refilled keys since they were invalidated, so stale ones are removed once more. */
async function isCacheStale(context: RollbackContext, world: World): Promise<boolean> {
  try {
    return (await staleKeys(context, world)) > 0;
  } catch (error) {
    world.logger.warn('Whether the cache holds stale keys could not be found out.', { cause: causeOf(error) });
    return true;
  }
}
