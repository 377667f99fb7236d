import type { DriftPolicy, Migration } from '../definition/types.ts';
import type { CachePort } from '../ports/cache.ts';
import type { ClockPort } from '../ports/clock.ts';
import type { DatabasePort } from '../ports/database.ts';
import type { IdentityPort } from '../ports/identity.ts';
import type { LockPort } from '../ports/lock.ts';
import type { LoggerPort } from '../ports/logger.ts';
import type { MemoryPort } from '../ports/memory.ts';
import type { NotifyPort } from '../ports/notify.ts';
import type { OperationsPort } from '../ports/operations.ts';
import type { SealPort } from '../ports/seal.ts';
import type { StoragePort } from '../ports/storage.ts';
import type { VaultPort } from '../ports/vault.ts';

import type {
  ArchiveExport,
  ArchiveList,
  AuditEntry,
  BackupSummary,
  BackupVerification,
  DrillResult,
  RecoveryResult,
  Report,
  RollbackMetrics,
  RollbackPlan,
  RollbackReadiness,
  VerificationResult,
} from './record-types.ts';
import type {
  DriftQuestion,
  EmptiedStorageQuestion,
  MigrationResult,
  OlderBackupQuestion,
  ReconstructionQuestion,
  RollbackReason,
  RollbackResult,
  RollbackStatus,
} from './status-types.ts';

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

/** What `rollback` is asked for. */
export interface RollbackRequest {
  readonly reason: RollbackReason;
  readonly detail?: string;
  readonly backupId?: string;
  readonly onDrift?: DriftPolicy;
  readonly signal?: AbortSignal;
}

/** A person's answer at level 2: one of the choices of the open question (`getSnapshot().question`). */
export type Decision =
  | {
      readonly question: 'drift';
      readonly choice: DriftQuestion['choices'][number];
      /** What the person saw. Left out, the answer also covers what is still added until Clear Database. */
      readonly driftDigest?: string;
    }
  | { readonly question: 'olderBackup'; readonly choice: OlderBackupQuestion['choices'][number] }
  | { readonly question: 'reconstruction'; readonly choice: ReconstructionQuestion['choices'][number] }
  | { readonly question: 'emptiedStorage'; readonly choice: EmptiedStorageQuestion['choices'][number] };

/** What is unlocked, and why; the reason goes into the audit trail. */
export interface UnlockOptions {
  readonly reason: string;
  /**
   * Not safe mode, but the lease that a run holds in the database which nobody can go on with any more: its browser has
   * lost storage and vault together. Until then migrations into the scope end with `RUN_IN_PROGRESS`.
   */
  readonly lease?: 'abandoned';
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
  /** Leaves safe mode; with `lease: 'abandoned'`, frees the database from a run that nobody can go on with. */
  unlock(options: UnlockOptions): Promise<void>;
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
