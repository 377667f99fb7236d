import type { RollbackStatus } from '../index.ts';
import type { Findings } from './findings.ts';
import { hasEnded } from './paced-status.ts';
import type { BackpedalActions, Fault, RollbackSnapshot } from './types.ts';

/** Why the last run came to a bad end; that a person wanted it so is no fault. */
function faultOfRun({ result, migrationResult }: Findings): Fault | undefined {
  const { finalStatus, error } = result ?? migrationResult ?? {};
  const code: string | undefined = error?.code;
  return finalStatus === 'FAILED' && code !== 'USER_CANCELLED' ? error : undefined;
}

/** All that is known, in one object. */
export function snapshotOf(status: RollbackStatus, findings: Findings, actions: BackpedalActions): RollbackSnapshot {
  const { pending, refusal, ...shown } = findings;
  const error = refusal ?? faultOfRun(findings);
  return Object.freeze({
    ...status,
    ...shown,
    canRollback: shown.readiness?.canRollback,
    isPending: pending > 0 || (status.activity !== 'idle' && !hasEnded(status)),
    isError: error !== undefined,
    error,
    actions,
  });
}
