import { RETRIES } from '../chart.ts';
import type { ResumeIntent, RollbackContext, RollbackEvent } from './types.ts';

interface Args {
  readonly context: RollbackContext;
  readonly event: RollbackEvent;
}

const approves = (approved: string, found: string): boolean => approved === 'any' || approved === found;

/** A transient fault, and attempts are left. */
export function canRetry({ context, event }: Args): boolean {
  return event.type === 'FAILED' && event.persistence === 'transient' && context.attempts < RETRIES;
}

/** The drift that was found is not what has been decided upon, so a person has to choose. */
export function needsDecision({ context, event }: Args): boolean {
  if (event.type !== 'INSPECTED') return false;
  const { rows, storage } = event.drift;
  return !approves(context.approved.rows, rows) || !approves(context.approved.storage, storage);
}

/** Keys were written in storage after the decision. */
export function storageDriftUndecided({ context, event }: Args): boolean {
  return event.type === 'LOADED' && !approves(context.approved.storage, event.storageDrift);
}

/** The old values would not fit into storage (hazard H4). */
export function lacksRoom({ event }: Args): boolean {
  return event.type === 'LOADED' && event.room === 'tooLittle';
}

/** The person saw the drift as it was found last, or answers for whatever comes. */
export function answersWhatWasAsked({ context, event }: Args): boolean {
  if (event.type !== 'DECIDE' || context.drift === null) return false;
  return approves(event.rows, context.drift.rows) && approves(event.storage, context.drift.storage);
}

/** A lost lease may be fetched again, a bounded number of times. */
export function canReclaim({ context }: Args): boolean {
  return context.reclaims < RETRIES;
}

/** The restore may be prepared once more after something else was found in storage. */
export function canPrepareAgain({ context }: Args): boolean {
  return context.preparations < RETRIES;
}

/** A process that died may have cleared the database without having written down what came of it. */
export function mayHaveCleared({ context }: Args): boolean {
  return context.effect === 'unknown';
}

/** The restore has been prepared, so that a burst may have been written. */
export function hasPrepared({ context }: Args): boolean {
  return context.effect === 'restoring';
}

/** The run ends with everything back. */
export function endsRolledBack({ context }: Args): boolean {
  return context.outcome === 'rolledBack';
}

/** The run ends with nothing changed. */
export function endsUnchanged({ context }: Args): boolean {
  return context.outcome === 'unchanged';
}

const resumesTo =
  (intent: ResumeIntent) =>
  ({ event }: Args): boolean =>
    event.type === 'RESUMED' && event.intent === intent;

/** A person wants storage to stay as empty as it was found (hazard H28b). */
export const withdraws: (args: Args) => boolean = resumesTo('withdraw');

/** The same, after a burst may have been written. */
export function withdrawsAfterPreparing(args: Args): boolean {
  return withdraws(args) && hasPrepared(args);
}

/** Storage and database are found as the run was to leave them. */
export const onlyVerifies: (args: Args) => boolean = resumesTo('verify');

/** The backup was found damaged when the run was taken up. */
export const needsAnotherBackup: (args: Args) => boolean = resumesTo('replaceBackup');
