import { MigrationError, RollbackError } from '../errors.ts';
import type { MigrationContext } from '../machines/migration/types.ts';
import type { RollbackContext } from '../machines/rollback/types.ts';
import { checkRequest } from './arguments.ts';
import { findBackup } from './backup-store.ts';
import { causeOf } from './cause.ts';
import { isBurstMissing } from './crash-recovery/settling.ts';
import { payCacheLater, payDebts } from './debts.ts';
import { within } from './execution/deadline.ts';
import type { ExecutionEnd } from './execution/types.ts';
import { follow } from './follow.ts';
import type { History, RunHistory } from './history.ts';
import { claimKeys } from './key-claims.ts';
import { letWritersGoLater } from './let-writers-go.ts';
import { readMarker } from './marker.ts';
import { failuresOf } from './migration/copy.ts';
import type { FailedItem } from './migration/memory.ts';
import { lostBurst, refuseUnbackable, survey } from './migration/prepare.ts';
import type { Source } from './migration/source.ts';
import type { RollbackRequest } from './public-types.ts';
import { obstacleToMigration, obstacleToRollback, rollbackInProgress } from './requests.ts';
import { migrationResult, rollbackResult } from './results.ts';
import { applyRetention } from './retention.ts';
import { runMigration, runRollback } from './runs.ts';
import { ledgerAfter, readHistory, releaseLock, type Session, takeLock } from './session.ts';
import type { MigrationResult, RollbackResult } from './status-types.ts';

/** The result of a run that somebody may have carried out elsewhere, from the journal. */
export async function resultFromJournal(session: Session, run: string): Promise<RollbackResult | MigrationResult> {
  const ended = await follow(session, run);
  if (ended === null)
    throw new RollbackError('CLIENT_CLOSED', 'The client was closed while the run went on elsewhere.');
  await letGo(session, ended);
  const timestamp = new Date(ended.last.at).toISOString();
  if (ended.machine === 'rollback') return rollbackResult(ended.context as RollbackContext, timestamp);
  const failures: readonly FailedItem[] = await failuresOf(session.world, run, { failures: null });
  return migrationResult(ended.context as MigrationContext, failures, timestamp);
}

/** Writers that this process had stopped for a run that somebody else has ended may work again. */
async function letGo({ world }: Session, { end }: RunHistory): Promise<void> {
  if (end === 'safeMode' || world.operations.wanted() === 'working') return;
  try {
    await within(world.clock, 'The app', world.operations.resume());
  } catch (error) {
    world.logger.error('The app’s writers could not be told to work again.', { cause: causeOf(error) });
  }
}

/** What came of an execution; one that is continued elsewhere is followed to its end. */
export async function resultOf(
  session: Session,
  run: string,
  end: ExecutionEnd,
): Promise<RollbackResult | MigrationResult> {
  if (end.status === 'suspended') {
    letWritersGoLater(session);
    throw end.error;
  }
  if (end.status === 'superseded') {
    // Whoever only watches keeps nobody from going on with it.
    await releaseLock(session);
    return resultFromJournal(session, run);
  }
  try {
    return await within(session.world.clock, 'The journal', resultFromJournal(session, run));
  } catch (error) {
    // The run has ended, whether or not the vault can be read at this moment (rule CL7).
    session.world.logger.warn('The journal could not be read after the run.', { cause: causeOf(error) });
    const timestamp = new Date(session.world.clock.now()).toISOString();
    const { context } = end.view;
    return 'copied' in context
      ? migrationResult(context, [], timestamp)
      : rollbackResult(context as RollbackContext, timestamp);
  }
}

/** Holds the session's place, and then the lock, while a run is under way. */
async function exclusively<T>(session: Session, refuse: () => Error, work: () => Promise<T>): Promise<T> {
  if (session.current !== null) throw refuse();
  const running = underLock(session, refuse, work);
  const place = running.then(
    () => null,
    () => null,
  );
  session.current = place;
  try {
    return await running;
  } finally {
    if (session.current === place) session.current = null;
  }
}

async function underLock<T>(session: Session, refuse: () => Error, work: () => Promise<T>): Promise<T> {
  // A recovery of this client may hold it already, and gives it back itself.
  const isOurs = session.lock === null;
  if (!(await takeLock(session))) throw refuse();
  try {
    return await work();
  } finally {
    if (isOurs || session.recovering === null) await releaseLock(session);
  }
}

async function storageOf(session: Session): Promise<string> {
  return (await readMarker(session.world)).marker?.storage ?? session.world.identity.createId();
}

