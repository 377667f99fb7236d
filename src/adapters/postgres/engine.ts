import { type SQL, sql } from 'drizzle-orm';
import type { PgDialect } from 'drizzle-orm/pg-core';
import { DatabaseError } from '../../errors.ts';
import { CommitUnknown, type Connection, type Driver, type TransactionPlan } from './driver.ts';
import { asDatabaseError, isConflict } from './failures.ts';
import { postgresMigrations } from './migrations.ts';
import { type BackpedalTables, backpedalTables } from './own-tables.ts';

/** How long Postgres lets statements, locks and idle transactions of the port last, in milliseconds. */
export interface PostgresTimeouts {
  /** A single statement; clearing a million rows is one. Default 10 minutes. */
  readonly statement?: number;
  /** Waiting for a lock that others hold. Default 10 seconds. */
  readonly lock?: number;
  /** A transaction in which the client says nothing: a frozen holder loses it then. Default one minute. */
  readonly idle?: number;
  /** How long a take-over waits for the former holder's transaction before it ends that. Default 2 seconds. */
  readonly takeOver?: number;
}

/** Which of the app's rows and of our records a port is about. */
export interface Realm {
  /** The schema of our own tables. */
  readonly schema: string;
  readonly own: BackpedalTables;
  /** Leases, steps, runs and archives are kept apart by it; empty for whole tables. */
  readonly scope: string;
}

/** The database during one call. */
export interface Session extends Realm {
  /** The rows of a statement, as arrays. */
  rows(statement: SQL): Promise<readonly (readonly unknown[])[]>;
  /** How many rows a statement affected. */
  run(statement: SQL): Promise<number>;
  /** Notes by what the outcome of this transaction can be looked up. */
  noteTransactionId(id: string): void;
}

/** Runs work on Postgres, in a transaction of its own. */
export interface PgEngine {
  /** A look at one snapshot; what it writes, scratch tables say, is undone. */
  read<T>(doing: string, look: (session: Session) => Promise<T>): Promise<T>;
  /** A change; when it throws, nothing has changed. It is run again after serialization failures and deadlocks. */
  write<T>(doing: string, change: (session: Session) => Promise<T>, settings?: WriteSettings): Promise<T>;
}

/** What a write may need besides being one. */
export interface WriteSettings {
  /** Another limit for waiting on locks, in milliseconds. */
  readonly lock?: number;
}

/** What an engine is made from. */
export interface EngineOptions {
  readonly driver: Driver;
  readonly dialect: PgDialect;
  readonly schema: string;
  readonly scope: string;
  /** `onFirstUse`: our tables are created where they are missing. `byTeam`: they have to be there. */
  readonly ownTables: 'onFirstUse' | 'byTeam';
  readonly timeouts: Required<PostgresTimeouts>;
}

const ATTEMPTS = 6;

// Two that were in each other's way meet again unless they wait for different lengths of time.
const pause = (attempt: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, 2 ** attempt * (5 + Math.random() * 10)));

// Digests are taken from how values are written as text, which must not depend on who asks.
const FIXED = [
  'extra_float_digits = 1',
  "timezone = 'UTC'",
  "datestyle = 'ISO, MDY'",
  "intervalstyle = 'postgres'",
  "bytea_output = 'hex'",
  "lc_monetary = 'C'",
  "xmloption = 'content'",
  // A clear sorts and joins by the million; this is the server's memory, for the length of the transaction.
  "work_mem = '64MB'",
];

/** The settings of every transaction of the port; `SET LOCAL`, so that poolers of transactions do no harm. */
function settingsOf(timeouts: Required<PostgresTimeouts>, lock: number): string {
  const limits = [
    `statement_timeout = ${timeouts.statement}`,
    `lock_timeout = ${lock}`,
    `idle_in_transaction_session_timeout = ${timeouts.idle}`,
  ];
  return [...FIXED, ...limits].map((setting) => `SET LOCAL ${setting}`).join('; ');
}

function sessionOn(connection: Connection, dialect: PgDialect, realm: Realm, note: (id: string) => void): Session {
  const compile = (statement: SQL) => dialect.sqlToQuery(statement);
  return {
    ...realm,
    async rows(statement) {
      const { sql: text, params } = compile(statement);
      return (await connection.query(text, params)).rows;
    },
    async run(statement) {
      const { sql: text, params } = compile(statement);
      return (await connection.query(text, params)).affected;
    },
    noteTransactionId: note,
  };
}

