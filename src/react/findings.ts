import type {
  MigrationResult,
  RecoveryResult,
  RollbackPlan,
  RollbackReadiness,
  RollbackResult,
  RollbackStatus,
} from '../index.ts';
import { hasEnded } from './paced-status.ts';
import type { Fault, RecoveryState } from './types.ts';

/** What `actions.check` has found, and when: it holds until a run begins or ends. */
export interface Look {
  readonly moment: string;
  readonly isChecking: boolean;
  readonly readiness?: RollbackReadiness;
  readonly plan?: RollbackPlan | undefined;
}

/** How a run ended, and which run was shown then: it is of interest until another one is. */
export interface End {
  readonly runId: string | null;
  readonly result?: RollbackResult | undefined;
  readonly migrationResult?: MigrationResult | undefined;
}

/** What is known of a client beyond its status: what actions have found, and which are under way. */
export interface Findings {
  readonly look: Look | undefined;
  readonly end: End | undefined;
  /** Actions that have not been answered. */
  readonly pending: number;
  readonly refusal: Fault | undefined;
  readonly recovery: RecoveryState;
  readonly recoveryError: Fault | undefined;
  readonly recoveryResult: RecoveryResult | undefined;
}

/** What is known before anybody has asked for anything. */
export const NO_FINDINGS: Findings = {
  look: undefined,
  end: undefined,
  pending: 0,
  refusal: undefined,
  recovery: 'unknown',
  recoveryError: undefined,
  recoveryResult: undefined,
};

/** What stays the same until a run begins or ends. */
export const momentOf = (status: RollbackStatus): string => `${status.runId} ${hasEnded(status)}`;
