import { RETRIES } from '../chart.ts';
import type { MigrationContext, MigrationEvent } from './types.ts';

interface Args {
  readonly context: MigrationContext;
  readonly event: MigrationEvent;
}

/** A transient fault, and attempts are left. */
export function canRetry({ context, event }: Args): boolean {
  return event.type === 'FAILED' && event.persistence === 'transient' && context.attempts < RETRIES;
}

/** More of all items failed validation than may. */
export function tooManyFailures({ context, event }: Args): boolean {
  return event.type === 'BATCH_COPIED' && event.failed > context.tolerance * context.items;
}

/** There are items left to copy. */
export function hasMore({ context, event }: Args): boolean {
  return event.type === 'BATCH_COPIED' && event.next < context.items;
}

/** The database is gone, so nothing can be taken back from it now. */
export function databaseLost({ event }: Args): boolean {
  if (event.type === 'TRIGGERED') return event.reason === 'DATABASE_CONNECTION_LOST';
  return event.type === 'FAILED' && event.code === 'DATABASE_UNAVAILABLE';
}

/** The rollback took everything back. */
export function tookBack({ event }: Args): boolean {
  return event.type === 'ROLLBACK_ENDED' && event.outcome === 'rolledBack';
}

/** The rollback could not begin; everything is as the migration left it. */
export function tookNothing({ event }: Args): boolean {
  return event.type === 'ROLLBACK_ENDED' && event.outcome === 'unchanged';
}

/** The run ends with the data in the database. */
export function endsMigrated({ context }: Args): boolean {
  return context.outcome === 'migrated';
}

/** The run ends with nothing changed. */
export function endsUnchanged({ context }: Args): boolean {
  return context.outcome === 'unchanged';
}

/** The run ends with everything taken back. */
export function endsRolledBack({ context }: Args): boolean {
  return context.outcome === 'rolledBack';
}

/** A person wants storage to stay as empty as it was found (hazard H28b). */
export function withdraws({ event }: Args): boolean {
  return event.type === 'RESUMED' && event.intent === 'withdraw';
}
