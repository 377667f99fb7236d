import { RETRIES } from '../chart.ts';
import type { CrashRecoveryContext, CrashRecoveryEvent, Findings } from './types.ts';

interface Args {
  readonly context: CrashRecoveryContext;
  readonly event: CrashRecoveryEvent;
}

const found =
  (is: (findings: Findings) => boolean) =>
  ({ event }: Args): boolean =>
    event.type === 'PROBED' && is(event.findings);

/** A transient fault, and attempts are left. */
export function canRetry({ context, event }: Args): boolean {
  return event.type === 'FAILED' && event.persistence === 'transient' && context.attempts < RETRIES;
}

/** A transient fault: it may have passed at the next start. */
export function mayPass({ event }: Args): boolean {
  return event.type === 'FAILED' && event.persistence === 'transient';
}

/** Everything is gone from storage, the marker too: perhaps on purpose, so nothing is restored unasked. */
export const isStorageEmptied: (args: Args) => boolean = found(
  ({ journal, storage }) => journal === 'readable' && storage === 'emptied',
);

/** The same without a journal: whoever emptied it may not want the data of the lost run back. */
export const isLostAndEmptied: (args: Args) => boolean = found(
  ({ journal, storage }) => journal === 'lost' && storage === 'emptied',
);

/** The journal says where the run was, and every item has a verified copy. */
export const canResume: (args: Args) => boolean = found(
  ({ journal, copy }) => journal === 'readable' && copy === 'verified',
);

const isIntactAndEmpty = ({ storage, database }: Findings): boolean => storage === 'intact' && database === 'empty';

/** Storage is intact and the database empty, and no journal tells more: verified once more, the rollback is complete. */
export const canComplete: (args: Args) => boolean = found(
  (findings) => findings.journal === 'lost' && isIntactAndEmpty(findings),
);

/** Storage is intact and the database empty, so the open run enters Verify Data. */
export const canVerify: (args: Args) => boolean = found(isIntactAndEmpty);

/** Storage is empty and the database intact: the rollback had not started, so it is tried again. */
export const canRetryFromTheStart: (args: Args) => boolean = found(
  ({ journal, storage, database }) => journal === 'lost' && storage === 'empty' && database === 'intact',
);

/** No rollback had begun: the rows are the users' data, and only the journal is missing. */
export const wasMigrated: (args: Args) => boolean = found(
  ({ journal, phase }) => journal === 'lost' && phase === 'migrated',
);

/** The source had not been cleared when the journal was lost, so storage still is what counts. */
export const wasCopying: (args: Args) => boolean = found(
  ({ journal, phase }) => journal === 'lost' && phase === 'copying',
);

/** There is no journal that a run could be resumed from. */
export const isJournalLost: (args: Args) => boolean = found(({ journal }) => journal === 'lost');

/** A burst may not have settled yet. */
export function isUnsettled({ event }: Args): boolean {
  return event.type === 'NOTHING_OPEN' && event.settling !== null;
}

/** The person wants the data back that was emptied. */
export function choosesToRestore({ event }: Args): boolean {
  return event.type === 'DECIDE' && event.choice === 'restore';
}

/** The person wants an open run to leave storage empty. */
export function keepsEmptyForOpenRun({ context, event }: Args): boolean {
  return event.type === 'DECIDE' && event.choice === 'keepEmpty' && context.asksFor === 'openRun';
}

/** The person wants storage to stay empty. */
export function choosesToKeepEmpty({ event }: Args): boolean {
  return event.type === 'DECIDE' && event.choice === 'keepEmpty';
}

/** What is to be restored is what an open run has to restore. */
export function restoresForOpenRun({ context, event }: Args): boolean {
  return event.type === 'DECIDE' && event.choice === 'restore' && context.asksFor === 'openRun';
}

/** The person wants back what was emptied; the run that was to restore it has lost its journal. */
export function restoresForLostRun({ context, event }: Args): boolean {
  return event.type === 'DECIDE' && event.choice === 'restore' && context.asksFor === 'lostRun';
}

/** The person wants storage to stay empty; the rows are the data again. */
export function keepsEmptyForLostRun({ context, event }: Args): boolean {
  return event.type === 'DECIDE' && event.choice === 'keepEmpty' && context.asksFor === 'lostRun';
}

/** The rollback that was tried again has taken everything back. */
export function tookBack({ event }: Args): boolean {
  return event.type === 'RUN_ENDED' && event.outcome === 'rolledBack';
}

/** The rollback that was tried again has changed nothing, and nothing had been changed before. */
export function leftUnchanged({ context, event }: Args): boolean {
  return event.type === 'RUN_ENDED' && event.outcome === 'unchanged' && context.findings?.database === 'intact';
}

/** The run ends with everything back in storage. */
export function endsRolledBack({ context }: Args): boolean {
  return context.outcome === 'rolledBack';
}

/** The run ends with nothing changed. */
export function endsUnchanged({ context }: Args): boolean {
  return context.outcome === 'unchanged';
}

/** The run ends in safe mode. */
export function endsInSafeMode({ context }: Args): boolean {
  return context.outcome === 'safeMode';
}
