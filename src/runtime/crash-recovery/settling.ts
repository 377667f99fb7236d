import type { CrashRecoveryContext, CrashRecoveryEvent } from '../../machines/crash-recovery/types.ts';
import type { MigrationContext } from '../../machines/migration/types.ts';
import type { RollbackContext } from '../../machines/rollback/types.ts';
import type { BackupItem } from '../backup-format.ts';
import { loadBackup } from '../backup-store.ts';
import type { History, RunHistory } from '../history.ts';
import { type FoundMarker, type Marker, readMarker } from '../marker.ts';
import { clearableKeys } from '../migration/finish.ts';
import { readKeys } from '../migration/source.ts';
import { keptMerge } from '../rollback/kept-merge.ts';
import { planRestore } from '../rollback/restore-plan.ts';
import { isSeenOften } from '../starts.ts';
import type { World } from '../world.ts';
import { displacedBy, holdsDisplaced } from './displaced-by.ts';
import type { CrashMemory } from './memory.ts';
import { isPartlyThere } from './undone-burst.ts';

/** The latest run that wrote a marker: a rollback, an undone one too, or a migration that cleared its source. */
function lastBurst({ runs }: History): RunHistory | null {
  const wrote = ({ machine, end, context }: RunHistory): boolean => {
    if (machine === 'rollback')
      return end !== null && end !== 'safeMode' && end !== 'unlocked' && (context as RollbackContext).targets !== null;
    if (machine !== 'migration') return false;
    const { removed, restored } = context as MigrationContext;
    return (end === 'migrated' && removed > 0) || (end === 'unchanged' && restored > 0);
  };
  // In the order in which they ended: a migration writes once more after a rollback within it.
  return runs.filter(wrote).reduce<RunHistory | null>((a, b) => (b.last.seq > (a?.last.seq ?? -1) ? b : a), null);
}

/** The run whose age and starts count: the last recovery that has written a burst again, or the run of the burst itself. */
const lastWriter = ({ runs }: History, { run, parent }: RunHistory): string =>
  runs.findLast(
    ({ end, context }) =>
      end !== null && 'action' in context && context.action === 'restoredAgain' && context.concerns === run,
  )?.run ??
  parent ??
  run;

/** Whether a person has said that storage stays empty after this run. */
const wasKeptEmpty = ({ runs }: History, run: string): boolean =>
  runs.some(({ context }) => 'action' in context && context.action === 'keptEmpty' && context.concerns === run);

/**
 * A migration that has its own backup supersedes what the runs before it still had to settle. One that left everything
 * as it was does not: what they had written is what storage is to hold.
 */
const isSuperseded = ({ runs }: History, { last }: RunHistory): boolean =>
  runs.some(
    ({ machine, first, end, context }) =>
      machine === 'migration' &&
      first.seq > last.seq &&
      end !== 'unchanged' &&
      (context as MigrationContext).backup !== null,
  );

/** After an unlocking storage is what people have made of it, and nothing of before is written over that. */
const isRepaired = ({ runs }: History, { last }: RunHistory): boolean =>
  runs.some((run) => run.end === 'unlocked' && run.last.seq > last.seq);

/** The run whose burst may not be on the disk yet (hazard H1), or `null`. */
export async function unsettledRun(world: World, history: History): Promise<RunHistory | null> {
  const run = lastBurst(history);
  if (run === null || isSuperseded(history, run) || isRepaired(history, run)) return null;
  if (wasKeptEmpty(history, run.run)) return null;
  const writer = lastWriter(history, run);
  const writtenAt = history.runs.find((known) => known.run === writer)?.last.at ?? run.last.at;
  const isOld = world.clock.now() - writtenAt >= world.migration.settleAfter;
  return isOld && (await isSeenOften(world, writer)) ? null : run;
}

/**
 * What is in the place of the keys that a migration had removed: those that are back, each as it was backed up, and
 * how many hold something newer. Keys that it had to leave, because of items that were refused, are none of them.
 */
export async function resurrected(
  world: World,
  { context }: RunHistory,
): Promise<{ readonly back: readonly BackupItem[]; readonly newer: number }> {
  const memory = { backup: await loadBackup(world, context.run), failures: null };
  const removed = new Set(await clearableKeys(world, context as MigrationContext, memory));
  const present = (await readKeys(world)).filter(({ key }) => removed.has(key));
  const back = present.filter(({ key, value }) => memory.backup.values.get(key) === value);
  return { back, newer: present.length - back.length };
}

/** Whether a marker is of this run, or of one that has written since; its number alone would not tell after `clear()`. */
function isOfRunOrLater({ runs }: History, run: RunHistory, marker: Marker): boolean {
  const indexOf = (id: string): number => runs.findIndex((known) => known.run === id);
  return indexOf(marker.run) >= indexOf(run.run);
}

/** The keys that a migration may have removed and that are not there now, and whether any other of them is. */
async function missing(
  world: World,
  { context }: RunHistory,
): Promise<{ readonly keys: number; readonly isAnyLeft: boolean }> {
  const memory = { backup: await loadBackup(world, context.run), failures: null };
  const removable = await clearableKeys(world, context as MigrationContext, memory);
  const values = await world.storage.read(removable);
  const keys = removable.filter((key) => (values.get(key) ?? null) === null).length;
  return { keys, isAnyLeft: keys < removable.length };
}

