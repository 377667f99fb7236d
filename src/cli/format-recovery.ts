import type { RecoveryResult } from '../index.ts';
import { formatMigration, formatRollback } from './format-run.ts';
import type { Style } from './style.ts';

const TEXTS: Readonly<Record<RecoveryResult['action'], string>> = {
  nothingToDo: 'There is nothing to finish.',
  debtsPaid: 'What earlier runs had left to do is done.',
  waiting: 'The run goes on in another process, or waits for a decision. See backpedal status.',
  safeMode: 'The system is in safe mode. Download the copies, repair, then call backpedal unlock.',
  resumed: 'The interrupted run has been finished.',
  restoredAgain: 'What the browser had lost has been put back again.',
  keptEmpty: 'Storage stays empty, as was decided. Backups and archives are kept.',
  adopted: 'The journal was lost; the migration that database and storage know of has been taken note of.',
  completed:
    'The journal was lost after everything had been put back: that has been verified, and the rollback is done.',
  retried: 'The journal was lost in the middle of a rollback, which has been carried out anew.',
  discarded: 'The journal was lost before the source was cleared: the unfinished copy has been removed.',
};

/** What a recovery found and did, for people. */
export function formatRecovery({ action, rollback, migration }: RecoveryResult, style: Style): string {
  if (rollback !== undefined) return formatRollback(rollback, style);
  return migration === undefined ? TEXTS[action] : formatMigration(migration, style);
}