/** Whether a transaction whose COMMIT was not answered has been committed; `null` when that cannot be told yet. */
async function lookUp(driver: Driver, plan: TransactionPlan, id: string): Promise<boolean | null> {
  try {
    const status = await driver.transaction({ ...plan, end: 'ROLLBACK' }, async (connection) => {
      const { rows } = await connection.query('SELECT pg_xact_status($1::text::xid8)', [id]);
      return rows[0]?.[0];
    });
    return status === 'committed' ? true : status === 'aborted' ? false : null;
  } catch {
    // Whoever asked is told that the outcome is unknown; that is what this failure means.
    return null;
  }
}

async function createOwnTables({ driver, schema, ownTables, timeouts }: EngineOptions): Promise<void> {
  const plan = (end: TransactionPlan['end']): TransactionPlan => ({
    isolation: 'READ COMMITTED',
    settings: settingsOf(timeouts, timeouts.lock),
    end,
  });
  const isThere = (): Promise<boolean> =>
    driver.transaction(plan('ROLLBACK'), async (connection) => {
      const { rows } = await connection.query('SELECT to_regclass($1) IS NOT NULL', [`"${schema}".drift`]);
      return rows[0]?.[0] === true;
    });
  for (let attempt = 0; !(await isThere()); attempt += 1) {
    if (ownTables === 'byTeam' || attempt === ATTEMPTS) {
      throw new DatabaseError(
        'DATABASE_SCHEMA',
        `The tables of backpedal are missing in schema ${schema}; run the migrations that postgresMigrations('${schema}') gives.`,
        { details: { schema } },
      );
    }
    try {
      await driver.transaction(plan('COMMIT'), async (connection) => {
        for (const { sql: statements } of postgresMigrations(schema)) await connection.script(statements);
      });
    } catch (thrown) {
      // Of several that create them at the same time, one wins and the others are refused: they look again.
      if (attempt > 2) throw thrown;
      await pause(attempt);
    }
  }
}

/** The engine on a driver. */
export function pgEngine(options: EngineOptions): PgEngine {
  const { driver, dialect, schema, scope, timeouts } = options;
  const realm: Realm = { schema, own: backpedalTables(schema), scope };
  let ready: Promise<void> | null = null;
  const prepare = (): Promise<void> => {
    ready ??= createOwnTables(options).catch((thrown: unknown) => {
      ready = null;
      throw thrown;
    });
    return ready;
  };
  const attemptOnce = async <T>(
    plan: TransactionPlan,
    doing: string,
    work: (session: Session) => Promise<T>,
  ): Promise<T> => {
    let id: string | null = null;
    const note = (noted: string): void => {
      id = noted;
    };
    try {
      return await driver.transaction(plan, (connection) => work(sessionOn(connection, dialect, realm, note)));
    } catch (thrown) {
      if (!(thrown instanceof CommitUnknown)) throw thrown;
      const committed = id === null ? null : await lookUp(driver, plan, id);
      if (committed === true) return thrown.result as T;
      throw committed === false
        ? new DatabaseError(
            'DATABASE_UNAVAILABLE',
            `The connection ended while ${doing} was committed, and Postgres has undone it. Try again.`,
            { cause: thrown, persistence: 'transient' },
          )
        : new DatabaseError(
            'DATABASE_OUTCOME_UNKNOWN',
            `The connection ended while ${doing} was committed. Take the lease anew and read the ledger before repeating it.`,
            { cause: thrown },
          );
    }
  };
  const transact = async <T>(
    plan: TransactionPlan,
    doing: string,
    work: (session: Session) => Promise<T>,
  ): Promise<T> => {
    try {
      await prepare();
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await attemptOnce(plan, doing, work);
        } catch (thrown) {
          if (!isConflict(thrown) || attempt === ATTEMPTS) throw thrown;
          await pause(attempt);
        }
      }
    } catch (thrown) {
      throw asDatabaseError(thrown, doing);
    }
  };
  return {
    read: (doing, look) =>
      transact(
        { isolation: 'REPEATABLE READ', settings: settingsOf(timeouts, timeouts.lock), end: 'ROLLBACK' },
        doing,
        look,
      ),
    write: (doing, change, { lock = timeouts.lock } = {}) =>
      transact({ isolation: 'READ COMMITTED', settings: settingsOf(timeouts, lock), end: 'COMMIT' }, doing, change),
  };
}

/** Does all of a change or, when Postgres refuses it, nothing of it; gives what was thrown. */
export async function attempt(session: Session, change: () => Promise<void>): Promise<unknown> {
  await session.run(sql`SAVEPOINT backpedal_attempt`);
  try {
    await change();
  } catch (thrown) {
    await session.run(sql`ROLLBACK TO SAVEPOINT backpedal_attempt`);
    await session.run(sql`RELEASE SAVEPOINT backpedal_attempt`);
    return thrown ?? new Error('Nothing was thrown.');
  }
  await session.run(sql`RELEASE SAVEPOINT backpedal_attempt`);
  return null;
}
