import { DatabaseError, JournalError } from '../../errors.ts';
import type { CrashRecoveryContext, CrashRecoveryEvent } from '../../machines/crash-recovery/types.ts';
import { initialContext } from '../../machines/migration/context.ts';
import { MIGRATION_VERSION } from '../../machines/migration/types.ts';
import { initialContext as initialRollback } from '../../machines/rollback/context.ts';
import { ROLLBACK_VERSION } from '../../machines/rollback/types.ts';
import type { CollectionDigest } from '../../ports/database.ts';
import type { Work } from '../execution/types.ts';
import { takeOver } from '../lease.ts';
import { readMarker } from '../marker.ts';
import type { TargetsRecord } from '../rollback/restore.ts';
import { readHistory } from '../session.ts';
import type { World } from '../world.ts';
import type { CrashMemory } from './memory.ts';
import { probe } from './probe.ts';

/** How many rows a migration had brought by the digests that it recorded. */
async function itemsOf(world: World, run: string): Promise<number> {
  const { steps } = await world.database.ledger(world.migration.id);
  const digests = steps.find((step) => step.run === run && step.step === 'digest')?.outcome as
    | CollectionDigest[]
    | undefined;
  return (digests ?? []).reduce((sum, { rows }) => sum + rows, 0);
}

/** The journal has one end, behind which the run has gone on without a command that was given up. */
function refuseLate(permitted: Work['permitted']): void {
  if (permitted()) return;
  throw new JournalError('JOURNAL_CONFLICT', 'The command had been given up; it writes nothing into the journal.');
}

/** The storage that the lost runs belong to. */
const storageOf = async (world: World, context: CrashRecoveryContext): Promise<string> =>
  (await readMarker(world)).marker?.storage ?? context.storage;

/**
 * Writes into the new journal that a migration had ended, so that everything goes on as if it had been there all the
 * time. Repeated, it is written once.
 */
export async function adopt(
  { world, permitted }: Work,
  context: CrashRecoveryContext,
  memory: CrashMemory,
): Promise<string> {
  const { ledger, session } = memory;
  const run = context.lost?.undoes ?? null;
  if (run === null || ledger === null) {
    throw new DatabaseError('DATABASE_SCHEMA', 'Nothing says which migration the rows belong to. Nothing was changed.');
  }
  const history = await readHistory(session);
  if (history.runs.some((known) => known.run === run)) return run;
  const { id: migration, source, triggers } = world.migration;
  const input = {
    run,
    migration,
    storage: await storageOf(world, context),
    source,
    tolerance: triggers.validationFailures,
  };
  const items = await itemsOf(world, run);
  refuseLate(permitted);
  await ledger.append({
    run,
    parent: null,
    machine: { id: 'migration', version: MIGRATION_VERSION },
    at: world.clock.now(),
    activeMs: 0,
    event: { type: 'ADOPTED' },
    snapshot: {
      value: 'migrated',
      // Its lease may never have been given back.
      context: {
        ...initialContext(input),
        backup: run,
        items,
        copied: items,
        next: items,
        outcome: 'migrated',
        debts: ['close'],
      } as never,
    },
    commands: [],
  });
  return run;
}

/** Takes note of a migration that had ended when its journal was lost. */
export async function adoptMigration(
  context: CrashRecoveryContext,
  work: Work,
  memory: CrashMemory,
): Promise<CrashRecoveryEvent> {
  await adopt(work, context, memory);
  return { type: 'ADOPTED' };
}

/**
 * Writes into the new journal that a rollback had ended, so that its burst settles and its archive is kept and dropped
 * like any other's.
 */
async function adoptRollback(
  { world, permitted }: Work,
  context: CrashRecoveryContext,
  memory: CrashMemory,
): Promise<void> {
  const { ledger, session } = memory;
  const { undoes = null, rollback = null } = context.lost ?? {};
  if (undoes === null || rollback === null || ledger === null) return;
  const { runs } = await readHistory(session);
  if (runs.some(({ run }) => run === rollback)) return;
  const { steps } = await world.database.ledger(world.migration.id);
  const latest = steps.findLast(({ run, step }) => run === rollback && step.startsWith('targets:'));
  if (latest === undefined) return;
  const { digest, marker } = latest.outcome as TargetsRecord;
  const storage = await storageOf(world, context);
  const { id: migration, onDrift } = world.migration;
  const reason = 'USER_REQUEST';
  const input = { run: rollback, migration, storage, undoes, reason, detail: '', backup: undoes, onDrift };
  refuseLate(permitted);
  const done = ['Load Backup', 'Clear Database', 'Restore LocalStorage', 'Verify Data', 'Clean State'];
  await ledger.append({
    run: rollback,
    parent: context.run,
    machine: { id: 'rollback', version: ROLLBACK_VERSION },
    at: world.clock.now(),
    activeMs: 0,
    event: { type: 'ADOPTED' },
    snapshot: {
      value: 'rolledBack',
      context: {
        ...initialRollback(input),
        targets: { digest, marker },
        effect: 'restoring',
        done,
        outcome: 'rolledBack',
        keys: context.keys,
        debts: ['cache'],
      } as never,
    },
    commands: [],
  });
}

/** Verifies once more that storage is as the lost rollback was to leave it and its rows are gone; then closes it. */
export async function completeRollback(
  context: CrashRecoveryContext,
  work: Work,
  memory: CrashMemory,
): Promise<CrashRecoveryEvent> {
  const { world } = work;
  const found = await probe(context, memory);
  const isComplete =
    found.type === 'PROBED' && found.findings.storage === 'intact' && found.findings.database === 'empty';
  if (!isComplete) return { type: 'MISMATCHED' };
  const { migration } = context;
  const run = context.lost?.rollback ?? context.run;
  const token = await takeOver(world, { migration, run, storage: await storageOf(world, context) });
  const undoes = context.lost?.undoes ?? null;
  // Rows that came after it (invariant I9).
  const isLeft = undoes !== null && (await world.database.remaining(migration, undoes)) > 0;
  if (isLeft) await world.database.sweep({ migration, run, token });
  await world.database.release({ migration, run, token });
  await adoptRollback(work, context, memory);
  await world.operations.resume();
  return { type: 'COMPLETED' };
}

const unsure = (message: string): DatabaseError =>
  new DatabaseError('DATABASE_FAILED', message, { persistence: 'transient' });

/**
 * Moves out what a migration had copied before its journal was lost; the source had not been touched. One look is not
 * enough to take rows away from people by, nor a word that it was done.
 */
export async function discardCopy(
  context: CrashRecoveryContext,
  { world }: Work,
  memory: CrashMemory,
): Promise<CrashRecoveryEvent> {
  const { migration, lost } = context;
  const run = lost?.undoes ?? null;
  if (run !== null) {
    const again = await probe(context, memory);
    if (again.type !== 'PROBED' || again.findings.phase !== 'copying') {
      throw unsure('The database says by now that the migration had not been copying. Start the app anew.');
    }
    const token = await takeOver(world, { migration, run, storage: await storageOf(world, context) });
    await world.database.clear({ migration, run, token }, { undoes: run, drift: 'any' });
    if ((await world.database.remaining(migration, run)) > 0) {
      throw unsure('The database still has rows of which it said that they were moved out.');
    }
    await world.database.release({ migration, run, token });
  }
  await world.operations.resume();
  return { type: 'DISCARDED' };
}
