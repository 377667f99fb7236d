import type { RollbackContext, RollbackInput } from './types.ts';

/** The memory with which a rollback begins. Only `ask` leaves the drift undecided. */
export function initialContext(input: RollbackInput): RollbackContext {
  const undecided = input.onDrift === 'ask';
  return {
    token: 0,
    drift: null,
    choice: input.onDrift === 'ask' ? null : input.onDrift,
    approved: undecided ? { rows: 'none', storage: 'none' } : { rows: 'any', storage: 'any' },
    effect: 'none',
    rows: 0,
    keys: 0,
    bytes: 0,
    displaced: 0,
    notCarriedOver: 0,
    written: 0,
    targets: null,
    attempts: 0,
    preparations: 0,
    reclaims: 0,
    recoveries: 0,
    done: [],
    errors: 0,
    failure: null,
    warnings: [],
    debts: [],
    escalation: 1,
    outcome: null,
    // Last: engines copy a few properties into a finished object much faster than they add many one by one.
    ...input,
  };
}
