import type { DriftPolicy } from '../definition/types.ts';
import type { ErrorCode } from '../errors.ts';
import type { CrashRecoveryContext } from '../machines/crash-recovery/types.ts';
import type {
  ArchivedRow,
  ArchiveSummary,
  CollectionSurvey,
  DependentSurvey,
  DriftEntry,
  RowDrift,
} from '../ports/database.ts';
import type {
  DriftSummary,
  Escalation,
  MigrationResult,
  MigrationState,
  RollbackResult,
  StepResult,
} from './status-types.ts';

/** Whether a rollback can begin now. */
export interface RollbackReadiness {
  readonly canRollback: boolean;
  readonly reason?: string;
  /**
   * The reason as a code. With one of a backup, other than a foreign one, `rollback` can be called all the same: it
   * looks for another copy, and asks before it uses anything older or uncertain.
   */
  readonly code?: ErrorCode;
  readonly backupAvailable: boolean;
  /** Seconds. */
  readonly estimatedTime: number;
}

/** One key of storage as a rollback would leave it. */
export interface PlannedKey {
  readonly key: string;
  readonly kind: 'collection' | 'formData';
  /**
   * `restore`: it is gone or holds what the migration left, and gets its old value. `keep`: it already holds it, or
   * something newer that is left alone. `displace`: it holds something newer, which is kept in the vault first.
   */
  readonly action: 'restore' | 'keep' | 'displace';
  /** UTF-16 code units of the value that will be there. */
  readonly size: number;
}

/** What a rollback would do, to be read before it is done. Nothing was changed to find it out. */
export interface RollbackPlan {
  readonly migrationId: string;
  readonly backupId: string;
  readonly backupCreatedAt: string;
  readonly onDrift: DriftPolicy;
  readonly collections: readonly CollectionSurvey[];
  readonly dependents: readonly DependentSurvey[];
  readonly keys: readonly PlannedKey[];
  readonly rowsToRemove: number;
  readonly keysToRestore: number;
  readonly drift: DriftSummary;
  /** Up to 1,000 drifted rows. */
  readonly driftEntries: readonly DriftEntry[];
  /** UTF-16 code units that storage must have room for, and has (`null` where it cannot tell). */
  readonly room: { readonly needed: number; readonly available: number | null };
  readonly estimatedTime: number;
  /** Whether it could begin as things are; `obstacles` say why not. */
  readonly possible: boolean;
  readonly obstacles: readonly string[];
  readonly warnings: readonly string[];
}

/** The user's verification result. */
export interface VerificationResult {
  readonly success: boolean;
  readonly errors: readonly string[];
  /** ISO 8601. */
  readonly verified: string;
  readonly checked: number;
}

/** The numbers of the latest rollback of this client, or of the latest in the journal. */
export interface RollbackMetrics {
  /** Milliseconds of active time. */
  readonly totalTime: number;
  /** Items by collection, and keys of form data. */
  readonly dataRestored: Readonly<Record<string, number>>;
  readonly errorsEncountered: number;
  readonly recoveryAttempts: number;
  readonly finalStatus: 'SUCCESS' | 'PARTIAL' | 'FAILED';
}

/** What `recover` found and did. */
export interface RecoveryResult {
  /**
   * - `nothingToDo`: no open run and no debts. `debtsPaid`: what earlier runs still owed was done.
   * - `resumed`: an interrupted run has come to its end. `waiting`: a question is open, or another process is at work.
   * - `safeMode`: migration and rollback are locked until somebody unlocks them.
   * - `restoredAgain`: the browser had lost a burst, which was written once more. `keptEmpty`: a person has decided
   *   that an emptied storage stays empty.
   * - The journal was lost. `adopted`: a migration that had ended is known again. `discarded`: one that had not was
   *   undone. `completed`: a rollback was verified and closed. `retried`: one was begun anew.
   */
  readonly action: CrashRecoveryContext['action'];
  readonly migrationState: MigrationState;
  readonly runId: string | null;
  readonly rollback?: RollbackResult;
  readonly migration?: MigrationResult;
  /** Set where the recovery itself had to act: 2 when a person was asked, 3 when one has to repair. */
  readonly escalation?: Escalation;
  /** What could not be looked at, or done; the next start looks again. */
  readonly warnings?: readonly { readonly code: string; readonly message: string }[];
}