/** A migration that had cleared its source and put it back: what matters is the burst that did so, by its own number. */
async function comparePutBack(
  world: World,
  history: History,
  run: RunHistory,
  { marker }: FoundMarker,
): Promise<CrashRecoveryEvent> {
  const { restored, keys: all } = run.context as MigrationContext;
  if (marker === null && (await readKeys(world)).length === 0) return { type: 'STORAGE_EMPTIED', keys: all };
  if (marker !== null && isOfRunOrLater(history, run, marker)) {
    const isWithin = history.runs.some((known) => known.run === marker.run && known.parent === run.run);
    const isBack = (marker.run !== run.run && !isWithin) || marker.counter >= restored;
    return isBack ? { type: 'SETTLED' } : { type: 'BURST_LOST', keys: all };
  }
  // Of the burst that removed the keys the browser may have kept the beginning without its marker (hazard H3).
  const gone = await missing(world, run);
  if (gone.keys === 0) return { type: 'SETTLED' };
  // Without a marker, that looks like a storage that was emptied and written anew.
  return { type: marker === null && !gone.isAnyLeft ? 'STORAGE_EMPTIED' : 'BURST_LOST', keys: gone.keys };
}

async function compareMigration(
  world: World,
  history: History,
  run: RunHistory,
  found: FoundMarker,
): Promise<CrashRecoveryEvent> {
  if ((run.context as MigrationContext).outcome === 'unchanged') return comparePutBack(world, history, run, found);
  if (found.marker?.run === run.run) return { type: 'SETTLED' };
  const keys = (await resurrected(world, run)).back.length;
  return keys === 0 ? { type: 'SETTLED' } : { type: 'BURST_LOST', keys };
}

async function compareRollback(
  world: World,
  history: History,
  run: RunHistory,
  { marker }: FoundMarker,
): Promise<CrashRecoveryEvent> {
  const { targets, keys, outcome } = run.context as RollbackContext;
  const counter = targets?.marker ?? 0;
  if (outcome !== 'rolledBack') {
    // Undone again: only the burst that undid it matters, and it has a number of its own.
    const isUndone = marker?.run === run.run ? marker.counter > counter : !(await isPartlyThere(world, history, run));
    return isUndone ? { type: 'SETTLED' } : { type: 'BURST_LOST', keys };
  }
  if (marker !== null) return isOfRunOrLater(history, run, marker) ? { type: 'SETTLED' } : { type: 'BURST_LOST', keys };
  const left = await whatIsLeft(world, run);
  if (left === 'before') return { type: 'BURST_LOST', keys };
  return left === 'cutOff' ? { type: 'STORAGE_EMPTIED', keys } : { type: 'SETTLED' };
}

/** Whether all of this is what the rollback had found in its way: lost again with its burst, or written anew like it. */
async function areDisplaced(world: World, rollback: RollbackContext, written: readonly BackupItem[]): Promise<boolean> {
  const displaced = await displacedBy(world, rollback);
  for (const { key, value } of written) if (!(await holdsDisplaced(displaced, key, value))) return false;
  return true;
}

/**
 * What a storage without any marker holds of what the rollback has restored, and of nothing else. `cutOff`: it lacks
 * keys, so that it was emptied, and of a burst after that perhaps the beginning was kept, or what it had overwritten. `before`: keys hold what they
 * held before the migration, so that the browser has lost the bursts of both. `other`: all of it, or what somebody else
 * has written since, which is left alone.
 */
async function whatIsLeft(world: World, { context }: RunHistory): Promise<'cutOff' | 'before' | 'other'> {
  const found = (await readKeys(world)).filter(({ kind }) => kind === 'collection');
  if (found.length === 0) return 'cutOff';
  const rollback = context as RollbackContext;
  const backup = await loadBackup(world, rollback.backup);
  const merged = await keptMerge(world, rollback, { merged: null });
  const { targets } = await planRestore(world, backup, merged);
  // A key that it never had to do with is the app's own, and says nothing.
  const present = found.filter(({ key }) => targets.has(key));
  const others = present.filter(({ key, value }) => targets.get(key) !== value);
  const written = others.filter(({ key, value }) => backup.values.get(key) !== value);
  if (written.length > 0) return (await areDisplaced(world, rollback, written)) ? 'cutOff' : 'other';
  if (others.length > 0) return 'before';
  const held = new Set(present.map(({ key }) => key));
  const isCollection = new Map(backup.head.entries.map(({ key, kind }) => [key, kind === 'collection']));
  const lacks = [...targets].some(
    ([key, value]) => value !== null && isCollection.get(key) !== false && !held.has(key),
  );
  return lacks ? 'cutOff' : 'other';
}

/** Compares the marker in storage with that of the last burst, which was this run's. */
async function compare(world: World, history: History, run: RunHistory): Promise<CrashRecoveryEvent> {
  const found = await readMarker(world);
  if (found.marker !== null && found.marker.storage !== run.context.storage) return { type: 'SETTLED' };
  return run.machine === 'rollback'
    ? compareRollback(world, history, run, found)
    : compareMigration(world, history, run, found);
}

/** Compares the marker in storage with that of the last burst. */
export async function checkSettling(
  context: CrashRecoveryContext,
  { session, history }: CrashMemory,
): Promise<CrashRecoveryEvent> {
  const run = history?.runs.find((known) => known.run === context.concerns);
  if (history === null || run === undefined) return { type: 'SETTLED' };
  return compare(session.world, history, run);
}

/** Whether the browser has lost the last burst, or storage was emptied: what a start is to see to before anything else. */
export async function isBurstMissing(world: World, history: History): Promise<boolean> {
  const run = await unsettledRun(world, history);
  return run !== null && (await compare(world, history, run)).type !== 'SETTLED';
}
