import type { Database } from 'sql.js';
import { noticeChanges, passOverOwnChanges } from './change-watch.ts';
import { asDatabaseError } from './failures.ts';
import { ensureOwnTables } from './schema.ts';
import { firstRowOfKept } from './sql.ts';

/** The database during one call. */
export interface Session {
  readonly db: Database;
  /** Whether the app has foreign keys enforced; they may be suspended for the length of the call all the same. */
  readonly foreignKeys: boolean;
}

/** What a transaction needs besides being one. `suspended`: foreign keys are not enforced while it runs. */
export type ForeignKeyMode = 'asSet' | 'suspended';

/** Runs synchronous work on the sql.js database, in a transaction of its own. */
export interface SqlEngine {
  readonly failureDomain: string;
  /** Runs a look at the database; what it writes, scratch tables say, is undone. */
  read<T>(doing: string, look: (session: Session) => T): Promise<T>;
  /** Runs a change and commits it; when it throws, nothing has changed. It may be run again on newer content. */
  write<T>(doing: string, change: (session: Session) => T, foreignKeys?: ForeignKeyMode): Promise<T>;
}

const foreignKeysOf = (db: Database): boolean => firstRowOfKept(db, 'PRAGMA foreign_keys')?.[0] === 1;

function rollBack(db: Database): void {
  try {
    db.run('ROLLBACK');
  } catch (cause) {
    // SQLite has already rolled back by itself after the gravest errors; the first error is the one to tell.
    if (!String(cause).includes('no transaction is active')) throw cause;
  }
}

/**
 * Runs `work` between BEGIN IMMEDIATE and COMMIT, or ROLLBACK. Synchronous from end to end, because an asynchronous
 * callback would be committed before it has run (hazard H12).
 */
export function inTransaction<T>(db: Database, end: 'COMMIT' | 'ROLLBACK', work: () => T): T {
  db.run('BEGIN IMMEDIATE');
  let result: T;
  try {
    result = work();
    if (end === 'COMMIT') db.run('COMMIT');
  } catch (error) {
    rollBack(db);
    throw error;
  }
  if (end === 'ROLLBACK') rollBack(db);
  return result;
}

/** Databases whose foreign keys are suspended, or could not be enforced again yet. */
const suspended = new WeakSet<Database>();

function enforceForeignKeys(db: Database): void {
  if (!suspended.has(db)) return;
  db.run('PRAGMA foreign_keys = ON');
  suspended.delete(db);
}

function suspendForeignKeys(db: Database): void {
  suspended.add(db);
  db.run('PRAGMA foreign_keys = OFF');
}

/** What follows a transaction says nothing about it any more; what fails here is made up for before the next one. */
function tidyUp(db: Database): void {
  try {
    enforceForeignKeys(db);
    passOverOwnChanges(db);
  } catch {
    // `suspended` remembers the one, and the other only makes the next survey start afresh.
  }
}

/** One transaction, with foreign keys as asked for; SQLite lets that setting change outside of transactions only. */
export function runTransaction<T>(
  db: Database,
  doing: string,
  change: (session: Session) => T,
  mode: ForeignKeyMode,
  end: 'COMMIT' | 'ROLLBACK',
): T {
  try {
    // Of all methods of sql.js, this one says that a closed database is closed.
    db.run('');
    enforceForeignKeys(db);
    noticeChanges(db);
    const foreignKeys = foreignKeysOf(db);
    try {
      if (mode === 'suspended' && foreignKeys) suspendForeignKeys(db);
      return inTransaction(db, end, () => {
        ensureOwnTables(db);
        return change({ db, foreignKeys });
      });
    } finally {
      tidyUp(db);
    }
  } catch (thrown) {
    throw asDatabaseError(thrown, doing);
  }
}

/** The engine on a database that lives in memory only. */
export function memoryEngine(db: Database): SqlEngine {
  return {
    failureDomain: 'memory',
    read: async (doing, look) => runTransaction(db, doing, look, 'asSet', 'ROLLBACK'),
    write: async (doing, change, mode = 'asSet') => runTransaction(db, doing, change, mode, 'COMMIT'),
  };
}
