import type { CrashRecoveryContext } from '../machines/crash-recovery/types.ts';
import type { CrashMemory } from './crash-recovery/memory.ts';
import { within } from './execution/deadline.ts';
import { type History, historyOf, type RunHistory } from './history.ts';
import { messageFor } from './messages.ts';
import type { RecoveryResult } from './record-types.ts';
import { readHistory, type Session } from './session.ts';
import { resultFromJournal } from './starting.ts';
import type { MigrationResult, RollbackResult } from './status-types.ts';

/** The result of the run that was gone on with; of one that is still open, that it is waited for. */
export async function finished(
  session: Session,
  run: RunHistory,
  action: RecoveryResult['action'],
): Promise<RecoveryResult> {
  const facts = { action, runId: run.run };
  const history = await readHistory(session);
  if (run.machine === 'crashRecovery') return { ...facts, migrationState: history.state };
  // Somebody else goes on with it, or the vault has kept less than it said: nobody knows for how long.
  if (history.runs.find((known) => known.run === run.run)?.end === null) return waitingFor(history);
  const result = await within(session.world.clock, 'The journal', resultFromJournal(session, run.run));
  const { state: migrationState } = history;
  return run.machine === 'rollback'
    ? { ...facts, migrationState, rollback: result as RollbackResult }
    : { ...facts, migrationState, migration: result as MigrationResult };
}

/** Somebody is waited for: a person, or whoever else is at it. */
export const waitingFor = (history: History): RecoveryResult => ({
  action: 'waiting',
  migrationState: history.state,
  runId: history.open?.run ?? null,
});

/** What a recovery that only looked has come to. */
export async function resultOfLooking(
  session: Session,
  memory: CrashMemory,
  { action, concerns }: CrashRecoveryContext,
): Promise<RecoveryResult> {
  // Somebody else replaces the journal just now, so that it may not be readable yet.
  if (action === 'waiting') return waitingFor(memory.history ?? historyOf([]));
  const history = memory.history ?? (await readHistory(session));
  if (action === 'safeMode') return { action, migrationState: 'SAFE_MODE', runId: concerns };
  const run = history.runs.find((known) => known.run === concerns);
  if (action === 'resumed' && run !== undefined) return finished(session, run, action);
  const unchecked = memory.database === 'unreachable' ? [tellUnchecked()] : [];
  return {
    action,
    migrationState: history.state,
    runId: null,
    ...(unchecked.length > 0 ? { warnings: unchecked } : {}),
  };
}

const tellUnchecked = (): { readonly code: string; readonly message: string } => ({
  code: 'DATABASE_UNCHECKED',
  message: 'The database could not be asked whether it knows of a run; the next start asks it.',
});

/** What a recovery that was recorded has come to; with the result of the run that it was about, if that has one. */
export async function resultOfActing(session: Session, context: CrashRecoveryContext): Promise<RecoveryResult> {
  const history = await readHistory(session);
  const { action, concerns, run } = context;
  const within =
    history.runs.findLast(({ parent }) => parent === run) ?? history.runs.find((known) => known.run === concerns);
  if (within !== undefined && (action === 'resumed' || action === 'retried')) return finished(session, within, action);
  // What could not be done is found again by the next start; nobody is told that there was nothing.
  const left =
    context.failure === null ? [] : [{ code: context.failure.code, message: messageFor(context.failure.code) }];
  return {
    action,
    migrationState: history.state,
    runId: concerns ?? run,
    escalation: context.escalation,
    ...(left.length > 0 ? { warnings: left } : {}),
  };
}
