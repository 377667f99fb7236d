export type { Chart, FailedEvent, Fault, StateMeta } from './chart.ts';
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
  DriftFigures,
  RollbackCommand,
  RollbackContext,
  RollbackEvent,
  RollbackInput,
} from './rollback/types.ts';
export { ROLLBACK_VERSION } from './rollback/types.ts';
export { toMermaid } from './to-mermaid.ts';
