import { type CommonAction, type Update as UpdateOf, updatesFor } from '../updates.ts';
import type { MigrationContext, MigrationEvent } from './types.ts';

type Update = UpdateOf<MigrationContext, MigrationEvent>;

const { update, on, fault, owe, common } = updatesFor<MigrationContext, MigrationEvent>({
  CANCEL: 'USER_CANCELLED',
  BUSY: 'RUN_IN_PROGRESS',
  OWNERSHIP_LOST: 'DATABASE_FENCED',
  BATCH_COPIED: 'VALIDATION_FAILURES',
  COPY_DIFFERS: 'VERIFICATION_FAILED',
  ROLLBACK_ENDED: 'SAFE_MODE',
  RESUMED: 'STORAGE_EMPTIED',
});

/** Which of the public reasons an event stands for, if it stands for one. */
function reasonOf(event: MigrationEvent): string | null {
  if (event.type === 'TRIGGERED') return event.reason;
  if (event.type === 'CANCEL') return 'USER_CANCELLED';
  if (event.type === 'BATCH_COPIED') return 'VALIDATION_FAILURES';
  if (event.type === 'COPY_DIFFERS') return 'DATA_CORRUPTION';
  if (event.type === 'FAILED' && event.code === 'DATABASE_UNAVAILABLE') return 'DATABASE_CONNECTION_LOST';
  return null;
}

const end = (outcome: NonNullable<MigrationContext['outcome']>): Update =>
  update((context) => {
    context.outcome = outcome;
    context.attempts = 0;
    if (outcome === 'safeMode') context.escalation = 3;
  });

/** The names of the migration chart's actions. */
export type MigrationAction =
  | CommonAction
  | 'noteSurvey'
  | 'noteBackup'
  | 'noteBatch'
  | 'noteDigest'
  | 'noteRemoved'
  | 'noteRestored'
  | 'oweDiscarding'
  | 'endMigrated'
  | 'endUnchanged'
  | 'endRolledBack'
  | 'endInSafeMode';

/** The actions of the migration chart, by name. */
export const migrationActions: Readonly<Record<MigrationAction, Update>> = {
  ...common,
  noteSurvey: on('SURVEYED', (context, event) => {
    context.items = event.items;
    context.keys = event.keys;
    context.bytes = event.bytes;
    context.attempts = 0;
  }),
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
  noteRestored: on('SOURCE_RESTORED', (context, event) => {
    context.restored = event.marker;
    context.attempts = 0;
  }),
  noteFailure: fault((context, found, event) => {
    context.failure ??= found;
    context.reason ??= reasonOf(event);
  }),
  oweDiscarding: owe('discardCopy'),
  endMigrated: end('migrated'),
  endUnchanged: end('unchanged'),
  endRolledBack: end('rolledBack'),
  endInSafeMode: end('safeMode'),
};
