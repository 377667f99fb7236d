import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Where tasks run. */
export const environments = sqliteTable('environments', { id: text('id').primaryKey(), name: text('name') });

/** What goes with its environment when that is deleted. */
export const tasks = sqliteTable('tasks', {
  id: text('id').primaryKey(),
  title: text('title'),
  done: integer('done', { mode: 'boolean' }),
  environmentId: text('environment_id').references(() => environments.id, { onDelete: 'cascade' }),
});

/** One storage key each. */
export const notes = sqliteTable('notes', { id: text('id').primaryKey(), text: text('text') });

/**
 * What the app's own tool would run. Comments are in no collection, but depend on tasks; accounts are nobody's business.
 */
export const CREATE_TABLES: readonly string[] = [
  'CREATE TABLE environments (id TEXT PRIMARY KEY NOT NULL, name TEXT)',
  `CREATE TABLE tasks (id TEXT PRIMARY KEY NOT NULL, title TEXT, done INTEGER,
    environment_id TEXT REFERENCES environments (id) ON DELETE CASCADE)`,
  'CREATE TABLE notes (id TEXT PRIMARY KEY NOT NULL, text TEXT)',
  `CREATE TABLE comments (id TEXT PRIMARY KEY NOT NULL, task_id TEXT REFERENCES tasks (id) ON DELETE CASCADE,
    body TEXT)`,
  'CREATE TABLE accounts (id INTEGER PRIMARY KEY NOT NULL, key BLOB)',
];

/** Every table of the app, by name. */
export const TABLE_NAMES = ['environments', 'tasks', 'notes', 'comments', 'accounts'] as const;