/** A rehearsal on copies in memory. */
export interface DrillResult {
  readonly success: boolean;
  readonly result: RollbackResult;
  readonly keysRestored: number;
  readonly rowsRemoved: number;
  readonly problems: readonly string[];
}

/** A generation of the backup. */
export interface BackupSummary {
  readonly id: string;
  readonly migrationId: string;
  readonly createdAt: string;
  readonly origin: string;
  readonly user: string | null;
  readonly entries: number;
  /** UTF-16 code units of all values. */
  readonly size: number;
  readonly sha256: string;
  /** Set where it was put together from what was left: items that are proved to be as they were, others, keys lost. */
  readonly reconstruction?: { readonly exact: number; readonly lossy: number; readonly missing: number };
}

/** Whether a backup can be trusted: every hash recomputed. */
export interface BackupVerification {
  readonly id: string;
  readonly valid: boolean;
  readonly error?: { readonly code: ErrorCode; readonly message: string };
  readonly entries: number;
}

/** One line of the audit trail; append-only, each chained to the one before by its hash. */
export interface AuditEntry {
  readonly type:
    | 'MIGRATION'
    | 'MIGRATION_ROLLBACK'
    | 'CRASH_RECOVERY'
    | 'SAFE_MODE_UNLOCKED'
    | 'LEASE_FREED'
    | 'BACKUP_IMPORTED'
    | 'BACKUP_REMOVED'
    | 'BACKUP_RESTORED';
  readonly migrationId: string;
  readonly runId: string | null;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly result: 'SUCCESS' | 'PARTIAL' | 'FAILED';
  readonly steps: readonly StepResult[];
  readonly performedBy: string | null;
  readonly reason: string;
  readonly detail?: string;
  readonly outcome?: string;
  readonly escalation?: Escalation;
  readonly receipt?: Receipt;
  readonly previous: string;
  readonly hash: string;
}

/** The proof of what a run did, key by key and collection by collection. */
export interface Receipt {
  readonly runId: string;
  readonly migrationId: string;
  readonly outcome: string;
  readonly reason: string;
  readonly timestamp: string;
  readonly backupId: string | null;
  /** Set where the backup is not the one that the migration had made. */
  readonly copy?: 'older' | 'reconstructed';
  /**
   * What a reconstructed backup consists of: items that are proved to be as they were, others, and keys lost. Up to
   * 1,000 items are named, those that are not proved first.
   */
  readonly reconstruction?: {
    readonly exact: number;
    readonly lossy: number;
    readonly missing: number;
    readonly items: readonly {
      readonly collection: string;
      readonly id: string;
      readonly storageKey: string;
      readonly fidelity: 'exact' | 'lossy';
    }[];
  };
  readonly keys: readonly {
    readonly key: string;
    readonly kind: 'collection' | 'formData';
    /** SHA-256 of the value before the run (`null`: no such key) and after it. */
    readonly before: string | null;
    readonly after: string | null;
    /** SHA-256 in the backup; `null` for a key that the merge has added. */
    readonly backup: string | null;
    /**
     * `removed`: the merge took it away, with the item that had been in it. `older`, `reconstructed`: it holds what an
     * older backup held, or what was put together, and nothing proves that this is what the migration had found.
     */
    readonly verdict: 'exact' | 'merged' | 'removed' | 'newerKept' | 'notRestored' | 'older' | 'reconstructed';
  }[];
  readonly collections: readonly CollectionSurvey[];
  readonly drift: RowDrift | null;
  /** Keys whose newer values lie in the vault, and rows that could not be carried over and stay in the archive. */
  readonly displaced: readonly string[];
  readonly notCarriedOver: readonly { readonly collection: string; readonly key: string; readonly reason: string }[];
}

/** A receipt as data and for people. */
export interface Report {
  readonly receipt: Receipt;
  readonly markdown: string;
}

/** What an archive holds besides rows: values of storage that were displaced. */
export interface ArchiveList {
  readonly rows: readonly ArchiveSummary[];
  readonly displaced: readonly { readonly run: string; readonly key: string; readonly size: number }[];
}

/** An archive as data. */
export interface ArchiveExport {
  readonly run: string;
  readonly rows: readonly ArchivedRow[];
  readonly displaced: readonly { readonly key: string; readonly value: string | null }[];
}
