import { type Draft, produce } from 'immer';
import { assign } from 'xstate';
import { type Fault, MAX_WARNINGS } from '../chart.ts';
import type { MigrationContext, MigrationEvent } from './types.ts';

type Context = Draft<MigrationContext>;
type EventOf<T extends MigrationEvent['type']> = Extract<MigrationEvent, { type: T }>;
type Update = ReturnType<typeof assign<MigrationContext, MigrationEvent, undefined, MigrationEvent, never>>;

/** An action that changes the context, for any event. */
const update = (recipe: (context: Context) => void): Update => assign(({ context }) => produce(context, recipe));

/** An action that changes the context with what an event of this type says. */
const on = <T extends MigrationEvent['type']>(type: T, recipe: (context: Context, event: EventOf<T>) => void): Update =>
  assign(({ context, event }) =>
    event.type === type ? produce(context, (draft) => recipe(draft, event as EventOf<T>)) : context,
  );

/** What an event that is not wanted says went wrong. */
const FAULT_CODES: Readonly<Partial<Record<MigrationEvent['type'], string>>> = {
  CANCEL: 'USER_CANCELLED',
  BUSY: 'RUN_IN_PROGRESS',
  OWNERSHIP_LOST: 'DATABASE_FENCED',
  BATCH_COPIED: 'VALIDATION_FAILURES',
  COPY_DIFFERS: 'VERIFICATION_FAILED',
  ROLLBACK_ENDED: 'SAFE_MODE',
};

function faultOf(event: MigrationEvent): Fault {
  if (event.type === 'FAILED') return { code: event.code, command: event.command };
  if (event.type === 'TRIGGERED') return { code: event.reason, command: null };
  return { code: FAULT_CODES[event.type] ?? event.type, command: null };
}

/** Which of the public reasons an event stands for, if it stands for one. */
function reasonOf(event: MigrationEvent): string | null {
  if (event.type === 'TRIGGERED') return event.reason;
  if (event.type === 'CANCEL') return 'USER_CANCELLED';
  if (event.type === 'BATCH_COPIED') return 'VALIDATION_FAILURES';
  if (event.type === 'COPY_DIFFERS') return 'DATA_CORRUPTION';
  if (event.type === 'FAILED' && event.code === 'DATABASE_UNAVAILABLE') return 'DATABASE_CONNECTION_LOST';
  return null;
}

/** An action that counts an error and keeps what it was. */
const fault = (recipe: (context: Context, found: Fault, event: MigrationEvent) => void): Update =>
  assign(({ context, event }) =>
    produce(context, (draft) => {
      draft.errors += event.type === 'CANCEL' ? 0 : 1;
      draft.attempts = 0;
      recipe(draft, faultOf(event), event);
    }),
  );

const end = (outcome: NonNullable<MigrationContext['outcome']>): Update =>
  update((context) => {
    context.outcome = outcome;
    context.attempts = 0;
    if (outcome === 'safeMode') context.escalation = 3;
  });

const owe = (debt: string): Update =>
  update((context) => {
    if (!context.debts.includes(debt)) context.debts.push(debt);
  });

/** The names of the migration chart's actions. */
export type MigrationAction =
  | 'noteSurvey'
  | 'noteLease'
  | 'noteBackup'
  | 'noteBatch'
  | 'noteDigest'
  | 'noteRemoved'
  | 'noteResumed'
  | 'countAttempt'
  | 'countReclaim'
  | 'startAfresh'
  | 'noteFailure'
  | 'warn'
  | 'oweDiscarding'
  | 'oweClosing'
  | 'oweAnnouncing'
  | 'endMigrated'
  | 'endUnchanged'
  | 'endRolledBack'
  | 'endInSafeMode';

/** The actions of the migration chart, by name. */
export const migrationActions: Readonly<Record<MigrationAction, Update>> = {
  noteSurvey: on('SURVEYED', (context, event) => {
    context.items = event.items;
    context.keys = event.keys;
    context.bytes = event.bytes;
    context.attempts = 0;
  }),
  noteLease: assign(({ context, event }) =>
    'token' in event
      ? produce(context, (draft) => {
          draft.token = event.token;
          draft.attempts = 0;
        })
      : context,
  ),
  noteBackup: on('BACKED_UP', (context, event) => {
    context.backup = event.backup;
    context.items = event.items;
    context.keys = event.keys;
    context.bytes = event.bytes;
    context.attempts = 0;
  }),
  noteBatch: on('BATCH_COPIED', (context, event) => {
    context.next = event.next;
    context.copied = event.copied;
    context.failed = event.failed;
    context.attempts = 0;
  }),
  noteDigest: on('DIGESTED', (context, event) => {
    context.digest = event.digest;
    context.attempts = 0;
  }),
  noteRemoved: on('SOURCE_CLEARED', (context, event) => {
    context.removed = event.removed;
    context.attempts = 0;
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
  noteFailure: fault((context, found, event) => {
    context.failure ??= found;
    context.reason ??= reasonOf(event);
  }),
  warn: fault((context, found) => {
    if (context.warnings.length < MAX_WARNINGS) context.warnings.push(found);
  }),
  oweDiscarding: owe('discardCopy'),
  oweClosing: owe('close'),
  oweAnnouncing: owe('announce'),
  endMigrated: end('migrated'),
  endUnchanged: end('unchanged'),
  endRolledBack: end('rolledBack'),
  endInSafeMode: end('safeMode'),
};
