import type { MigrationResult, RecoveryResult, RollbackPlan, RollbackReadiness, RollbackResult } from '../index.ts';
import type { Fault, RecoveryState } from './types.ts';

/** What is known of a client beyond its status: what actions have found, and which are under way. */
export interface Findings {
  readonly readiness: RollbackReadiness | undefined;
  readonly plan: RollbackPlan | undefined;
  readonly isChecking: boolean;
  /** Actions that have not been answered. */
  readonly pending: number;
  readonly refusal: Fault | undefined;
  readonly result: RollbackResult | undefined;
  readonly migrationResult: MigrationResult | undefined;
  readonly recovery: RecoveryState;
  readonly recoveryError: Fault | undefined;
  readonly recoveryResult: RecoveryResult | undefined;
}

/** What is known before anybody has asked for anything. */
export const NO_FINDINGS: Findings = {
  readiness: undefined,
  plan: undefined,
  isChecking: false,
  pending: 0,
  refusal: undefined,
  result: undefined,
  migrationResult: undefined,
  recovery: 'unknown',
  recoveryError: undefined,
  recoveryResult: undefined,
};

/** What a new run makes untrue. */
export const NOTHING_CHECKED: Partial<Findings> = { readiness: undefined, plan: undefined, isChecking: false };

/** What is no longer of interest when a new run begins. */
export const NO_RESULTS: Partial<Findings> = { ...NOTHING_CHECKED, result: undefined, migrationResult: undefined };
