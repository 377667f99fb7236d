import { transition } from 'xstate';
import { BackpedalError, InputError, JournalError } from '../errors.ts';
import type { StateMeta } from '../machines/chart.ts';
import type { RollbackContext } from '../machines/rollback/types.ts';
import { freeAbandonedLease } from './abandoned-lease.ts';
import { checkDecision, checkLease, checkReason } from './arguments.ts';
import { appendAudit } from './audit-log.ts';
import { charts, snapshotOf } from './charts.ts';
import { within } from './execution/deadline.ts';
import type { AnyEvent, ExecutionView } from './execution/types.ts';
import { isLifeless, viewOfRecord, waitsForPerson } from './follow.ts';
import type { History, RunHistory } from './history.ts';
import type { Decision, UnlockOptions } from './public-types.ts';
import { questionOf } from './question.ts';
import { takeUp } from './recovery.ts';
import { digestForPeople } from './rollback/drift.ts';
import { LOOK_EVERY, readHistory, type Session, takeLock } from './session.ts';
import { statusOf } from './status.ts';

const noQuestion = (): BackpedalError =>
  new BackpedalError('QUESTION_NOT_OPEN', 'No question is open, so there is nothing to decide.');

/** The drift that a decision answers for: what the person saw, or whatever there is until Clear Database. */
async function answered(
  context: RollbackContext,
  decision: Extract<Decision, { question: 'drift' }>,
): Promise<{ rows: string; storage: string }> {
  if (decision.driftDigest === undefined) return { rows: 'any', storage: 'any' };
  if (context.drift === null || (await digestForPeople(context.drift)) !== decision.driftDigest) {
    throw new BackpedalError(
      'DECISION_STALE',
      'More has changed since this question was put. Look at the plan again, then decide.',
    );
  }
  return { rows: context.drift.rows, storage: context.drift.storage };
}

type Execution = Session['executions'][number];

/**
 * Whether somebody is at work on the run, as the lock says. What waits for a person holds no lock: one that is held all
 * the same, without a record being written, is held by nobody who answers (rule CR13).
 */
async function isAtWorkElsewhere(session: Session, history: History): Promise<boolean> {
  if (await takeLock(session)) return false;
  const { innermost, last } = history;
  if (innermost === null || !waitsForPerson(innermost)) return !isLifeless(session.world, history);
  await session.world.clock.sleep(LOOK_EVERY, session.closing.signal);
  return (await readHistory(session)).last?.hash !== last?.hash;
}

/** Goes on with the open run if no process is at it; it is under way when this resolves. */
async function takeUpAlone(
  session: Session,
  history: History,
  open: RunHistory,
): Promise<{ readonly running: Promise<unknown> }> {
  if (await isAtWorkElsewhere(session, history)) {
    throw new BackpedalError('RUN_IN_PROGRESS', 'The run is carried out by another tab or process. Use that one.');
  }
  return { running: takeUp(session, history, open) };
}

/** The innermost open run as it is carried out here; `null` when it has ended before it could be talked to. */
async function innermostExecution(session: Session, history: History): Promise<Execution | null> {
  const { open, innermost } = history;
  if (open === null || innermost === null) return null;
  const find = (): Execution | null => session.executions.find(({ view }) => view().run === innermost.run) ?? null;
  let running: Promise<unknown> | null = session.current;
  if (running === null) ({ running } = await takeUpAlone(session, history, open));
  const ended = Promise.resolve(running).then(() => 'ended' as const);
  // Where a recovery of this client goes on with the same run at once, nobody waits for this one.
  ended.catch(() => undefined);
  for (;;) {
    const begun = session.begun.next().then(() => 'begun' as const);
    const found = find();
    if (found !== null || (await Promise.race([begun, ended])) === 'ended') return found;
  }
}

/** Resolves when the answer is on record. */
async function answer(execution: Execution | null, event: AnyEvent): Promise<void> {
  const delivery = (await execution?.deliver(event)) ?? { status: 'refused' };
  if (delivery.status === 'recorded') return;
  if (delivery.status === 'refused') throw noQuestion();
  const { error } = delivery;
  if (error instanceof JournalError && error.code === 'JOURNAL_CONFLICT') {
    throw new BackpedalError(
      'QUESTION_NOT_OPEN',
      'Somebody else has answered first, or goes on with the run elsewhere. This answer was not recorded.',
      { cause: error },
    );
  }
  throw error;
}

