import { InputError } from '../errors.ts';
import { causeOf } from './cause.ts';
import { shownRun, statusOfRecord } from './follow.ts';
import { LOOK_EVERY, readHistory, type Session } from './session.ts';
import type { RollbackStatus } from './status-types.ts';

/** A migration that has ended is what a rollback may begin after. */
const isOver = ({ activity, stage }: RollbackStatus): boolean =>
  activity === 'rollback' && (stage === 'COMPLETED' || stage === 'FAILED');

/**
 * Calls `onUpdate` with the status of the migration's run at once, whenever it changes, and with its end; also for a
 * run in another tab or process, whose journal is looked at every second. Stops by itself after the end.
 * @returns the function that stops it earlier
 */
export function monitorRollback(
  session: Session,
  migrationId: string,
  onUpdate: (status: RollbackStatus) => void,
): () => void {
  const { world, board } = session;
  if (migrationId !== world.migration.id) {
    throw new InputError(
      'INPUT_ARGUMENT',
      `This client is for the migration ${world.migration.id}, not for ${JSON.stringify(migrationId)}.`,
    );
  }
  let stopped = false;
  let last = '';
  /** Rollbacks that had ended before: one that ends between two looks is told, whatever has begun since. */
  let known: ReadonlySet<string> | null = null;
  const stop = (): void => {
    stopped = true;
    unsubscribe();
    stopLooking();
  };
  const tell = (status: RollbackStatus): void => {
    const text = JSON.stringify(status);
    if (stopped || text === last) return;
    last = text;
    if (isOver(status)) stop();
    onUpdate(status);
  };
  const look = async (): Promise<void> => {
    // A run of this client is shown by the board, more exactly than the journal could.
    if (stopped) return;
    if (session.executions.length > 0) return tell(board.getSnapshot());
    const history = await readHistory(session);
    const ended = history.runs.filter(({ machine, end }) => machine === 'rollback' && end !== null);
    known ??= new Set(ended.map(({ run }) => run));
    const run = ended.find((one) => !known?.has(one.run)) ?? shownRun(history);
    if (session.executions.length > 0) return;
    tell(run === null ? board.getSnapshot() : await statusOfRecord(history, run));
  };
  const safely = (): void => {
    look().catch((error: unknown) =>
      world.logger.warn('The journal could not be looked at.', { cause: causeOf(error) }),
    );
  };
  const unsubscribe = board.subscribe(() => tell(board.getSnapshot()));
  const stopLooking = world.clock.every(LOOK_EVERY, safely);
  safely();
  return stop;
}
