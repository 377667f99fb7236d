import { isCollectionKey } from '../../definition/key-ownership.ts';
import { BackupError } from '../../errors.ts';
import type { CrashRecoveryContext, CrashRecoveryEvent, Findings } from '../../machines/crash-recovery/types.ts';
import type { DatabaseLedger } from '../../ports/database.ts';
import { loadBackup } from '../backup-store.ts';
import type { AnyContext } from '../execution/types.ts';
import type { RunHistory } from '../history.ts';
import { type FoundMarker, readMarker } from '../marker.ts';
import { readKeys } from '../migration/source.ts';
import type { TargetsRecord } from '../rollback/restore.ts';
import { collectionsDigest } from '../rollback/restore-plan.ts';
import { sha256 } from '../text-hash.ts';
import type { World } from '../world.ts';
import { stepsOf } from './evidence.ts';
import type { CrashMemory } from './memory.ts';

/** Whether a backup can be used: every hash is recomputed. */
async function copyOf(world: World, backup: string | null): Promise<Findings['copy']> {
  if (backup === null) return 'none';
  try {
    await loadBackup(world, backup);
    return 'verified';
  } catch (error) {
    if (error instanceof BackupError) return 'none';
    throw error;
  }
}

/** What the latest preparation of a run was going to write. */
const targetsOf = ({ steps }: DatabaseLedger, rollback: string | null): TargetsRecord | undefined =>
  steps.findLast(({ run, step }) => run === rollback && step.startsWith('targets:'))?.outcome as
    | TargetsRecord
    | undefined;

const isMarkerOf = (rollback: string | null, record: TargetsRecord | undefined, { marker }: FoundMarker): boolean =>
  record !== undefined && marker?.run === rollback && marker.counter === record.marker;

/**
 * Whether a rollback had come to its end: it gives its lease back only once everything is verified, and one that was
 * undone has a marker of its own. What storage and database hold besides is what the app has written since.
 */
function hadEnded(ledger: DatabaseLedger, rollback: string | null, found: FoundMarker): boolean {
  if (rollback === null || ledger.holder?.run === rollback) return false;
  return stepsOf(ledger, rollback).includes('clear') && isMarkerOf(rollback, targetsOf(ledger, rollback), found);
}

/** Storage against what the latest preparation of a run was going to write. */
async function storageAfter(
  world: World,
  ledger: DatabaseLedger,
  rollback: string | null,
  found: FoundMarker,
): Promise<{ readonly storage: Findings['storage']; readonly keys: number }> {
  const present = await readKeys(world);
  const ofCollections = present.filter(({ key }) =>
    world.migration.collections.some((collection) => isCollectionKey(collection, key)),
  );
  const record = targetsOf(ledger, rollback);
  const keys = record?.before.length ?? ofCollections.length;
  if (hadEnded(ledger, rollback, found)) return { storage: 'intact', keys };
  if (present.length === 0) return { storage: found.marker === null ? 'emptied' : 'empty', keys };
  if (ofCollections.length === 0) return { storage: 'empty', keys };
  const hashes: [string, string][] = [];
  for (const { key, value } of ofCollections) hashes.push([key, await sha256(value)]);
  const isIntact = isMarkerOf(rollback, record, found) && (await collectionsDigest(hashes)) === record?.collections;
  return { storage: isIntact ? 'intact' : 'partial', keys };
}

/** What is in the database of the rows that a migration brought. */
async function rowsAfter(
  world: World,
  ledger: DatabaseLedger,
  undoes: string | null,
  rollback: string | null,
): Promise<Findings['database']> {
  if (undoes === null || (await world.database.remaining(world.migration.id, undoes)) === 0) return 'empty';
  const isCleared = rollback !== null && stepsOf(ledger, rollback).includes('clear');
  return isCleared ? 'partial' : 'intact';
}

function phaseOf(
  { lost }: CrashRecoveryContext,
  ledger: DatabaseLedger,
  { marker }: FoundMarker,
  storage: Findings['storage'],
): Findings['phase'] {
  if (lost === null || lost.rollback !== null) return 'rollingBack';
  const { undoes } = lost;
  const steps = undoes === null ? [] : stepsOf(ledger, undoes);
  // With a clearing of its own, its copy has been taken out again.
  if (!steps.includes('digest') || steps.includes('clear')) return 'copying';
  // It holds its lease until it has ended one way or the other, so that storage may hold anything by now.
  if (ledger.holder?.run !== undoes) return 'migrated';
  // The marker is written with the burst that clears the source, which comes after the digests. Where there is no
  // source any more, the rows are all that people can see of their data, and are not taken away.
  return marker?.run === undoes || storage === 'empty' || storage === 'emptied' ? 'migrated' : 'copying';
}

/** The migration run whose rows an open run is about, and the backup that it restores from. */
function subjectOf(run: RunHistory | undefined, { lost }: CrashRecoveryContext) {
  if (run === undefined)
    return { undoes: lost?.undoes ?? null, rollback: lost?.rollback ?? null, backup: lost?.undoes ?? null };
  const context = run.context as Partial<Record<'undoes' | 'backup', string | null>> & AnyContext;
  const undoes = context.undoes ?? run.run;
  return { undoes, rollback: run.machine === 'rollback' ? run.run : null, backup: context.backup ?? null };
}

/** Whether a run goes on without a backup of its own: it has none yet, or needs none any more. */
const needsNoCopy = (run: RunHistory): boolean => {
  const { machine, context } = run;
  if (machine === 'crashRecovery') return true;
  return context.outcome !== null || !('backup' in context) || context.backup === null;
};

/** Looks at storage, database, archive, backups and marker. Changes nothing. */
export async function probe(
  context: CrashRecoveryContext,
  { session, history }: CrashMemory,
): Promise<CrashRecoveryEvent> {
  const { world } = session;
  const run = history?.runs.find((known) => known.run === context.concerns);
  const found = await readMarker(world);
  const { undoes, rollback, backup } = subjectOf(run, context);
  const journal = context.lost === null ? 'readable' : 'lost';
  const copy = run !== undefined && needsNoCopy(run) ? 'verified' : await copyOf(world, backup);
  if (journal === 'readable' && copy === 'verified' && !(await couldBeEmptied(world, run, found))) {
    // Nothing else decides over a run that has its journal and its backup, and the database need not be there.
    const findings: Findings = { journal, copy, storage: 'partial', database: 'partial', phase: 'rollingBack' };
    return { type: 'PROBED', findings, keys: run?.context.keys ?? 0 };
  }
  if (journal === 'readable' && copy === 'verified') {
    const findings: Findings = { journal, copy, storage: 'emptied', database: 'partial', phase: 'rollingBack' };
    return { type: 'PROBED', findings, keys: run?.context.keys ?? 0 };
  }
  const ledger = await world.database.ledger(world.migration.id);
  const { storage, keys } = await storageAfter(world, ledger, rollback, found);
  const database = hadEnded(ledger, rollback, found) ? 'empty' : await rowsAfter(world, ledger, undoes, rollback);
  const findings: Findings = { journal, copy, storage, database, phase: phaseOf(context, ledger, found, storage) };
  return { type: 'PROBED', findings, keys };
}

/** Whether everything is gone, the marker too, although the run has to do with keys that are or were there. */
async function couldBeEmptied(world: World, run: RunHistory | undefined, { marker }: FoundMarker): Promise<boolean> {
  if (run === undefined || run.machine === 'crashRecovery' || run.context.outcome !== null) return false;
  if (marker !== null || run.context.keys === 0) return false;
  return (await readKeys(world)).length === 0;
}
