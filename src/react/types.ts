import type {
  BackpedalError,
  Decision,
  DriftPolicy,
  MigrationResult,
  RecoveryResult,
  RollbackPlan,
  RollbackReadiness,
  RollbackRequest,
  RollbackResult,
  RollbackStatus,
} from '../index.ts';

/** Why something failed, for people: a stable code and a sentence that says what to do next. Never users' values. */
export type Fault = Pick<BackpedalError, 'code' | 'message'>;

/**
 * What a component can ask for. One object per client that never changes, so that it needs no place among the
 * dependencies of an effect.
 *
 * None of them ever rejects, so that they can be called from event handlers: what the client refuses is told by
 * `error`, and the call resolves with `undefined` or `false`. Whoever wants to catch uses the client (`useBackpedal`).
 */
export interface BackpedalActions {
  /** Looks whether a rollback can begin, and what it would do. Changes nothing. */
  readonly check: (options?: {
    readonly backupId?: string;
    readonly onDrift?: DriftPolicy;
  }) => Promise<RollbackPlan | undefined>;
  /** Rolls back. Default reason: `USER_REQUEST`. */
  readonly rollback: (request?: RollbackRequest) => Promise<RollbackResult | undefined>;
  readonly migrate: (options?: { readonly signal?: AbortSignal }) => Promise<MigrationResult | undefined>;
  /** Finishes what an earlier start left behind. */
  readonly recover: () => Promise<RecoveryResult | undefined>;
  /** Answers the open `question`. */
  readonly decide: (decision: Decision) => Promise<boolean>;
  readonly cancel: () => Promise<boolean>;
  /** Leaves safe mode. */
  readonly unlock: (options: { readonly reason: string }) => Promise<boolean>;
  /** Forgets `error`, `result`, `migrationResult` and what `check` has found; nothing else. */
  readonly dismiss: () => void;
}

/** How far the recovery at the start is: `unknown` while nobody has started one, or said so to a provider. */
export type RecoveryState = 'unknown' | 'running' | 'done' | 'failed';

/**
 * Everything that is known of a client's migration and rollback, at one moment. A new object when something changed,
 * the same one otherwise. Within a run `progress` and `estimatedTimeRemaining` are renewed about seven times a second.
 */
export interface RollbackSnapshot extends RollbackStatus {
  /** Whether a rollback could begin; `undefined` until `actions.check` has looked, and after each run. */
  readonly canRollback: boolean | undefined;
  /** What `canRollback` was derived from, with the reason; as short-lived. */
  readonly readiness: RollbackReadiness | undefined;
  /** What a rollback would do; `undefined` until `actions.check` has looked, and where no rollback could begin. */
  readonly plan: RollbackPlan | undefined;
  /** Whether `actions.check` is looking. */
  readonly isChecking: boolean;
  /** Whether a run is under way, also one that waits for a person, or an action has not been answered. */
  readonly isPending: boolean;
  readonly isError: boolean;
  /**
   * What the last action was refused with, or why the last run came to a bad end; a run that a person cancelled is
   * none.
   */
  readonly error: Fault | undefined;
  /** How the last rollback ended, until the next run begins. */
  readonly result: RollbackResult | undefined;
  /** How the last migration ended, until the next run begins. */
  readonly migrationResult: MigrationResult | undefined;
  readonly recovery: RecoveryState;
  /** Why the recovery at the start failed, until it is done. */
  readonly recoveryError: Fault | undefined;
  /** What the last recovery found and did. */
  readonly recoveryResult: RecoveryResult | undefined;
  readonly actions: BackpedalActions;
}
