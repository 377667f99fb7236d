import { BackpedalError, JournalError } from '../errors.ts';
import { RETRIES } from '../machines/chart.ts';
import type { HeldLock, LockPort } from '../ports/lock.ts';
import { type Bell, createBell } from './bell.ts';
import { causeOf } from './cause.ts';
import { pauseBefore } from './execution/command-runner.ts';
import { within } from './execution/deadline.ts';
import { type Execution, execute } from './execution/execution.ts';
import { createLedger, type Ledger } from './execution/ledger.ts';
import type { Start } from './execution/start.ts';
import type { AnyContext, AnyEvent, AnyInput, ExecutionEnd, Plan } from './execution/types.ts';
import { type History, historyOf } from './history.ts';
import { createJournal, type Journal } from './journal.ts';
import { questionOf } from './question.ts';
import type { RecoveryResult } from './record-types.ts';
import { statusOf } from './status.ts';
import { createStatusBoard, type StatusBoard } from './status-board.ts';
import type { World } from './world.ts';

/** What a client shares among its parts: the world, the journal, and the run that it carries out, if any. */
export interface Session {
  readonly world: World;
  readonly journal: Journal;
  readonly board: StatusBoard;
  /** The executions of this client, the outer run first. */
  readonly executions: Execution[];
  /** The lock of the run under way. */
  lock: HeldLock | null;
  /** The lock being asked for: two of this client who want it at once are not each other's holder. */
  taking: Promise<boolean> | null;
  /** Resolves when the run under way has ended, whoever asked for it; with its end where it was taken up from another. */
  current: Promise<ExecutionEnd | null> | null;
  /** Whether this client has been counted as a start (rule CR7). */
  isCounted: boolean;
  /** The recovery under way, which everybody who asks for one shares. */
  recovering: Promise<RecoveryResult> | null;
  /** Aborted when the client is closed. */
  readonly closing: AbortController;
  /** Rings when an execution can be talked to. */
  readonly begun: Bell;
  /** Rings when a run begins to wait for a person. */
  readonly asked: Bell;
}

/** A session with nothing under way. No I/O. */
export function createSession(world: World): Session {
  return {
    world,
    journal: createJournal(world.vault, world.migration.id),
    board: createStatusBoard(world.logger),
    executions: [],
    lock: null,
    taking: null,
    current: null,
    recovering: null,
    isCounted: false,
    closing: new AbortController(),
    begun: createBell(),
    asked: createBell(),
  };
}

/** What the journal says now. A vault that fails for a moment is asked again (rule JN10). */
export async function readHistory(session: Session): Promise<History> {
  for (let attempt = 0; ; attempt++) {
    try {
      await pauseBefore(attempt, session.world.clock, session.closing.signal);
      return historyOf(await within(session.world.clock, 'The journal', session.journal.read()));
    } catch (error) {
      if (error instanceof JournalError || attempt >= RETRIES) throw error;
    }
  }
}

const lockName = (world: World): string => `backpedal:${world.migration.id}`;

/** The lock; `unknown` when it cannot be asked for, which leaves it to journal and token to decide who goes on. */
async function acquire(world: World, port: LockPort): Promise<HeldLock | null | 'unknown'> {
  const asking = port.acquire(lockName(world));
  try {
    return await within(world.clock, 'The local lock', asking);
  } catch (error) {
    world.logger.warn('The local lock could not be taken.', { cause: causeOf(error) });
    // Should it be granted after all, nobody would ever give it back.
    asking.then((late) => late?.release()).catch(() => {});
    return 'unknown';
  }
}

/** Takes the local lock; `false` when somebody alive holds it. Without a lock port the journal alone decides. */
export async function takeLock(session: Session): Promise<boolean> {
  const { lock } = session.world;
  if (lock === null || session.lock !== null) return true;
  session.taking ??= take(session, lock).finally(() => {
    session.taking = null;
  });
  return session.taking;
}

