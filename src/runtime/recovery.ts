import { causeOf } from './cause.ts';
import { payCacheLater, payDebts } from './debts.ts';
import type { ExecutionEnd } from './execution/types.ts';
import { lastOuterRun, shownRun, statusOfRecord, waitsForPerson } from './follow.ts';
import type { History, RunHistory } from './history.ts';
import type { RecoveryResult } from './record-types.ts';
import { foreignStorage } from './requests.ts';
import { resumeStart, runMigration, runRollback } from './runs.ts';
import { ledgerAfter, readHistory, releaseLock, type Session, takeLock } from './session.ts';
import { resultFromJournal, tidyUp } from './starting.ts';
import type { MigrationResult, RollbackResult } from './status-types.ts';

/** Goes on with an open run where its last record left it. */
async function resume(session: Session, history: History, run: RunHistory): Promise<ExecutionEnd> {
  const place = { history, ledger: ledgerAfter(session, history), parent: run.parent };
  const start = await resumeStart(session, run);
  return run.machine === 'rollback' ? runRollback(session, start, place) : runMigration(session, start, place, null);
}

/** Goes on with an open run; the session is busy with it until `running` settles. */
export async function takeUp(
  session: Session,
  history: History,
  run: RunHistory,
): Promise<{ readonly running: Promise<ExecutionEnd> }> {
  try {
    const foreign = await foreignStorage(session.world, run);
    if (foreign !== null) throw foreign;
  } catch (error) {
    // Whoever holds the lock without a run would keep everybody else from it.
    await releaseLock(session);
    throw error;
  }
  const running = resume(session, history, run).finally(() => releaseLock(session));
  const { logger } = session.world;
  const place = running.then(
    (end) => {
      if (end.status === 'suspended') logger.error('The run could not go on.', { cause: causeOf(end.error) });
      if (end.status === 'ended' && end.view.context.outcome === 'rolledBack') payCacheLater(session);
    },
    (error: unknown) => logger.error('The run could not be taken up.', { cause: causeOf(error) }),
  );
  session.current = place;
  void place.then(() => {
    if (session.current === place) session.current = null;
  });
  return { running };
}

const asks = (session: Session): boolean => session.executions.at(-1)?.view().meta.waitsFor !== undefined;

/** Resolves when the run of this client has ended, or waits for a person: nobody knows for how long. */
async function untilQuiet(session: Session, running: Promise<unknown> | null): Promise<'ended' | 'waiting'> {
  const asked = session.asked.next().then(() => 'waiting' as const);
  if (asks(session)) return 'waiting';
  return Promise.race([asked, Promise.resolve(running).then(() => 'ended' as const)]);
}

async function finished(session: Session, run: RunHistory, action: RecoveryResult['action']): Promise<RecoveryResult> {
  const result = await resultFromJournal(session, run.run);
  const { state } = await readHistory(session);
  const facts = { action, migrationState: state, runId: run.run };
  return run.machine === 'rollback'
    ? { ...facts, rollback: result as RollbackResult }
    : { ...facts, migration: result as MigrationResult };
}

/**
 * Finds what an earlier process has left behind and finishes it: the open run of the journal, and debts. To be
 * called at every start, before the app reads its data.
 */
export function recover(session: Session): Promise<RecoveryResult> {
  session.recovering ??= find(session).finally(() => {
    session.recovering = null;
  });
  return session.recovering;
}

async function find(session: Session): Promise<RecoveryResult> {
  if (session.executions.length > 0) return join(session);
  const history = await readHistory(session);
  if (session.current !== null && history.open === null) return join(session);
  const shown = shownRun(history);
  if (shown !== null) session.board.show(await statusOfRecord(history, shown));
  if (history.locked !== null) {
    await session.world.operations.stop();
    // People must be told all the same.
    await payDebts(session.world, history, 'announce');
    return { action: 'safeMode', migrationState: 'SAFE_MODE', runId: history.locked.run };
  }
  if (history.open !== null) return recoverRun(session, history, history.open);
  const { paid } = await payDebts(session.world, history);
  await tidyUp(session);
  const action = paid.length > 0 ? 'debtsPaid' : 'nothingToDo';
  return { action, migrationState: history.state, runId: null };
}

/** A run of this very client is waited for. */
async function join(session: Session): Promise<RecoveryResult> {
  const quiet = await untilQuiet(session, session.current);
  const history = await readHistory(session);
  if (quiet === 'waiting') return waitingFor(history);
  const last = lastOuterRun(history);
  if (last === null) return { action: 'nothingToDo', migrationState: history.state, runId: null };
  return finished(session, last, 'resumed');
}

const waitingFor = (history: History): RecoveryResult => ({
  action: 'waiting',
  migrationState: history.state,
  runId: history.open?.run ?? null,
});

async function recoverRun(session: Session, history: History, run: RunHistory): Promise<RecoveryResult> {
  if (waitsForPerson(history.innermost ?? run)) {
    await session.world.operations.resume();
    return waitingFor(history);
  }
  if (!(await takeLock(session))) return waitingFor(history);
  const { running } = await takeUp(session, history, run);
  if ((await untilQuiet(session, running)) === 'waiting') return waitingFor(await readHistory(session));
  const end = await running;
  if (end.status === 'suspended') throw end.error;
  return finished(session, run, 'resumed');
}
