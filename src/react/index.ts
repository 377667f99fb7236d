'use client';

export { useBackpedal } from './backpedal-context.ts';
export type { BackpedalProviderProps, RecoveryFallback } from './backpedal-provider.tsx';
export { BackpedalProvider } from './backpedal-provider.tsx';
export type { PacingClock } from './paced-status.ts';
export { shallowEqual } from './shallow-equal.ts';
export type { BackpedalActions, Fault, RecoveryState, RollbackSnapshot } from './types.ts';
export type { AuditTrailView } from './use-audit-trail.ts';
export { useAuditTrail } from './use-audit-trail.ts';
export type { BackupActions, BackupsView } from './use-backups.ts';
export { useBackups } from './use-backups.ts';
export type { MigrationView } from './use-migration.ts';
export { useMigration } from './use-migration.ts';
export { useRollback } from './use-rollback.ts';
export type { Equality } from './use-selected.ts';
