import type { MigrationContext, MigrationInput } from './types.ts';

/** The memory with which a migration begins. */
export function initialContext(input: MigrationInput): MigrationContext {
  return {
    token: 0,
    backup: null,
    items: 0,
    keys: 0,
    bytes: 0,
    next: 0,
    copied: 0,
    failed: 0,
    digest: null,
    removed: 0,
    restored: 0,
    attempts: 0,
    recoveries: 0,
    errors: 0,
    reason: null,
    failure: null,
    warnings: [],
    debts: [],
    escalation: 1,
    outcome: null,
    // Last: engines copy a few properties into a finished object much faster than they add many one by one.
    ...input,
  };
}
