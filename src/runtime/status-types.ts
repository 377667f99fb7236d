import type { ErrorCode } from '../errors.ts';

/** Where the user's data is, derived from the journal. */
export type MigrationState = 'NOT_STARTED' | 'MIGRATING' | 'MIGRATED' | 'ROLLING_BACK' | 'ROLLED_BACK' | 'SAFE_MODE';

/** The five public steps of a rollback, in their order. */
export type StepName = 'Load Backup' | 'Clear Database' | 'Restore LocalStorage' | 'Verify Data' | 'Clean State';

/** Why a rollback was asked for. */
export type RollbackReason =
  | 'VALIDATION_FAILURES'
  | 'DATABASE_CONNECTION_LOST'
  | 'MEMORY_THRESHOLD'
  | 'TIMEOUT'
  | 'USER_CANCELLED'
  | 'DATA_CORRUPTION'
  | 'PERFORMANCE_DEGRADATION'
  | 'BUSINESS_LOGIC_ERROR'
  | 'USER_REQUEST';

/** How a run ended; there is no fourth way (rule RB1). */
export type Outcome = 'rolledBack' | 'unchanged' | 'safeMode';

/** 1 automatic, 2 a person decides, 3 a person repairs. */
export type Escalation = 1 | 2 | 3;

/** The stages that a person is shown. */
export type Stage = 'PREPARING' | 'EXECUTING' | 'VERIFYING' | 'COMPLETED' | 'FAILED';

/** Data was changed after the migration: merge it into what is restored, or leave it in the archive. */
export interface DriftQuestion {
  readonly question: 'drift';
  readonly choices: readonly ('merge' | 'discard')[];
  /** Identifies what the person was shown; a decision may quote it. */
  readonly driftDigest: string;
  readonly drift: DriftSummary;
}

/** No backup of the migration can be used; an older one can, which lacks what was changed after it was made. */
export interface OlderBackupQuestion {
  readonly question: 'olderBackup';
  readonly choices: readonly ('useOlderBackup' | 'reconstruct' | 'stop')[];
  readonly backupId: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly keys: number;
}

/** The data was put together again, and not every item can be proved to be as it was. */
export interface ReconstructionQuestion {
  readonly question: 'reconstruction';
  readonly choices: readonly ('useReconstruction' | 'useOlderBackup' | 'stop')[];
  /** The backup that holds the result, to be looked at; `reconstruction` of `backups.list` says more. */
  readonly backupId: string;
  readonly exact: number;
  readonly lossy: number;
  /** Keys of which nothing was found, and items whose row could not be turned back into one. */
  readonly missing: number;
}

/** All keys of the migration are gone from storage, the marker too: perhaps somebody logged out (hazard H28b). */
export interface EmptiedStorageQuestion {
  readonly question: 'emptiedStorage';
  readonly choices: readonly ('restore' | 'keepEmpty')[];
  readonly keys: number;
}

/** A question to a person at level 2; the run waits and holds nothing. */
export type Question = DriftQuestion | OlderBackupQuestion | ReconstructionQuestion | EmptiedStorageQuestion;

/** What people did after the migration, in numbers. */
export interface DriftSummary {
  readonly digest: string;
  readonly added: number;
  readonly changed: number;
  readonly deleted: number;
  readonly dependents: number;
  /** Keys of collections that were written in storage after the migration. */
  readonly storageKeys: number;
}

/** What is happening, for a person. A new object whenever something changed, the same one otherwise. */
export interface RollbackStatus {
  readonly stage: Stage;
  /** 0 to 100, measured, never backwards within a run. */
  readonly progress: number;
  /** What is being done, in plain words. */
  readonly currentStep: string;
  /** One or two sentences more about what is being done. */
  readonly description: string;
  readonly severity: 'info' | 'warning' | 'critical';
  /** The public step that is being done; `null` around the steps, while they are undone, and in other charts. */
  readonly step: StepName | null;
  /** The public steps of a rollback that are done and have not been undone, in their order. */
  readonly stepsDone: readonly StepName[];
  /** Seconds, or `null` when unknown. */
  readonly estimatedTimeRemaining: number | null;
  /** Codes and plain messages, without values. */
  readonly errors: readonly string[];
  readonly migrationState: MigrationState;
  /** Which chart is running, or ran last. */
  readonly activity: 'idle' | 'migration' | 'rollback' | 'emergencyRecovery' | 'crashRecovery';
  readonly runId: string | null;
  /** The chart's state as a dotted path (`executing.clearingDatabase`), or `null` when idle. */
  readonly state: string | null;
  readonly canCancel: boolean;
  /** What cancelling would do: stop with nothing changed, undo what was changed, or nothing any more. */
  readonly cancelling: 'stopsHere' | 'undoes' | 'tooLate';
  readonly question: Question | null;
  readonly escalation: Escalation;
  readonly outcome: Outcome | 'migrated' | null;
}

/** One public step as it went. */
export interface StepResult {
  readonly step: StepName;
  readonly success: boolean;
  readonly result?: Readonly<Record<string, number | string | boolean>>;
  readonly error?: { readonly code: ErrorCode; readonly message: string };
}

/** How a rollback ended. */
export interface RollbackResult {
  readonly success: boolean;
  readonly steps: readonly StepResult[];
  /** ISO 8601. */
  readonly timestamp: string;
  readonly runId: string;
  readonly migrationId: string;
  readonly outcome: Outcome;
  readonly finalStatus: 'SUCCESS' | 'PARTIAL' | 'FAILED';
  readonly escalation: Escalation;
  /** What went wrong around a rollback that is safe all the same. */
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  readonly error?: { readonly code: ErrorCode; readonly message: string };
}

/** How a migration ended. */
export interface MigrationResult {
  readonly success: boolean;
  readonly timestamp: string;
  readonly runId: string;
  readonly migrationId: string;
  /** `rolledBack` when a trigger came after the source had begun to be cleared. */
  readonly outcome: 'migrated' | Outcome;
  /** `PARTIAL`: some items failed validation; their keys stay in storage. */
  readonly finalStatus: 'SUCCESS' | 'PARTIAL' | 'FAILED';
  readonly escalation: Escalation;
  readonly items: number;
  readonly migrated: number;
  readonly failed: number;
  /** Up to 20 items that failed, by collection and id. */
  readonly failures: readonly { readonly collection: string; readonly id: string; readonly reason: string }[];
  /** What stopped it, if something did. */
  readonly reason?: RollbackReason;
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  readonly error?: { readonly code: ErrorCode; readonly message: string };
}