/** Cancels the run when the caller's signal aborts. */
function obey(session: Session, signal: AbortSignal | undefined): () => void {
  const cancel = (): void => {
    session.executions.at(-1)?.send({ type: 'CANCEL' });
  };
  signal?.addEventListener('abort', cancel);
  // Aborted while the first looks were taken: before there was anybody to tell.
  void session.begun.next().then(() => {
    if (signal?.aborted) cancel();
  });
  return () => signal?.removeEventListener('abort', cancel);
}

/** Begins a rollback and carries it to its end. */
export function startRollback(session: Session, request: RollbackRequest): Promise<RollbackResult> {
  return exclusively(session, rollbackInProgress, async () => {
    checkRequest(request);
    const { world } = session;
    const history = await readHistory(session);
    const obstacle = await within(world.clock, 'Storage', obstacleToRollback(session, history));
    if (obstacle !== null) throw obstacle;
    const undoes = history.migrated as NonNullable<History['migrated']>;
    if (request.backupId !== undefined) await within(world.clock, 'The vault', findBackup(world, request.backupId));
    const run = world.identity.createId();
    const input = {
      run,
      migration: world.migration.id,
      storage: undoes.context.storage,
      undoes: undoes.run,
      reason: request.reason,
      detail: request.detail ?? '',
      backup: request.backupId ?? undoes.run,
      onDrift: request.onDrift ?? world.migration.onDrift,
    };
    const stop = obey(session, request.signal);
    try {
      const place = { history, ledger: ledgerAfter(session, history), parent: null };
      const end = await runRollback(session, { kind: 'begin', input }, place);
      if (end.status === 'superseded' && !(await hasBegun(session, run))) throw rollbackInProgress();
      const result = (await resultOf(session, run, end)) as RollbackResult;
      if (result.outcome === 'rolledBack') payCacheLater(session);
      return result;
    } finally {
      stop();
    }
  });
}

/** Whether the journal knows a run: of two that begin at once, the one that lost the first record never was. */
async function hasBegun(session: Session, run: string): Promise<boolean> {
  return (await readHistory(session)).runs.some((known) => known.run === run);
}

/** Everything that can refuse a migration before it begins. */
async function lookAround(session: Session): Promise<{ readonly source: Source; readonly storage: string }> {
  const { world } = session;
  await claimKeys(world);
  const source = await survey(world, { tables: null });
  refuseUnbackable(source, world.migration.maxBackupSize);
  return { source, storage: await storageOf(session) };
}

/** Applies retention; what cannot be removed now is removed another time. */
export async function tidyUp(session: Session): Promise<void> {
  try {
    const { world } = session;
    await within(world.clock, 'Retention', applyRetention(world, await readHistory(session)));
  } catch (error) {
    session.world.logger.warn('What is old could not be removed yet.', { cause: causeOf(error) });
  }
}

/** Begins a migration and carries it to its end. Content that cannot be understood is refused before it begins. */
export function startMigration(session: Session, signal: AbortSignal | undefined): Promise<MigrationResult> {
  const refuse = (): Error => new MigrationError('RUN_IN_PROGRESS', 'Migration already in progress');
  return exclusively(session, refuse, async () => {
    if (signal?.aborted) throw new MigrationError('OPERATION_ABORTED', 'The migration was cancelled before it began.');
    const { world } = session;
    const history = await readHistory(session);
    const obstacle = obstacleToMigration(history);
    if (obstacle !== null) throw obstacle;
    const owed = (await payDebts(world, history)).failed.find(({ debt }) => debt === 'discardCopy');
    if (owed !== undefined) throw owed.error;
    const { source, storage } = await within(world.clock, 'The look at the source', lookAround(session));
    if (await within(world.clock, 'Storage', isBurstMissing(world, history))) throw lostBurst();
    const { id, source: fate, triggers } = world.migration;
    const run = world.identity.createId();
    const input = {
      run,
      migration: id,
      storage,
      source: fate,
      tolerance: triggers.validationFailures,
    };
    const stop = obey(session, signal);
    try {
      const place = { history, ledger: ledgerAfter(session, history), parent: null };
      const end = await runMigration(session, { kind: 'begin', input }, place, source);
      if (end.status === 'superseded' && !(await hasBegun(session, run))) throw refuse();
      const result = (await resultOf(session, run, end)) as MigrationResult;
      await tidyUp(session);
      return result;
    } finally {
      stop();
    }
  });
}
