import { payDebts } from './debts.ts';
import type { ExecutionEnd } from './execution/types.ts';
import { viewOfRecord } from './follow.ts';
import type { History, RunHistory } from './history.ts';
import type { RecoveryResult } from './record-types.ts';
import { foreignStorage } from './requests.ts';
import { applyRetention } from './retention.ts';
import { resumeStart, runMigration, runRollback } from './runs.ts';
import { ledgerAfter, readHistory, releaseLock, requireOpen, type Session, takeLock } from './session.ts';
import { resultFromJournal } from './starting.ts';
import { questionOf, statusOf } from './status.ts';
import type { MigrationResult, RollbackResult } from './status-types.ts';

const isWaiting = (run: RunHistory): boolean => viewOfRecord(run).meta.waitsFor === 'person';

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
  const foreign = await foreignStorage(session.world, run);
  if (foreign !== null) throw foreign;
  const running = resume(session, history, run);
  session.current = running
    .catch(() => undefined)
    .finally(async () => {
      session.current = null;
      await releaseLock(session);
    });
  return { running };
}

async function show(session: Session, history: History, run: RunHistory): Promise<void> {
  const view = viewOfRecord(run);
  session.board.show(statusOf(view, await questionOf(view), history.state));
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
export async function recover(session: Session): Promise<RecoveryResult> {
  requireOpen(session);
  if (session.current !== null) return join(session);
  const history = await readHistory(session);
  const shown = history.open ?? history.runs.at(-1);
  if (shown !== undefined) await show(session, history, shown);
  if (history.locked !== null) {
    await session.world.operations.stop();
    return { action: 'safeMode', migrationState: 'SAFE_MODE', runId: history.locked.run };
  }
  if (history.open !== null) return recoverRun(session, history, history.open);
  const paid = await payDebts(session.world, history);
  await applyRetention(session.world, history);
  const action = paid.length > 0 ? 'debtsPaid' : 'nothingToDo';
  return { action, migrationState: history.state, runId: null };
}

/** A run of this very client is waited for. */
async function join(session: Session): Promise<RecoveryResult> {
  await session.current;
  const history = await readHistory(session);
  const last = history.runs.at(-1);
  if (last === undefined) return { action: 'nothingToDo', migrationState: history.state, runId: null };
  return finished(session, last, 'resumed');
}

async function recoverRun(session: Session, history: History, run: RunHistory): Promise<RecoveryResult> {
  const waiting: RecoveryResult = { action: 'waiting', migrationState: history.state, runId: run.run };
  if (isWaiting(run)) {
    await session.world.operations.resume();
    return waiting;
  }
  if (!(await takeLock(session))) return waiting;
  const { running } = await takeUp(session, history, run);
  const end = await running;
  if (end.status === 'suspended') throw end.error;
  return finished(session, run, 'resumed');
}
