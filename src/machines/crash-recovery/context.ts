import type { CrashRecoveryContext, CrashRecoveryInput } from './types.ts';

/** The memory with which a crash recovery begins. */
export function initialContext(input: CrashRecoveryInput): CrashRecoveryContext {
  return {
    token: 0,
    concerns: null,
    lost: null,
    findings: null,
    intent: 'goOn',
    asksFor: null,
    keys: 0,
    written: 0,
    left: 0,
    action: 'nothingToDo',
    attempts: 0,
    recoveries: 0,
    errors: 0,
    failure: null,
    warnings: [],
    debts: [],
    escalation: 1,
    outcome: null,
    ...input,
  };
}
