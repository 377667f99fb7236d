import { and, type Column, eq, type SQL } from 'drizzle-orm';
import type { SQLJsDatabase } from 'drizzle-orm/sql-js';
import { blob, integer, primaryKey, real, type SQLiteTable, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Database } from 'sql.js';
import type { SqlJsScope } from '../../src/adapters/sqljs/index.ts';
import type { Row } from '../../src/ports/database.ts';
import type { ContractScope } from '../../src/testing/database-contract/subject.ts';
import type { MemoryTables } from '../../src/testing/memory-database/types.ts';

/** The tables of `databaseContractSchema` in SQL, with foreign keys enforced. */
export const CONTRACT_DDL = `
CREATE TABLE environments (
  id TEXT PRIMARY KEY NOT NULL, owner TEXT, name TEXT NOT NULL, settings TEXT
);
CREATE TABLE tasks (
  id TEXT PRIMARY KEY NOT NULL, owner TEXT, title TEXT NOT NULL, position INTEGER, weight REAL, done INTEGER,
  settings TEXT, picture BLOB, "environmentId" TEXT REFERENCES environments (id) ON DELETE SET NULL
);
CREATE INDEX tasks_by_environment ON tasks ("environmentId");
CREATE TABLE labels ("group" INTEGER NOT NULL, name TEXT NOT NULL, owner TEXT, color TEXT, PRIMARY KEY ("group", name));
CREATE TABLE comments (id TEXT PRIMARY KEY, "taskId" TEXT REFERENCES tasks (id) ON DELETE CASCADE, text TEXT);
CREATE TABLE reminders (id TEXT PRIMARY KEY, "taskId" TEXT REFERENCES tasks (id) ON DELETE SET NULL, text TEXT);
CREATE TABLE invoices (id TEXT PRIMARY KEY, "taskId" TEXT REFERENCES tasks (id) ON DELETE RESTRICT, text TEXT);
`;

const environments = sqliteTable('environments', {
  id: text('id').primaryKey(),
  owner: text('owner'),
  name: text('name').notNull(),
  settings: text('settings', { mode: 'json' }),
});

const tasks = sqliteTable('tasks', {
  id: text('id').primaryKey(),
  owner: text('owner'),
  title: text('title').notNull(),
  position: integer('position'),
  weight: real('weight'),
  done: integer('done', { mode: 'boolean' }),
  settings: text('settings', { mode: 'json' }),
  picture: blob('picture', { mode: 'buffer' }),
  environmentId: text('environmentId').references(() => environments.id, { onDelete: 'set null' }),
});

const labels = sqliteTable(
  'labels',
  { group: integer('group').notNull(), name: text('name').notNull(), owner: text('owner'), color: text('color') },
  (table) => [primaryKey({ columns: [table.group, table.name] })],
);

const hanging = (name: string) =>
  sqliteTable(name, { id: text('id').primaryKey(), taskId: text('taskId'), text: text('text') });

/** The collections' tables. */
export const contractTables: Readonly<Record<'tasks' | 'environments' | 'labels', SQLiteTable>> = {
  tasks,
  environments,
  labels,
};

const allTables: Readonly<Record<string, SQLiteTable>> = {
  ...contractTables,
  comments: hanging('comments'),
  reminders: hanging('reminders'),
  invoices: hanging('invoices'),
};

const columnOf = (table: SQLiteTable, property: string): Column =>
  (table as unknown as Record<string, Column>)[property] as Column;

/** The scopes of the contract. */
export function contractScope(scope: ContractScope): SqlJsScope {
  if (scope === 'wholeTable') return 'wholeTable';
  const mine = Object.entries(contractTables).map(
    ([name, table]) => [name, eq(columnOf(table, 'owner'), 'me')] as const,
  );
  return { name: 'owner me', where: Object.fromEntries(mine) };
}

const tableOf = (name: string): SQLiteTable => {
  const table = allTables[name];
  if (table === undefined) throw new Error(`There is no table ${name}.`);
  return table;
};

const matches = (table: SQLiteTable, id: Row): SQL | undefined =>
  and(...Object.entries(id).map(([property, value]) => eq(columnOf(table, property), value)));

/** The app's own way to the tables. */
export function contractAppSide(db: SQLJsDatabase): MemoryTables {
  return {
    rows: (name: string): Row[] => db.select().from(tableOf(name)).all() as Row[],
    insert: (name: string, row: Row): void =>
      void db
        .insert(tableOf(name))
        .values(row as never)
        .run(),
    update: (name: string, id: Row, changes: Row): void =>
      void db
        .update(tableOf(name))
        .set(changes as never)
        .where(matches(tableOf(name), id))
        .run(),
    remove: (name: string, id: Row): void =>
      void db
        .delete(tableOf(name))
        .where(matches(tableOf(name), id))
        .run(),
  };
}

/** Writes of raw databases that can be told to fail. */
export interface FaultyWrites {
  /** From now on the writes of this database count. */
  watch(db: Database): void;
  /** Write number `count` from now on fails, once; `null` takes that back. */
  fail(count: number | null): void;
}

/** Lets a write of a raw database fail: every statement that changes something counts, COMMIT as well. */
export function faultyWrites(): FaultyWrites {
  let left: number | null = null;
  const write = /^\s*(INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|COMMIT)/i;
  const count = (sql: string): void => {
    if (left === null || !write.test(sql)) return;
    left -= 1;
    if (left > 0) return;
    left = null;
    throw new Error('disk I/O error (told to fail)');
  };
  return {
    fail: (next) => {
      left = next;
    },
    watch(db) {
      const { run, prepare } = db;
      db.run = (sql, params) => {
        // Given parameters, sql.js prepares the statement, which then counts.
        if (params === undefined) count(sql);
        return run.call(db, sql, params);
      };
      db.prepare = (sql, params) => {
        const statement = prepare.call(db, sql, params);
        const { step } = statement;
        statement.step = () => {
          count(sql);
          return step.call(statement);
        };
        return statement;
      };
    },
  };
}
