import { RETRIES } from '../chart.ts';
import type { EmergencyRecoveryContext, EmergencyRecoveryEvent } from './types.ts';

interface Args {
  readonly context: EmergencyRecoveryContext;
  readonly event: EmergencyRecoveryEvent;
}

/** A transient fault, and attempts are left. */
export function canRetry({ context, event }: Args): boolean {
  return event.type === 'FAILED' && event.persistence === 'transient' && context.attempts < RETRIES;
}

/** The backup holds what the migration took away, so that nobody needs to be asked (invariant I11). */
export function isOfThisMigration({ event }: Args): boolean {
  return event.type === 'BACKUP_FOUND' && event.found.age === 'same';
}

/** Every key was proved to be what had been backed up. */
export function isExact({ event }: Args): boolean {
  if (event.type !== 'RECONSTRUCTED') return false;
  const { lossy, missing } = event.reconstruction;
  return lossy === 0 && missing === 0;
}

const chooses =
  (choice: string) =>
  ({ event }: Args): boolean =>
    event.type === 'DECIDE' && event.choice === choice;

/** The person takes the older backup, which was found. */
export function choosesOlderBackup(args: Args): boolean {
  return chooses('useOlderBackup')(args) && args.context.older !== null;
}

/** The person wants to see first what can be put together from the rows. */
export const choosesToReconstruct: (args: Args) => boolean = chooses('reconstruct');

/** The person takes what was put together. */
export const choosesReconstruction: (args: Args) => boolean = chooses('useReconstruction');

/** The person wants none of it. */
export const choosesToStop: (args: Args) => boolean = chooses('stop');
