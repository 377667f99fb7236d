import type { FailedEvent } from '../chart.ts';
import type { ResumeIntent } from '../rollback/types.ts';
import type { CommonContext } from '../updates.ts';

/** The version of the crash recovery chart; it changes whenever a stored snapshot would mean something else. */
export const CRASH_RECOVERY_VERSION = 1;

/** What the crash recovery chart asks the runtime to do. */
export type CrashRecoveryCommand =
  | 'findOpenRun'
  | 'probe'
  | 'resumeRun'
  | 'checkSettling'
  | 'payDebts'
  | 'ask'
  | 'restoreAgain'
  | 'adoptMigration'
  | 'completeRollback'
  | 'retryRollback'
  | 'discardCopy'
  | 'lockDown'
  | 'announce';

/** With what a crash recovery begins: every start. */
export interface CrashRecoveryInput {
  readonly run: string;
  readonly migration: string;
  readonly storage: string;
}

/** What was found out about the copies of the users' data; nothing was changed for it. */
export interface Findings {
  /** `lost`: unreadable, or gone although database or storage know of a run. */
  readonly journal: 'readable' | 'lost';
  /** Whether every item that the run has to do with has a verified copy. */
  readonly copy: 'verified' | 'none';
  /**
   * Storage: as the run was to leave it, marker included (`intact`); without any key of the migration (`empty`), and
   * without its marker as well, so that somebody may have emptied it on purpose (`emptied`); or anything else.
   */
  readonly storage: 'intact' | 'empty' | 'emptied' | 'partial';
  /** The rows: all as they were found after the migration or by people since, none, or some. */
  readonly database: 'intact' | 'empty' | 'partial';
  /**
   * How far the work on the data had come, where no journal tells: the source had not been cleared (`copying`), the
   * migration had ended (`migrated`), a rollback had begun (`rollingBack`).
   */
  readonly phase: 'copying' | 'migrated' | 'rollingBack';
}

/** Where a journal that was lost is replaced: the runs that database and storage know of. */
export interface LostRuns {
  /** The migration run whose rows are in the database, as far as anything says so. */
  readonly undoes: string | null;
  /** The run that held the lease or had moved rows out, if any. */
  readonly rollback: string | null;
}

/** The crash recovery's memory. */
export interface CrashRecoveryContext extends CommonContext, CrashRecoveryInput {
  /** The run that it is about. */
  readonly concerns: string | null;
  readonly lost: LostRuns | null;
  readonly findings: Findings | null;
  readonly intent: ResumeIntent;
  /** What is asked of a person stands for a run that is open, with or without its journal, or has not settled. */
  readonly asksFor: 'openRun' | 'lostRun' | 'settling' | null;
  readonly keys: number;
  readonly written: number;
  /** Keys that hold something newer and were left alone. */
  readonly left: number;
  readonly action:
    | 'nothingToDo'
    | 'resumed'
    | 'waiting'
    | 'debtsPaid'
    | 'safeMode'
    | 'restoredAgain'
    | 'keptEmpty'
    | 'adopted'
    | 'completed'
    | 'retried'
    | 'discarded';
  readonly outcome: 'rolledBack' | 'unchanged' | 'recovered' | 'safeMode' | null;
}

/** What can happen to a crash recovery. */
export type CrashRecoveryEvent =
  | { readonly type: 'NOTHING_OPEN'; readonly settling: string | null }
  | { readonly type: 'RUN_OPEN'; readonly run: string }
  | { readonly type: 'RUN_WAITS'; readonly run: string }
  | { readonly type: 'LOCKED'; readonly run: string }
  | { readonly type: 'JOURNAL_LOST'; readonly lost: LostRuns }
  | { readonly type: 'PROBED'; readonly findings: Findings; readonly keys: number }
  | { readonly type: 'RUN_ENDED'; readonly outcome: string }
  | { readonly type: 'SETTLED' }
  | { readonly type: 'BURST_LOST'; readonly keys: number }
  | { readonly type: 'STORAGE_EMPTIED'; readonly keys: number }
  | { readonly type: 'DEBTS_PAID'; readonly paid: number }
  | { readonly type: 'DECIDE'; readonly choice: string }
  | { readonly type: 'RESTORED_AGAIN'; readonly written: number; readonly left: number }
  | { readonly type: 'ADOPTED' }
  | { readonly type: 'COMPLETED' }
  | { readonly type: 'MISMATCHED' }
  | { readonly type: 'DISCARDED' }
  | { readonly type: 'LOCKED_DOWN' }
  | { readonly type: 'ANNOUNCED' }
  | { readonly type: 'RESUMED'; readonly token: number }
  | { readonly type: 'UNLOCK'; readonly reason: string }
  | FailedEvent;
