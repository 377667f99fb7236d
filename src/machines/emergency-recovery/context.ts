import type { EmergencyRecoveryContext, EmergencyRecoveryInput } from './types.ts';

/** The memory with which an emergency recovery begins. */
export function initialContext(input: EmergencyRecoveryInput): EmergencyRecoveryContext {
  return {
    token: 0,
    tried: 0,
    older: null,
    reconstruction: null,
    recovered: null,
    keys: 0,
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
