import { drizzle, type SQLJsDatabase } from 'drizzle-orm/sql-js';
import type { Database, SqlJsStatic } from 'sql.js';
import { BackpedalError, DatabaseError } from '../../errors.ts';
import type { ImageStore } from '../../ports/image-store.ts';
import { type CommitOutcome, commitWork, isCommitted, newCommitId } from './commits.ts';
import { inTransaction, runTransaction, type SqlEngine } from './engine.ts';
import { asDatabaseError } from './failures.ts';
import { ensureOwnTables } from './schema.ts';

/** What `openSqlJsImage` is told. */
export interface SqlJsImageOptions<Schema extends Record<string, unknown>> {
  /** What `initSqlJs()` gave. */
  readonly SQL: SqlJsStatic;
  /** Where the image lies: `fileImageStore(path)` of `backpedal/node`, say. */
  readonly store: ImageStore;
  /** Drizzle's schema, for relational queries. */
  readonly schema?: Schema;
  /** As in Drizzle's own configuration. */
  readonly casing?: 'snake_case' | 'camelCase';
  /** Settings for every connection, without the word PRAGMA: `['foreign_keys = ON']`. */
  readonly pragmas?: readonly string[];
}

/** A sql.js database whose image lies in a store that others may write to as well. */
export interface SqlJsImage<Schema extends Record<string, unknown> = Record<string, never>> {
  /**
   * The Drizzle database, always on the newest image that was loaded. For reading, at any time; it may show a
   * transaction while it is being saved. What is written outside of `transact` is lost when the image is loaded anew.
   */
  readonly db: SQLJsDatabase<Schema>;
  /** How `sqlJsDatabase` works on it. */
  readonly engine: SqlEngine;
  /**
   * The app's own writes: one transaction, resolved when it has been saved. `work` is synchronous, and is run again on
   * the newer image when somebody else has saved in the meantime. What it throws undoes it and is thrown on.
   * @throws DatabaseError `DATABASE_UNAVAILABLE` when it was not saved, `DATABASE_OUTCOME_UNKNOWN` when nobody can
   *   tell, `DATABASE_FAILED` when `work` is asynchronous
   */
  transact<T>(work: (db: SQLJsDatabase<Schema>) => T): Promise<T>;
  /** Loads the image anew if somebody else has saved. */
  refresh(): Promise<void>;
  /** Closes the database when what is under way has ended. Idempotent. */
  close(): Promise<void>;
}

// Each try follows a save of somebody else, so this bounds the wait without ever being met in practice.
const ATTEMPTS = 50;

const unavailable = (message: string, cause?: unknown): DatabaseError =>
  new DatabaseError('DATABASE_UNAVAILABLE', message, { cause, persistence: 'transient' });

/** The connection to the newest image that was loaded. */
interface Connection {
  current(): Database;
  /** Loads the image if it is not the one that is loaded. */
  refresh(): Promise<void>;
  /** Saves what has been committed in memory. */
  save(): Promise<'saved' | 'conflict'>;
  /** What is in memory is not what is in the store: it has to be loaded before anything else. */
  distrust(): void;
  close(): void;
}

function openConnection({ SQL, store, pragmas = [] }: SqlJsImageOptions<Record<string, unknown>>): Connection {
  let database: Database | null = null;
  let version: string | null = null;
  let trusted = false;
  let closed = false;
  const assertOpen = (): void => {
    if (closed) throw unavailable('The image was closed; open it again with openSqlJsImage.');
  };
  const openBytes = (bytes: Uint8Array | null): Database => {
    const opened = new SQL.Database(bytes);
    try {
      for (const pragma of pragmas) opened.run(`PRAGMA ${pragma}`);
      opened.exec('SELECT count(*) FROM sqlite_schema');
    } catch (cause) {
      opened.close();
      throw new DatabaseError('DATABASE_FAILED', 'The image is no SQLite database, or a pragma is wrong.', { cause });
    }
    return opened;
  };
  return {
    current() {
      assertOpen();
      if (database === null) throw unavailable('The image could not be loaded; try again.');
      return database;
    },
    async refresh() {
      assertOpen();
      if (trusted && (await store.version()) === version) return;
      const image = await store.load();
      const opened = openBytes(image?.bytes ?? null);
      database?.close();
      database = opened;
      version = image?.version ?? null;
      trusted = true;
    },
    async save() {
      const outcome = await store.save(this.current().export(), version);
      if (outcome.status === 'saved') {
        version = outcome.version;
        trusted = true;
      }
      return outcome.status;
    },
    distrust: () => {
      trusted = false;
    },
    close() {
      closed = true;
      database?.close();
      database = null;
    },
  };
}

