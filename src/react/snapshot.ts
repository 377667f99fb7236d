import type { RollbackStatus } from '../index.ts';
import { type End, type Findings, type Look, momentOf } from './findings.ts';
import { hasEnded } from './paced-status.ts';
import type { BackpedalActions, Fault, RollbackSnapshot } from './types.ts';

/** Why a run came to a bad end; that a person wanted it so is no fault. */
function faultOf({ result, migrationResult }: Partial<End>): Fault | undefined {
  const { finalStatus, error } = result ?? migrationResult ?? {};
  const code: string | undefined = error?.code;
  return finalStatus === 'FAILED' && code !== 'USER_CANCELLED' ? error : undefined;
}

/** All that is known and holds now, in one object. */
export function snapshotOf(status: RollbackStatus, findings: Findings, actions: BackpedalActions): RollbackSnapshot {
  const { look, end, pending, refusal, ...recovery } = findings;
  const { readiness, plan, isChecking = false }: Partial<Look> = look?.moment === momentOf(status) ? look : {};
  const { result, migrationResult }: Partial<End> = end?.runId === status.runId ? end : {};
  const error = refusal ?? faultOf({ result, migrationResult });
  return Object.freeze({
    ...status,
    ...recovery,
    canRollback: readiness?.canRollback,
    readiness,
    plan,
    isChecking,
    result,
    migrationResult,
    isPending: pending > 0 || (status.activity !== 'idle' && !hasEnded(status)),
    isError: error !== undefined,
    error,
    actions,
  });
}
