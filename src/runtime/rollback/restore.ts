import { StorageError } from '../../errors.ts';
import type { RollbackContext, RollbackEvent } from '../../machines/rollback/types.ts';
import type { VerifiedBackup } from '../backup-format.ts';
import { loadBackup } from '../backup-store.ts';
import { causeOf } from '../cause.ts';
import type { Work } from '../execution/types.ts';
import { markerWrite, readMarker } from '../marker.ts';
import { sha256 } from '../text-hash.ts';
import { displacedId, getJson, keepDisplaced, putJson } from '../vault-files.ts';
import type { World } from '../world.ts';
import { recordedClear, staleKeys, tablesOf } from './clear.ts';
import { allRows } from './drift.ts';
import type { RollbackMemory } from './memory.ts';
import { fenceOf } from './prepare.ts';
import { type Merged, mergeDrift, planRestore, type Restore } from './restore-plan.ts';

/** What the keys that a burst changes held before; recorded in the database before the burst. */
export interface TargetsRecord {
  readonly digest: string;
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

const mergedFile = (context: RollbackContext): string => `runs/${context.run}/merged`;

/** The merged texts: those that the vault has kept, so that a resumed run goes on with the very same ones. */
export function keptMerge(world: World, context: RollbackContext): Promise<Merged | null> {
  return context.choice === 'merge' && context.drift?.rows !== 'none'
    ? getJson<Merged>(world, mergedFile(context))
    : Promise.resolve(null);
}

async function mergeOf(world: World, context: RollbackContext, memory: RollbackMemory): Promise<Merged | null> {
  if (context.choice !== 'merge' || context.drift?.rows === 'none') return null;
  const kept = await keptMerge(world, context);
  if (kept !== null) return kept;
  const { migration, run } = context;
  const rows = await allRows((after, limit) =>
    world.database.archived({ migration, run, content: 'drift', after, limit }),
  );
  const merged = mergeDrift(world, await tablesOf(world, memory), await backupOf(world, context, memory), rows);
  await putJson(world, mergedFile(context), merged);
  return merged;
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
  const record: TargetsRecord = { digest: restore.digest, marker: counter, before: await beforeOf(restore, backup) };
  // A repetition that has found something else in storage must not pass for the first attempt.
  const hash = (await sha256(JSON.stringify(record))).slice(0, 16);
  await world.database.record(fenceOf(context), `targets:${context.preparations}.${context.attempts}:${hash}`, record);
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
  if (memory.restore !== null) return memory.restore;
  const restore = await planRestore(world, await backupOf(world, context, memory), await keptMerge(world, context));
  if (restore.digest !== context.targets?.digest) return null;
  memory.restore = restore;
  return restore;
}

/** Writes every key and, last, the marker, in one burst, if storage still holds what it held. */
export async function restoreStorage(
  context: RollbackContext,
  work: Work,
  memory: RollbackMemory,
): Promise<RollbackEvent> {
  const { world, permitted } = work;
  const restore = await restoreOf(world, context, memory);
  const found = await readMarker(world);
  if (restore === null || context.targets === null) return { type: 'DISPLACED' };
  const marker = markerWrite(world, found, context.storage, context.run, context.targets.marker);
  const outcome = await world.storage.write([...restore.writes, marker], permitted);
  if (outcome.status === 'written') return { type: 'RESTORED', written: restore.writes.length };
  memory.restore = null;
  if (outcome.status === 'displaced') return { type: 'DISPLACED' };
  throw new StorageError('OPERATION_ABORTED', 'The burst was not permitted any more.');
}

/** Compares every key's content, sweeps late rows, and looks for stale cache keys. */
export async function verifyData(
  context: RollbackContext,
  { world, report }: Work,
  memory: RollbackMemory,
): Promise<RollbackEvent> {
  const restore = await restoreOf(world, context, memory);
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
  const { migration, undoes } = context;
  if ((await world.database.remaining(migration, undoes)) > 0) {
    const swept = await world.database.sweep(fenceOf(context));
    world.logger.info('Rows came after the database was cleared; they are in the archive.', { rows: swept });
    if ((await world.database.remaining(migration, undoes)) > 0) return { type: 'MISMATCHED' };
  }
  return { type: 'VERIFIED', warnings: await worriesAbout(context, world) };
}

/** What is not as it should be although the data is safe and back. */
async function worriesAbout(context: RollbackContext, world: World): Promise<readonly string[]> {
  const worries: string[] = [];
  // A database that was replaced meanwhile has no rows left either; that is not what was to be verified.
  if ((await recordedClear(world, context)) === null) worries.push('DATABASE_FORGOTTEN');
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
