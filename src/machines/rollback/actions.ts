import { MAX_WARNINGS } from '../chart.ts';
import { type CommonAction, type Update as UpdateOf, updatesFor } from '../updates.ts';
import type { RollbackContext, RollbackEvent } from './types.ts';

type Update = UpdateOf<RollbackContext, RollbackEvent>;

const { update, on, common } = updatesFor<RollbackContext, RollbackEvent>({
  CANCEL: 'USER_CANCELLED',
  BUSY: 'RUN_IN_PROGRESS',
  LOADED: 'NO_ROOM',
  OWNERSHIP_LOST: 'DATABASE_FENCED',
  MISMATCHED: 'VERIFICATION_FAILED',
  DISPLACED: 'STORAGE_BUSY',
  RESUMED: 'STORAGE_EMPTIED',
  OUTCOME_UNKNOWN: 'DATABASE_OUTCOME_UNKNOWN',
});

/** What is to be told of a copy that is not the backup of the migration. */
const COPIES = { same: null, older: 'BACKUP_OLDER', reconstructed: 'BACKUP_RECONSTRUCTED' } as const;

/** The names of the rollback chart's actions. */
export type RollbackAction =
  | CommonAction
  | 'noteDrift'
  | 'noteNewDrift'
  | 'askPerson'
  | 'noteDecision'
  | 'noteBackup'
  | 'noteRecoveredBackup'
  | 'noteCleared'
  | 'noteNotCleared'
  | 'doubtClear'
  | 'noteTargets'
  | 'noteWritten'
  | 'noteVerified'
  | 'noteCleaned'
  | 'noteUndone'
  | 'countReclaim'
  | 'escalate'
  | 'endRolledBack'
  | 'endUnchanged'
  | 'endInSafeMode';

/** The actions of the rollback chart, by name. */
export const rollbackActions: Readonly<Record<RollbackAction, Update>> = {
  ...common,
  noteDrift: on('INSPECTED', (context, event) => {
    context.drift = event.drift;
    context.rows = event.rows;
    context.attempts = 0;
  }),
  noteNewDrift: on('STOOD_DOWN', (context, event) => {
    context.drift = event.drift;
    context.token = 0;
    context.attempts = 0;
  }),
  askPerson: update((context) => {
    context.escalation = 2;
    context.choice = null;
  }),
  noteDecision: on('DECIDE', (context, event) => {
    context.choice = event.choice;
    context.approved = { rows: event.rows, storage: event.storage };
  }),
  noteBackup: on('LOADED', (context, event) => {
    context.keys = event.keys;
    context.bytes = event.bytes;
    context.done = ['Load Backup'];
    context.attempts = 0;
  }),
  noteRecoveredBackup: on('BACKUP_RECOVERED', (context, event) => {
    context.backup = event.backup;
    context.escalation = event.escalation > context.escalation ? event.escalation : context.escalation;
    context.attempts = 0;
    const code = COPIES[event.copy ?? 'same'];
    if (code !== null && context.warnings.length < MAX_WARNINGS) {
      context.warnings.push({ code, command: 'recoverBackup' });
    }
  }),
  noteCleared: on('CLEARED', (context, event) => {
    context.effect = 'cleared';
    context.token = event.token;
    context.rows = event.rows;
    context.drift = event.drift;
    context.done = ['Load Backup', 'Clear Database'];
    if (!context.debts.includes('cache')) context.debts.push('cache');
    context.attempts = 0;
  }),
  noteNotCleared: update((context) => {
    context.effect = 'none';
  }),
  doubtClear: update((context) => {
    context.effect = 'unknown';
  }),
  noteTargets: on('PREPARED', (context, event) => {
    context.targets = { digest: event.targets, marker: event.marker };
    context.displaced = event.displaced;
    context.notCarriedOver = event.notCarriedOver;
    context.effect = 'restoring';
    context.preparations += 1;
    context.done = ['Load Backup', 'Clear Database'];
    context.attempts = 0;
  }),
  noteWritten: on('RESTORED', (context, event) => {
    context.written = event.written;
    context.done.push('Restore LocalStorage');
    context.attempts = 0;
  }),
  noteVerified: on('VERIFIED', (context, event) => {
    context.done.push('Verify Data');
    context.attempts = 0;
    for (const code of event.warnings) {
      if (context.warnings.length < MAX_WARNINGS) context.warnings.push({ code, command: 'verifyData' });
    }
  }),
  noteCleaned: update((context) => {
    context.done.push('Clean State');
    context.attempts = 0;
  }),
  noteUndone: update((context) => {
    context.effect = 'none';
    context.done = context.done.filter((step) => step === 'Load Backup');
    context.debts = context.debts.filter((debt) => debt !== 'cache');
  }),
  countReclaim: update((context) => {
    context.reclaims += 1;
    context.errors += 1;
    context.attempts = 0;
  }),
  escalate: update((context) => {
    context.escalation = 3;
  }),
  endRolledBack: update((context) => {
    context.outcome = 'rolledBack';
    context.attempts = 0;
  }),
  endUnchanged: update((context) => {
    context.outcome = 'unchanged';
    context.attempts = 0;
  }),
  endInSafeMode: update((context) => {
    context.outcome = 'safeMode';
    context.escalation = 3;
    context.attempts = 0;
  }),
};
