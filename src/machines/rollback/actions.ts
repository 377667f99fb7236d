import { type Draft, produce } from 'immer';
import { assign } from 'xstate';
import { type Fault, MAX_WARNINGS } from '../chart.ts';
import type { RollbackContext, RollbackEvent } from './types.ts';

type Context = Draft<RollbackContext>;
type EventOf<T extends RollbackEvent['type']> = Extract<RollbackEvent, { type: T }>;
type Update = ReturnType<typeof assign<RollbackContext, RollbackEvent, undefined, RollbackEvent, never>>;

/** An action that changes the context, for any event. */
const update = (recipe: (context: Context) => void): Update => assign(({ context }) => produce(context, recipe));

/** An action that changes the context with what an event of this type says. */
const on = <T extends RollbackEvent['type']>(type: T, recipe: (context: Context, event: EventOf<T>) => void): Update =>
  assign(({ context, event }) =>
    event.type === type ? produce(context, (draft) => recipe(draft, event as EventOf<T>)) : context,
  );

/** What an event that is not wanted says went wrong. */
const FAULT_CODES: Readonly<Partial<Record<RollbackEvent['type'], string>>> = {
  CANCEL: 'USER_CANCELLED',
  BUSY: 'RUN_IN_PROGRESS',
  LOADED: 'NO_ROOM',
  OWNERSHIP_LOST: 'DATABASE_FENCED',
  MISMATCHED: 'VERIFICATION_FAILED',
  DISPLACED: 'STORAGE_BUSY',
  NOT_RECOVERED: 'BACKUP_NOT_FOUND',
  OUTCOME_UNKNOWN: 'DATABASE_OUTCOME_UNKNOWN',
};

function faultOf(event: RollbackEvent): Fault {
  if (event.type === 'FAILED') return { code: event.code, command: event.command };
  if (event.type === 'BACKUP_UNUSABLE') return { code: event.code, command: null };
  if (event.type === 'TRIGGERED') return { code: event.reason, command: null };
  return { code: FAULT_CODES[event.type] ?? event.type, command: null };
}

/** An action that counts an error and keeps what it was. */
const fault = (recipe: (context: Context, found: Fault) => void): Update =>
  assign(({ context, event }) =>
    produce(context, (draft) => {
      draft.errors += event.type === 'CANCEL' ? 0 : 1;
      draft.attempts = 0;
      recipe(draft, faultOf(event));
    }),
  );

const owe = (debt: string): Update =>
  update((context) => {
    if (!context.debts.includes(debt)) context.debts.push(debt);
  });

/** The names of the rollback chart's actions. */
export type RollbackAction =
  | 'noteDrift'
  | 'noteNewDrift'
  | 'askPerson'
  | 'noteDecision'
  | 'noteLease'
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
  | 'noteResumed'
  | 'countAttempt'
  | 'countReclaim'
  | 'startAfresh'
  | 'noteFailure'
  | 'warn'
  | 'oweClosing'
  | 'oweAnnouncing'
  | 'escalate'
  | 'endRolledBack'
  | 'endUnchanged'
  | 'endInSafeMode';

/** The actions of the rollback chart, by name. */
export const rollbackActions: Readonly<Record<RollbackAction, Update>> = {
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
  noteLease: assign(({ context, event }) =>
    'token' in event
      ? produce(context, (draft) => {
          draft.token = event.token;
          draft.attempts = 0;
        })
      : context,
  ),
  noteBackup: on('LOADED', (context, event) => {
    context.keys = event.keys;
    context.bytes = event.bytes;
    context.done = ['Load Backup'];
    context.attempts = 0;
  }),
  noteRecoveredBackup: on('BACKUP_RECOVERED', (context, event) => {
    context.backup = event.backup;
    context.attempts = 0;
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
  noteResumed: on('RESUMED', (context, event) => {
    context.token = event.token;
    context.recoveries += 1;
  }),
  countAttempt: update((context) => {
    context.attempts += 1;
    context.errors += 1;
  }),
  countReclaim: update((context) => {
    context.reclaims += 1;
    context.errors += 1;
    context.attempts = 0;
  }),
  startAfresh: update((context) => {
    context.attempts = 0;
  }),
  noteFailure: fault((context, found) => {
    context.failure ??= found;
  }),
  warn: fault((context, found) => {
    if (context.warnings.length < MAX_WARNINGS) context.warnings.push(found);
  }),
  oweClosing: owe('close'),
  oweAnnouncing: owe('announce'),
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
