import type { DriftPolicy, Migration } from '../definition/types.ts';
import type { ErrorCode } from '../errors.ts';
import type { CachePort } from '../ports/cache.ts';
import type { ClockPort } from '../ports/clock.ts';
import type {
  ArchivedRow,
  ArchiveSummary,
  CollectionSurvey,
  DatabasePort,
  DependentSurvey,
  DriftEntry,
  RowDrift,
} from '../ports/database.ts';
import type { IdentityPort } from '../ports/identity.ts';
import type { LockPort } from '../ports/lock.ts';
import type { LoggerPort } from '../ports/logger.ts';
import type { MemoryPort } from '../ports/memory.ts';
import type { NotifyPort } from '../ports/notify.ts';
import type { OperationsPort } from '../ports/operations.ts';
import type { SealPort } from '../ports/seal.ts';
import type { StoragePort } from '../ports/storage.ts';
import type { VaultPort } from '../ports/vault.ts';

/** What `createBackpedal` is given: the migration and the world it lives in. */
export interface BackpedalOptions {
  readonly migration: Migration;
  readonly storage: StoragePort;
  readonly database: DatabasePort;
  readonly vault: VaultPort;
  readonly cache?: CachePort;
  readonly lock?: LockPort;
  readonly operations?: OperationsPort;
  readonly seal?: SealPort;
  readonly notify?: NotifyPort;
  readonly memory?: MemoryPort;
  readonly clock?: ClockPort;
  readonly identity?: IdentityPort;
  readonly logger?: LoggerPort;
}

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

/** A question to a person; the run waits and holds nothing. */
export interface Question {
  readonly question: 'drift';
  readonly choices: readonly ('merge' | 'discard')[];
  /** Identifies what the person was shown; a decision may quote it. */
  readonly driftDigest: string;
  readonly drift: DriftSummary;
}

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
  /** Seconds, or `null` when unknown. */
  readonly estimatedTimeRemaining: number | null;
  /** Codes and plain messages, without values. */
  readonly errors: readonly string[];
  readonly migrationState: MigrationState;
  /** Which chart is running, or ran last. */
  readonly activity: 'idle' | 'migration' | 'rollback';
  readonly runId: string | null;
  /** The chart's state as a dotted path (`executing.clearingDatabase`), or `null` when idle. */
  readonly state: string | null;
  readonly canCancel: boolean;
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

/** Whether a rollback can begin now. */
export interface RollbackReadiness {
  readonly canRollback: boolean;
  readonly reason?: string;
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
  /** `nothingToDo`: no open run and no debts. */
  readonly action: 'nothingToDo' | 'resumed' | 'debtsPaid' | 'waiting' | 'safeMode';
  readonly migrationState: MigrationState;
  readonly runId: string | null;
  readonly rollback?: RollbackResult;
  readonly migration?: MigrationResult;
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
  readonly source: 'migration' | 'import';
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
  readonly type: 'MIGRATION' | 'MIGRATION_ROLLBACK' | 'SAFE_MODE_UNLOCKED' | 'BACKUP_IMPORTED' | 'BACKUP_REMOVED';
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
  readonly keys: readonly {
    readonly key: string;
    readonly kind: 'collection' | 'formData';
    /** SHA-256 of the value before the run (`null`: no such key) and after it. */
    readonly before: string | null;
    readonly after: string | null;
    /** SHA-256 in the backup. */
    readonly backup: string;
    readonly verdict: 'exact' | 'merged' | 'newerKept' | 'notRestored';
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

/** What `rollback` is asked for. */
export interface RollbackRequest {
  readonly reason: RollbackReason;
  readonly detail?: string;
  readonly backupId?: string;
  readonly onDrift?: DriftPolicy;
  readonly signal?: AbortSignal;
}

/** A person's answer at level 2. */
export interface Decision {
  readonly question: 'drift';
  readonly choice: 'merge' | 'discard';
  /** What the person saw. Left out, the answer also covers what is still added until Clear Database. */
  readonly driftDigest?: string;
}

/** The client: one per migration. No I/O until the first call. */
export interface Backpedal {
  recover(): Promise<RecoveryResult>;
  migrate(options?: { readonly signal?: AbortSignal }): Promise<MigrationResult>;
  canRollback(): Promise<RollbackReadiness>;
  plan(options?: { readonly backupId?: string; readonly onDrift?: DriftPolicy }): Promise<RollbackPlan>;
  rollback(request: RollbackRequest): Promise<RollbackResult>;
  cancel(): Promise<void>;
  decide(decision: Decision): Promise<void>;
  unlock(options: { readonly reason: string }): Promise<void>;
  getSnapshot(): RollbackStatus;
  subscribe(listener: () => void): () => void;
  monitorRollback(migrationId: string, onUpdate: (status: RollbackStatus) => void): () => void;
  metrics(): Promise<RollbackMetrics | null>;
  verifyStorage(): Promise<VerificationResult>;
  verifyDatabase(): Promise<VerificationResult>;
  verifyMigration(): Promise<VerificationResult>;
  drill(options?: { readonly backupId?: string }): Promise<DrillResult>;
  readonly archive: {
    list(): Promise<ArchiveList>;
    export(runId: string): Promise<ArchiveExport>;
  };
  readonly backups: {
    list(): Promise<readonly BackupSummary[]>;
    verify(id: string): Promise<BackupVerification>;
    export(id: string): Promise<string>;
    import(text: string): Promise<BackupSummary>;
    remove(id: string): Promise<void>;
  };
  readonly audit: {
    list(filter?: { readonly migrationId?: string }): Promise<readonly AuditEntry[]>;
  };
  report(runId: string): Promise<Report>;
  close(): Promise<void>;
}
