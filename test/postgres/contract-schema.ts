import { and, type Column, eq, type SQL } from 'drizzle-orm';
import {
  bigint,
  boolean,
  customType,
  doublePrecision,
  jsonb,
  type PgTable,
  pgTable,
  primaryKey,
  text,
} from 'drizzle-orm/pg-core';
import type { AnyPgDatabase, PostgresScope } from '../../src/adapters/postgres/index.ts';
import type { Row } from '../../src/ports/database.ts';
import type { ContractScope, DatabaseSubject } from '../../src/testing/database-contract/subject.ts';

/** The tables of `databaseContractSchema` in SQL. */
export const CONTRACT_DDL = `
CREATE TABLE environments (id text PRIMARY KEY, owner text, name text NOT NULL, settings jsonb);
CREATE TABLE tasks (
  id text PRIMARY KEY, owner text, title text NOT NULL, position bigint, weight double precision, done boolean,
  settings jsonb, picture bytea, "environmentId" text REFERENCES environments (id) ON DELETE SET NULL
);
CREATE INDEX tasks_by_environment ON tasks ("environmentId");
CREATE TABLE labels ("group" bigint NOT NULL, name text NOT NULL, owner text, color text, PRIMARY KEY ("group", name));
CREATE TABLE comments (id text PRIMARY KEY, "taskId" text REFERENCES tasks (id) ON DELETE CASCADE, text text);
CREATE TABLE reminders (id text PRIMARY KEY, "taskId" text REFERENCES tasks (id) ON DELETE SET NULL, text text);
CREATE TABLE invoices (id text PRIMARY KEY, "taskId" text REFERENCES tasks (id) ON DELETE RESTRICT, text text);
`;

/** Removes everything that a test has left. */
export const CLEAN_DDL = 'DROP SCHEMA IF EXISTS backpedal CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public;';

export const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({
  dataType: () => 'bytea',
  fromDriver: (value) => new Uint8Array(value),
});

const environments = pgTable('environments', {
  id: text('id').primaryKey(),
  owner: text('owner'),
  name: text('name').notNull(),
  settings: jsonb('settings'),
});

const tasks = pgTable('tasks', {
  id: text('id').primaryKey(),
  owner: text('owner'),
  title: text('title').notNull(),
  position: bigint('position', { mode: 'number' }),
  weight: doublePrecision('weight'),
  done: boolean('done'),
  settings: jsonb('settings'),
  picture: bytea('picture'),
  environmentId: text('environmentId').references(() => environments.id, { onDelete: 'set null' }),
});

const labels = pgTable(
  'labels',
  {
    group: bigint('group', { mode: 'number' }).notNull(),
    name: text('name').notNull(),
    owner: text('owner'),
    color: text('color'),
  },
  (table) => [primaryKey({ columns: [table.group, table.name] })],
);

const hanging = (name: string) =>
  pgTable(name, { id: text('id').primaryKey(), taskId: text('taskId'), text: text('text') });

/** The collections' tables. */
export const contractTables: Readonly<Record<'tasks' | 'environments' | 'labels', PgTable>> = {
  tasks,
  environments,
  labels,
};

const allTables: Readonly<Record<string, PgTable>> = {
  ...contractTables,
  comments: hanging('comments'),
  reminders: hanging('reminders'),
  invoices: hanging('invoices'),
};

export const columnOf = (table: PgTable, property: string): Column =>
  (table as unknown as Record<string, Column>)[property] as Column;

/** The scope of one owner, under that owner's name. */
export function ownerScope(owner: string): PostgresScope {
  const mine = Object.entries(contractTables).map(
    ([name, table]) => [name, eq(columnOf(table, 'owner'), owner)] as const,
  );
  return { name: owner, where: Object.fromEntries(mine) };
}

/** The scopes of the contract. */
export function contractScope(scope: ContractScope): PostgresScope {
  return scope === 'wholeTable' ? 'wholeTable' : ownerScope('me');
}

const tableOf = (name: string): PgTable => {
  const table = allTables[name];
  if (table === undefined) throw new Error(`There is no table ${name}.`);
  return table;
};

const matches = (table: PgTable, id: Row): SQL | undefined =>
  and(...Object.entries(id).map(([property, value]) => eq(columnOf(table, property), value)));

/** The app's own way to the tables. */
export function contractAppSide(db: AnyPgDatabase): Pick<DatabaseSubject, 'rows' | 'insert' | 'update' | 'remove'> {
  return {
    rows: async (name) => (await db.select().from(tableOf(name))) as Row[],
    insert: async (name, row) => void (await db.insert(tableOf(name)).values(row as never)),
    update: async (name, id, changes) =>
      void (await db
        .update(tableOf(name))
        .set(changes as never)
        .where(matches(tableOf(name), id))),
    remove: async (name, id) => void (await db.delete(tableOf(name)).where(matches(tableOf(name), id))),
  };
}

/** Counts the writes of a client, and lets one of them fail. */
export function faultyWrites(): { fail(count: number | null): void; count(text: string): void } {
  let left: number | null = null;
  const write = /^\s*(WITH|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|COMMIT)/i;
  return {
    fail: (next) => {
      left = next;
    },
    count: (text) => {
      if (left === null || !write.test(text)) return;
      left -= 1;
      if (left > 0) return;
      left = null;
      throw new Error('could not write (told to fail)');
    },
  };
}
