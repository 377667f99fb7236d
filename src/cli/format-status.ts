import type { RollbackStatus } from '../index.ts';
import { questionPhrase } from './answers.ts';
import { printableText } from './printable.ts';
import type { Style } from './style.ts';

const states: Readonly<Record<RollbackStatus['migrationState'], string>> = {
  NOT_STARTED: 'the data is in storage; nothing has been migrated',
  MIGRATING: 'a migration has begun and is not finished',
  MIGRATED: 'the data is in the database',
  ROLLING_BACK: 'a rollback has begun and is not finished',
  ROLLED_BACK: 'the data is back in storage',
  SAFE_MODE: 'migration and rollback are locked; a person has to look at it (unlock)',
};

const escalations: Readonly<Record<RollbackStatus['escalation'], string>> = {
  1: 'automatic',
  2: 'a person decides',
  3: 'a person repairs',
};

/** Whether a run has begun and not ended. */
export function isOpen(status: Pick<RollbackStatus, 'activity' | 'outcome'>): boolean {
  return status.activity !== 'idle' && status.outcome === null;
}

/** Whether somebody has to do something before it goes on. */
export function needsPerson(status: Pick<RollbackStatus, 'question' | 'migrationState'>): boolean {
  return status.question !== null || status.migrationState === 'SAFE_MODE';
}

function runLines(status: RollbackStatus): string[] {
  if (status.runId === null) return ['Run: none'];
  const kind = status.activity === 'idle' ? 'run' : status.activity;
  if (!isOpen(status))
    return [`Latest run: ${kind} ${status.runId}, ended${status.outcome === null ? '' : ` ${status.outcome}`}`];
  return [
    `Open run: ${kind} ${status.runId}`,
    `  at ${status.state ?? 'an unknown state'}: ${printableText(status.currentStep)} (${Math.floor(status.progress)} %)`,
    `  ${status.canCancel ? 'can be cancelled' : 'can no longer be cancelled'}`,
  ];
}

/**
 * Where things stand, for people.
 * @param next the commands to be called next, as they would be typed
 */
export function formatStatus(status: RollbackStatus, next: readonly string[], style: Style): string {
  const word = needsPerson(status) ? style.caution(status.migrationState) : style.heading(status.migrationState);
  return [
    `${word}: ${states[status.migrationState]}`,
    ...runLines(status),
    `Escalation: level ${status.escalation}, ${escalations[status.escalation]}`,
    ...(status.question ? [style.caution(`Question: ${questionPhrase(status.question)}?`)] : []),
    ...status.errors.map((error) => style.bad(printableText(error))),
    ...(next.length > 0 ? ['Next:', ...next.map((command) => `  ${command}`)] : []),
  ].join('\n');
}