/**
 * A person's answer at level 2. Resolves when it is on record, durably: whatever dies after that, it counts.
 * @throws BackpedalError `QUESTION_NOT_OPEN` (also when somebody else was faster), `DECISION_STALE`, `INPUT_ARGUMENT`
 */
export async function decide(session: Session, decision: Decision): Promise<void> {
  checkDecision(decision);
  const history = await readHistory(session);
  const asking = history.innermost;
  if (asking === null || !waitsForPerson(asking)) throw noQuestion();
  const question = await questionOf(viewOfRecord(asking));
  if (question === null || question.question !== decision.question) throw noQuestion();
  if (!(question.choices as readonly string[]).includes(decision.choice)) {
    throw new InputError(
      'INPUT_ARGUMENT',
      `${decision.choice} is none of the choices here: ${question.choices.join(', ')}.`,
    );
  }
  const { choice } = decision;
  const event: AnyEvent =
    decision.question === 'drift'
      ? { type: 'DECIDE', choice: decision.choice, ...(await answered(asking.context as RollbackContext, decision)) }
      : { type: 'DECIDE', choice };
  await answer(await innermostExecution(session, history), event);
}

/**
 * Asks the run under way to stop: nothing has been changed yet, or what was changed is undone.
 * @throws BackpedalError `RUN_NOT_FOUND`, `CANCEL_TOO_LATE`
 */
export async function cancel(session: Session): Promise<void> {
  const execution = session.executions.at(-1) ?? (await innermostExecution(session, await readHistory(session)));
  if (execution === null)
    throw new BackpedalError('RUN_NOT_FOUND', 'Nothing is being done, so there is nothing to cancel.');
  if (execution.view().meta.cancel === 'tooLate' || !execution.send({ type: 'CANCEL' })) {
    throw new BackpedalError(
      'CANCEL_TOO_LATE',
      'It is too late to cancel: the run is about to end. Its result can be taken back afterwards.',
    );
  }
}

/** Appends the unlocking to the run that ended in safe mode, and gives what that looks like. */
async function appendUnlock(session: Session, run: RunHistory, reason: string): Promise<ExecutionView> {
  const snapshot = snapshotOf(run.last);
  const event = { type: 'UNLOCK', reason } as const;
  const [next] = transition(charts[run.machine].machine, snapshot, event);
  const { last } = await readHistory(session);
  await session.journal.append(last, {
    run: run.run,
    parent: run.parent,
    machine: run.last.machine,
    at: session.world.clock.now(),
    activeMs: run.last.activeMs,
    event,
    snapshot: { value: next.value as string, context: next.context },
    commands: [],
  });
  const meta = charts[run.machine].meta[String(next.value)] as StateMeta;
  return { ...viewOfRecord(run), value: next.value as string, context: next.context, meta };
}

/**
 * Leaves safe mode; the reason is journaled and audited, and the app's writers are let go. Or frees the database from a
 * lease that was left behind.
 * @throws BackpedalError `NOT_IN_SAFE_MODE`, `RUN_NOT_FOUND`, `RUN_IN_PROGRESS`, `INPUT_ARGUMENT`, `OPERATION_TIMED_OUT` (ask again)
 */
export async function unlock(session: Session, options: UnlockOptions): Promise<void> {
  const reason = checkReason(options);
  checkLease(options);
  if (options.lease === 'abandoned') return freeAbandonedLease(session, reason);
  const { world } = session;
  const { locked } = await readHistory(session);
  if (locked === null) throw new BackpedalError('NOT_IN_SAFE_MODE', 'The system is not in safe mode.');
  // First: a lock that nobody can account for is not opened. Repeated, it is entered once.
  const entry = appendAudit(world, {
    type: 'SAFE_MODE_UNLOCKED',
    migrationId: world.migration.id,
    runId: locked.run,
    timestamp: new Date(world.clock.now()).toISOString(),
    result: 'SUCCESS',
    steps: [],
    performedBy: world.identity.user(),
    reason,
  });
  await within(world.clock, 'The audit trail', entry);
  const view = await within(world.clock, 'The journal', appendUnlock(session, locked, reason));
  await within(world.clock, 'The app', world.operations.resume());
  // Whatever had been moved by then, there is something that a rollback can be tried with again.
  session.board.show(statusOf(view, null, 'MIGRATED'));
}
