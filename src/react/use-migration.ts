import type { MigrationResult, MigrationState } from '../index.ts';
import { useClientStore } from './backpedal-context.ts';
import { shallowEqual } from './shallow-equal.ts';
import type { BackpedalActions, Fault, RollbackSnapshot } from './types.ts';
import { useSelected } from './use-selected.ts';

/** Where the user's data is, and the migration under way. */
export interface MigrationView {
  readonly migrationState: MigrationState;
  /** Whether `actions.migrate` could begin. Before a recovery nobody knows, so it says what is most likely. */
  readonly canMigrate: boolean;
  /** Whether a migration is under way. */
  readonly isMigrating: boolean;
  /** Of the migration under way, 0 to 100; `null` when there is none. */
  readonly progress: number | null;
  readonly currentStep: string | null;
  readonly canCancel: boolean;
  /** Whether any run is under way, or an action has not been answered. */
  readonly isPending: boolean;
  readonly isError: boolean;
  readonly error: Fault | undefined;
  /** How the last migration ended, until the next run begins. */
  readonly result: MigrationResult | undefined;
  readonly actions: BackpedalActions;
}

function migrationView(snapshot: RollbackSnapshot): MigrationView {
  const { migrationState, isPending, isError, error, migrationResult, actions } = snapshot;
  const isMigrating = migrationState === 'MIGRATING';
  return {
    migrationState,
    canMigrate: !isPending && (migrationState === 'NOT_STARTED' || migrationState === 'ROLLED_BACK'),
    isMigrating,
    progress: isMigrating ? snapshot.progress : null,
    currentStep: isMigrating ? snapshot.currentStep : null,
    canCancel: isMigrating && snapshot.canCancel,
    isPending,
    isError,
    error,
    result: migrationResult,
    actions,
  };
}

/**
 * The migration that a rollback takes back. Renders again only when something in its view changes.
 * @throws BackpedalError `PROVIDER_MISSING` outside of a provider
 */
export const useMigration = (): MigrationView => useSelected(useClientStore(), migrationView, shallowEqual);
