import { and, type Column, type SQL as Condition, eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/sql-js';
import { integer, type SQLiteTable, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import initSqlJs, { type Database } from 'sql.js';
import { type SqlJsScope, sqlJsDatabase } from '../../src/adapters/sqljs/index.ts';
import type { Row } from '../../src/ports/database.ts';
import { type KitDatabase, type KitOptions, SMALL_STORAGE } from './run-kit.ts';

const SQL = await initSqlJs();

/** A database in memory with the app's tables, and the raw handle on it. */
export interface SqlJsKit extends KitDatabase {
  readonly raw: Database;
}

interface Schema {
  readonly ddl: string;
  /** The tables of the collections. */
  readonly tables: Readonly<Record<string, SQLiteTable>>;
  readonly others: Readonly<Record<string, SQLiteTable>>;
  readonly scope: SqlJsScope;
}

const matches = (table: SQLiteTable, id: Row): Condition | undefined =>
  and(
    ...Object.entries(id).map(([property, value]) =>
      eq((table as unknown as Record<string, Column>)[property] as Column, value),
    ),
  );

/** A sql.js database with foreign keys enforced, as a kit needs it. */
export function sqlJsKit({ ddl, tables, others, scope }: Schema): SqlJsKit {
  const raw = new SQL.Database();
  raw.run('PRAGMA foreign_keys = ON');
  raw.run(ddl);
  const db = drizzle(raw);
  const all: Readonly<Record<string, SQLiteTable>> = { ...tables, ...others };
  const tableOf = (name: string): SQLiteTable => {
    const table = all[name];
    if (table === undefined) throw new Error(`There is no table ${name}.`);
    return table;
  };
  return {
    ...sqlJsDatabase({ db, tables, scope }),
    raw,
    tableNames: Object.keys(all),
    rows: (name) => db.select().from(tableOf(name)).all() as Row[],
    insert: (name, row) =>
      void db
        .insert(tableOf(name))
        .values(row as never)
        .run(),
    update: (name, id, changes) =>
      void db
        .update(tableOf(name))
        .set(changes as never)
        .where(matches(tableOf(name), id))
        .run(),
    remove: (name, id) =>
      void db
        .delete(tableOf(name))
        .where(matches(tableOf(name), id))
        .run(),
  };
}

const tasks = sqliteTable('tasks', {
  id: text('id').primaryKey(),
  title: text('title'),
  done: integer('done', { mode: 'boolean' }),
});

const environments = sqliteTable('environments', { id: text('id').primaryKey(), name: text('name') });

const hanging = (name: string) =>
  sqliteTable(name, { id: text('id').primaryKey(), taskId: text('taskId'), text: text('text') });

const SMALL_DDL = `
CREATE TABLE tasks (id TEXT PRIMARY KEY NOT NULL, title TEXT, done INTEGER);
CREATE TABLE environments (id TEXT PRIMARY KEY NOT NULL, name TEXT);
CREATE TABLE comments (id TEXT PRIMARY KEY, "taskId" TEXT REFERENCES tasks (id) ON DELETE CASCADE, text TEXT);
CREATE TABLE reminders (id TEXT PRIMARY KEY, "taskId" TEXT REFERENCES tasks (id) ON DELETE SET NULL, text TEXT);
CREATE TABLE invoices (id TEXT PRIMARY KEY, "taskId" TEXT REFERENCES tasks (id) ON DELETE RESTRICT, text TEXT);
`;

/** The small world's tables, with tables whose foreign keys refer to the tasks in every way. */
export function smallSqlJs(): SqlJsKit {
  const kit = sqlJsKit({
    ddl: SMALL_DDL,
    tables: { tasks, environments },
    others: { comments: hanging('comments'), reminders: hanging('reminders'), invoices: hanging('invoices') },
    scope: 'wholeTable',
  });
  kit.insert('tasks', { id: 'before', title: 'was there before', done: true });
  kit.insert('comments', { id: 'c0', taskId: 'before', text: 'hangs on a row of others' });
  return kit;
}

/** A small world on sql.js; what a text column cannot hold (hazard H15b) is in its form data only. */
export const smallSqlJsOptions: KitOptions = {
  entries: SMALL_STORAGE.map(([key, value]) => [
    key,
    key === 'environments' ? value.replace('\\ud800', 'Zwei') : value,
  ]),
  database: smallSqlJs,
};

const random = (name: string) =>
  sqliteTable(name, {
    id: text('id').primaryKey(),
    title: text('title'),
    done: integer('done', { mode: 'boolean' }),
    n: integer('n'),
    data: text('data', { mode: 'json' }),
    note: text('note'),
  });

const randomDdl = (name: string): string =>
  `CREATE TABLE ${name} (id TEXT PRIMARY KEY NOT NULL, title TEXT, done INTEGER, n INTEGER, data TEXT, note TEXT);`;

/** The tables of a random world. */
export function randomSqlJs(): SqlJsKit {
  return sqlJsKit({
    ddl: `${randomDdl('tasks')}${randomDdl('notes')}CREATE TABLE users (id TEXT PRIMARY KEY, name TEXT);`,
    tables: { tasks: random('tasks'), notes: random('notes') },
    others: { users: sqliteTable('users', { id: text('id').primaryKey(), name: text('name') }) },
    scope: 'wholeTable',
  });
}

/** Which statement fails, counted from 1 over all that are watched; 0 for none. */
export interface StatementPlan {
  readonly failing: number;
  readonly times: 'once' | 'always';
}

/** Counts the statements of a raw database while it is watched, and lets one of them fail. */
export interface StatementFaults {
  /** Statements that are begun while `work` runs, synchronously, count. */
  during<T>(work: () => T): T;
  count(): number;
}

/**
 * Patches the raw handle. ROLLBACK never fails, since SQLite rolls back by itself when it cannot go on.
 */
export function statementFaults(raw: Database, { failing, times }: StatementPlan): StatementFaults {
  let watched = false;
  let count = 0;
  const begin = (sql: string): void => {
    if (!watched || /^\s*ROLLBACK/i.test(sql)) return;
    count += 1;
    const isHit = times === 'once' ? count === failing : count >= failing;
    if (failing > 0 && isHit) throw new Error('disk I/O error (told to fail)');
  };
  const { run, exec, prepare } = raw;
  raw.run = (sql, params) => {
    // Given parameters, sql.js prepares the statement, which then counts.
    if (params === undefined) begin(sql);
    return run.call(raw, sql, params);
  };
  raw.exec = (sql, ...rest) => {
    begin(sql);
    return exec.call(raw, sql, ...rest);
  };
  raw.prepare = (sql, params) => {
    const statement = prepare.call(raw, sql, params);
    const { step, reset, bind } = statement;
    let isFresh = true;
    statement.reset = () => {
      isFresh = true;
      return reset.call(statement);
    };
    statement.bind = (values) => {
      isFresh = true;
      return bind.call(statement, values);
    };
    statement.step = () => {
      if (isFresh) begin(sql);
      isFresh = false;
      return step.call(statement);
    };
    return statement;
  };
  return {
    during: (work) => {
      watched = true;
      try {
        return work();
      } finally {
        watched = false;
      }
    },
    count: () => count,
  };
}