async function take(session: Session, port: LockPort): Promise<boolean> {
  const lock = await acquire(session.world, port);
  if (lock === 'unknown') return true;
  if (lock === null) return false;
  session.lock = lock;
  lock.lost.addEventListener('abort', () => {
    if (session.lock !== lock) return;
    session.lock = null;
    session.executions.at(-1)?.send({ type: 'OWNERSHIP_LOST' });
  });
  return true;
}

/** Gives the local lock back. It is a hint: one that cannot be given back changes nothing about the run. */
export async function releaseLock(session: Session): Promise<void> {
  const { lock, world } = session;
  session.lock = null;
  try {
    if (lock !== null) await within(world.clock, 'The local lock', lock.release());
  } catch (error) {
    world.logger.warn('The local lock could not be given back.', { cause: causeOf(error) });
  }
}

/** Whether somebody alive holds the local lock; unknown counts as yes where there is no lock to ask. */
export async function isHeldElsewhere(session: Session): Promise<boolean> {
  const { world } = session;
  if (session.lock !== null) return false;
  return world.lock === null ? false : world.lock.isHeld(lockName(world));
}

function show(session: Session, execution: Execution, before: History['state']): void {
  // An outer run only waits for its inner one, which is what people are shown.
  if (session.executions.at(-1) !== execution) return;
  const view = execution.view();
  if (view.meta.waitsFor === undefined) {
    session.board.show(statusOf(view, null, before));
    return;
  }
  // Only with its question: without it the status would change to and fro at every tick.
  questionOf(view).then(
    (question) => {
      if (execution.view().context === view.context) session.board.show(statusOf(view, question, before));
    },
    (error: unknown) => session.world.logger.error('The question could not be shown.', { cause: causeOf(error) }),
  );
}

/** Carries a run out behind the records of `ledger`, shown on the session's board. */
export async function carryOut<C extends AnyContext, E extends AnyEvent, I extends AnyInput>(
  session: Session,
  plan: Plan<C, E, I>,
  from: Start<I>,
  setting: {
    readonly ledger: Ledger;
    readonly parent: string | null;
    readonly items: number;
    readonly state: History['state'];
  },
): Promise<ExecutionEnd<C>> {
  const execution: Execution = execute(
    plan,
    {
      world: session.world,
      ledger: setting.ledger,
      parent: setting.parent,
      items: () => setting.items,
      changed: () => show(session, execution, setting.state),
      hold: (mode) => hold(session, mode),
      hasMovedOn: (seq) => hasMovedOn(session, seq),
      closing: session.closing.signal,
    },
    from,
  ) as unknown as Execution;
  session.executions.push(execution);
  session.begun.ring();
  try {
    return (await execution.stopped) as ExecutionEnd<C>;
  } finally {
    session.executions.splice(session.executions.indexOf(execution), 1);
  }
}

/** The lock is a hint: without it the journal and the token still decide who goes on. */
async function hold(session: Session, mode: 'working' | 'waiting'): Promise<void> {
  // Those that wait for the one that waits use up no time either.
  for (const outer of session.executions.slice(0, -1)) outer.setTime(mode === 'waiting' ? 'paused' : 'running');
  if (mode === 'waiting') {
    await releaseLock(session);
    session.asked.ring();
    return;
  }
  await takeLock(session);
}

/** How often the journal is looked at for what another process does, in milliseconds. */
export const LOOK_EVERY = 1000;

async function hasMovedOn({ world, journal }: Session, seq: number): Promise<boolean> {
  try {
    // A person who decides meanwhile is not to wait for a vault that never answers.
    return (await within(world.clock, 'The journal', journal.length())) > seq + 1;
  } catch (error) {
    world.logger.warn('The journal could not be looked at.', { cause: causeOf(error) });
    return false;
  }
}

/** A writer behind the journal's end as `history` has it. */
export const ledgerAfter = (session: Session, history: History): Ledger => createLedger(session.journal, history.last);

/** @throws BackpedalError `CLIENT_CLOSED` */
export function requireOpen(session: Session): void {
  if (session.closing.signal.aborted)
    throw new BackpedalError('CLIENT_CLOSED', 'This client has been closed. Create a new one.');
}
