export type { Chart, FailedEvent, Fault, StateMeta } from './chart.ts';
export { crashRecoveryMachine } from './crash-recovery/machine.ts';
export type {
  CrashRecoveryCommand,
  CrashRecoveryContext,
  CrashRecoveryEvent,
  CrashRecoveryInput,
  Findings,
  LostRuns,
} from './crash-recovery/types.ts';
export { CRASH_RECOVERY_VERSION } from './crash-recovery/types.ts';
export { emergencyRecoveryMachine } from './emergency-recovery/machine.ts';
export type {
  EmergencyChoice,
  EmergencyRecoveryCommand,
  EmergencyRecoveryContext,
  EmergencyRecoveryEvent,
  EmergencyRecoveryInput,
  FoundBackup,
  Reconstruction,
} from './emergency-recovery/types.ts';
export { EMERGENCY_RECOVERY_VERSION } from './emergency-recovery/types.ts';
export { migrationMachine } from './migration/machine.ts';
export type {
  MigrationCommand,
  MigrationContext,
  MigrationEvent,
  MigrationInput,
} from './migration/types.ts';
export { MIGRATION_VERSION } from './migration/types.ts';
export { rollbackMachine } from './rollback/machine.ts';
export type {
  BackupCopy,
  DriftFigures,
  ResumeIntent,
  RollbackCommand,
  RollbackContext,
  RollbackEvent,
  RollbackInput,
} from './rollback/types.ts';
export { ROLLBACK_VERSION } from './rollback/types.ts';
export { toMermaid } from './to-mermaid.ts';
