import { BackpedalError } from '../errors.ts';
import type { HeldLock } from '../ports/lock.ts';
import { type Execution, execute, type Start } from './execution/execution.ts';
import { createLedger, type Ledger } from './execution/ledger.ts';
import type { AnyContext, AnyEvent, AnyInput, ExecutionEnd, ExecutionView, Plan } from './execution/types.ts';
import { type History, historyOf } from './history.ts';
import { createJournal, type Journal } from './journal.ts';
import { questionOf, statusOf } from './status.ts';
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
  /** Resolves when the run under way has ended, whoever asked for it. */
  current: Promise<unknown> | null;
  closed: 'open' | 'closed';
  /** Resolves when the next execution can be talked to. */
  readonly begun: () => Promise<void>;
  readonly whenBegun: (() => void)[];
}

/** A session with nothing under way. No I/O. */
export function createSession(world: World): Session {
  const whenBegun: (() => void)[] = [];
  return {
    whenBegun,
    begun: () => new Promise((resolve) => whenBegun.push(resolve)),
    world,
    journal: createJournal(world.vault, world.migration.id),
    board: createStatusBoard(world.logger),
    executions: [],
    lock: null,
    current: null,
    closed: 'open',
  };
}

/** What the journal says now. */
export async function readHistory(session: Session): Promise<History> {
  return historyOf(await session.journal.read());
}

const lockName = (world: World): string => `backpedal:${world.migration.id}`;

/** Takes the local lock; `false` when somebody alive holds it. Without a lock port the journal alone decides. */
export async function takeLock(session: Session): Promise<boolean> {
  const { world } = session;
  if (world.lock === null || session.lock !== null) return true;
  const lock = await world.lock.acquire(lockName(world));
  if (lock === null) return false;
  session.lock = lock;
  lock.lost.addEventListener('abort', () => {
    if (session.lock !== lock) return;
    session.lock = null;
    session.executions.at(-1)?.send({ type: 'OWNERSHIP_LOST' });
  });
  return true;
}

/** Gives the local lock back. */
export async function releaseLock(session: Session): Promise<void> {
  const { lock } = session;
  session.lock = null;
  await lock?.release();
}

/** Whether somebody alive holds the local lock; unknown counts as yes where there is no lock to ask. */
export async function isHeldElsewhere(session: Session): Promise<boolean> {
  const { world } = session;
  if (session.lock !== null) return false;
  return world.lock === null ? false : world.lock.isHeld(lockName(world));
}

function show(session: Session, view: ExecutionView, before: History['state']): void {
  session.board.show(statusOf(view, null, before));
  if (view.meta.waitsFor === undefined) return;
  questionOf(view).then(
    (question) => session.board.show(statusOf(view, question, before)),
    (error: unknown) => session.world.logger.error('The question could not be shown.', { error }),
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
  const execution = execute(
    plan,
    {
      world: session.world,
      ledger: setting.ledger,
      parent: setting.parent,
      items: () => setting.items,
      changed: (view) => show(session, view, setting.state),
      hold: async (mode) => {
        // The lock is a hint: without it the journal and the token still decide who goes on.
        if (mode === 'working') await takeLock(session);
        else await releaseLock(session);
      },
    },
    from,
  );
  session.executions.push(execution as unknown as Execution);
  for (const resolve of session.whenBegun.splice(0)) resolve();
  try {
    return await execution.stopped;
  } finally {
    session.executions.splice(session.executions.indexOf(execution as unknown as Execution), 1);
  }
}

/** A writer behind the journal's end as `history` has it. */
export const ledgerAfter = (session: Session, history: History): Ledger => createLedger(session.journal, history.last);

/** @throws BackpedalError `CLIENT_CLOSED` */
export function requireOpen(session: Session): void {
  if (session.closed === 'closed')
    throw new BackpedalError('CLIENT_CLOSED', 'This client has been closed. Create a new one.');
}
