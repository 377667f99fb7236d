import type { Database } from 'sql.js';
import { firstRowOfKept } from './sql.ts';

/**
 * Tells whether a database may hold anything other than it did: its counter of changed rows and its schema's version,
 * apart from what the port's own bookkeeping adds to them. A reloaded image is another database.
 */
interface Watch {
  changes: number;
  schema: number;
  /** Rises whenever somebody else changed something, or this port changed the app's rows. */
  version: number;
}

const watches = new WeakMap<Database, Watch>();

function look(db: Database): { readonly changes: number; readonly schema: number } {
  return {
    changes: Number(firstRowOfKept(db, 'SELECT total_changes()')?.[0]),
    schema: Number(firstRowOfKept(db, 'PRAGMA schema_version')?.[0]),
  };
}

/** Called when a transaction of the port begins: whatever has changed since the last one, others did. */
export function noticeChanges(db: Database): void {
  const now = look(db);
  const watch = watches.get(db);
  if (watch === undefined) watches.set(db, { ...now, version: 0 });
  else if (watch.changes !== now.changes || watch.schema !== now.schema)
    Object.assign(watch, now, { version: watch.version + 1 });
}

/** Called when a transaction of the port has ended: what it changed is no news. */
export function passOverOwnChanges(db: Database): void {
  const watch = watches.get(db);
  if (watch !== undefined) Object.assign(watch, look(db));
}

/** Called when the port itself changes the app's rows, or what it has recorded of them. */
export function noteContentChange(db: Database): void {
  const watch = watches.get(db);
  if (watch !== undefined) watch.version += 1;
}

/** The same number means the same content. */
export const contentVersion = (db: Database): number => watches.get(db)?.version ?? -1;