/** The database that Drizzle holds: whatever it is asked for comes from the connection of the moment. */
function delegate(connection: Connection): Database {
  return new Proxy({} as Database, {
    get(_, property) {
      const database = connection.current() as unknown as Record<string | symbol, unknown>;
      const value = database[property];
      return typeof value === 'function' ? value.bind(database) : value;
    },
  });
}

/** Commits in memory, saves, and starts over on the newer image when somebody else was quicker. */
async function commitAndSave<T>(
  connection: Connection,
  commit: (db: Database, id: string) => CommitOutcome<T>,
): Promise<T> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    await connection.refresh();
    const id = newCommitId();
    const outcome = commit(connection.current(), id);
    if (outcome.status === 'unchanged') return outcome.result;
    connection.distrust();
    const saved = await saveCommit(connection, id);
    if (saved) return outcome.result;
  }
  throw unavailable('Others kept saving the image; nothing was changed. Try again.');
}

/** Whether a commit has been saved, found out by looking where saving itself did not tell (hazard H17). */
async function saveCommit(connection: Connection, id: string): Promise<boolean> {
  let failure: unknown = null;
  try {
    if ((await connection.save()) === 'saved') return true;
  } catch (thrown) {
    failure = thrown;
  }
  try {
    connection.distrust();
    await connection.refresh();
  } catch (cause) {
    const surelyNot = failure instanceof BackpedalError && failure.code === 'DATABASE_UNAVAILABLE';
    if (surelyNot) throw failure;
    throw new DatabaseError(
      'DATABASE_OUTCOME_UNKNOWN',
      'The image could not be loaded to see whether the last transaction was saved. Look again before repeating it.',
      { cause: failure ?? cause },
    );
  }
  if (isCommitted(connection.current(), id)) return true;
  if (failure === null) return false;
  throw failure instanceof BackpedalError && failure.code === 'DATABASE_UNAVAILABLE'
    ? failure
    : unavailable('The image could not be saved, and is as it was. Try again.', failure);
}

function queue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
}

/**
 * Opens the image of a sql.js database. Every transaction, of the port and of the app, looks whether somebody else has
 * saved, runs in memory, and is saved whole, atomically and by compare-and-swap, before it is told to be done
 * (hazards H14, H15a). Where saving fails, what was in memory is dropped.
 * @throws DatabaseError `DATABASE_UNAVAILABLE`, `DATABASE_FAILED` when the image is no SQLite database
 */
export async function openSqlJsImage<Schema extends Record<string, unknown> = Record<string, never>>(
  options: SqlJsImageOptions<Schema>,
): Promise<SqlJsImage<Schema>> {
  const connection = openConnection(options);
  const inTurn = queue();
  await connection.refresh();
  const { schema, casing } = options;
  const db = drizzle(delegate(connection), {
    ...(schema === undefined ? {} : { schema }),
    ...(casing === undefined ? {} : { casing }),
  }) as SQLJsDatabase<Schema>;
  const engine: SqlEngine = {
    failureDomain: options.store.failureDomain,
    read: (doing, look) =>
      inTurn(async () => {
        await connection.refresh();
        return runTransaction(connection.current(), doing, look, 'asSet', 'ROLLBACK');
      }),
    write: (doing, change, mode = 'asSet') =>
      inTurn(() =>
        commitAndSave(connection, (database, id) =>
          runTransaction(database, doing, (session) => commitWork(database, id, () => change(session)), mode, 'COMMIT'),
        ),
      ),
  };
  return {
    db,
    engine,
    transact: (work) =>
      inTurn(() => commitAndSave(connection, (database, id) => transactWork(database, id, () => work(db)))),
    refresh: () => inTurn(() => connection.refresh()),
    close: () => inTurn(async () => connection.close()),
  };
}

function transactWork<T>(database: Database, id: string, work: () => T): CommitOutcome<T> {
  let thrownByApp: unknown;
  try {
    return inTransaction(database, 'COMMIT', () => {
      ensureOwnTables(database);
      return commitWork(database, id, () => {
        try {
          return work();
        } catch (thrown) {
          thrownByApp = thrown;
          throw thrown;
        }
      });
    });
  } catch (thrown) {
    throw thrown === thrownByApp ? thrown : asDatabaseError(thrown, 'a transaction of the app');
  }
}
