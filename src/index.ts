export type { DiscoveredCollection, Discovery } from './content/discover.ts';
export { discoverCollections } from './content/discover.ts';
export { defineMigration } from './definition/define-migration.ts';
export type {
  Collection,
  CollectionDefinition,
  DriftPolicy,
  Item,
  Migration,
  MigrationDefinition,
  RetentionDefinition,
  TriggersDefinition,
} from './definition/types.ts';
export type { BackpedalErrorOptions, ErrorCode, ErrorDetails } from './errors.ts';
export {
  BackpedalError,
  BackupError,
  CacheError,
  DatabaseError,
  DefinitionError,
  InputError,
  JournalError,
  MigrationError,
  RollbackError,
  StorageError,
  VaultError,
} from './errors.ts';
export type { CachePort } from './ports/cache.ts';
export type { ClockPort } from './ports/clock.ts';
export type {
  ArchivedRow,
  ArchivePage,
  ArchiveQuery,
  ArchiveSummary,
  ClearOutcome,
  ClearRequest,
  CollectionDigest,
  CollectionSurvey,
  CollectionTable,
  CompareOutcome,
  CopyBatch,
  CopyOutcome,
  DatabaseLedger,
  DatabasePort,
  DatabaseSurvey,
  DependentSurvey,
  DriftEntry,
  DriftKind,
  Fence,
  LeaseOutcome,
  LeaseRequest,
  Row,
  RowDigest,
  RowDrift,
  RowKey,
  ScopeKind,
  StepOutcome,
} from './ports/database.ts';
export type { IdentityPort } from './ports/identity.ts';
export type { HeldLock, LockPort } from './ports/lock.ts';
export type { LoggerPort } from './ports/logger.ts';
export type { MemoryPort } from './ports/memory.ts';
export type { Audience, Notification, NotifyPort } from './ports/notify.ts';
export type { OperationsPort } from './ports/operations.ts';
export type { SealPort } from './ports/seal.ts';
export type { BurstOutcome, StoragePort, StorageRoom, StorageWrite } from './ports/storage.ts';
export type { VaultPort } from './ports/vault.ts';
export { createBackpedal } from './runtime/client.ts';
export type { Backpedal, BackpedalOptions, Decision, RollbackRequest, UnlockOptions } from './runtime/public-types.ts';
export type {
  ArchiveExport,
  ArchiveList,
  AuditEntry,
  BackupSummary,
  BackupVerification,
  DrillResult,
  PlannedKey,
  Receipt,
  RecoveryResult,
  Report,
  RollbackMetrics,
  RollbackPlan,
  RollbackReadiness,
  VerificationResult,
} from './runtime/record-types.ts';
export type {
  DriftSummary,
  Escalation,
  MigrationResult,
  MigrationState,
  Outcome,
  Question,
  RollbackReason,
  RollbackResult,
  RollbackStatus,
  Stage,
  StepName,
  StepResult,
} from './runtime/status-types.ts';
export type {
  BackupComparison,
  CollectionComparison,
  Whereabouts,
} from './runtime/support/compare-backup.ts';
export { compareBackup } from './runtime/support/compare-backup.ts';
export type { BackupInspection, InspectedEntry, InspectionOptions } from './runtime/support/inspect-backup.ts';
export { inspectBackup } from './runtime/support/inspect-backup.ts';
export type { ReconstructedBackup, ReconstructionRequest } from './runtime/support/reconstruct-backup.ts';
export { reconstructBackup } from './runtime/support/reconstruct-backup.ts';
export type { KeepCopy, RestoredBackup } from './runtime/support/restore-backup.ts';
export { restoreBackup } from './runtime/support/restore-backup.ts';
