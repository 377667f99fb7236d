/** The app's tables. They are the app's own: backpedal is only told which collection goes into which. */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Message } from './sample/app-content.ts';

/** Where tasks run. */
export const environments = sqliteTable('environments', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  repository: text('repository').notNull(),
  variables: text('variables', { mode: 'json' }).$type<Readonly<Record<string, string>>>().notNull(),
  isDefault: integer('is_default', { mode: 'boolean' }).notNull(),
  createdAt: integer('created_at').notNull(),
});

/** Tasks with their messages. */
export const tasks = sqliteTable('tasks', {
  id: text('id').primaryKey(),
  title: text('title').notNull(),
  status: text('status', { enum: ['open', 'in_progress', 'done'] }).notNull(),
  environmentId: text('environment_id').references(() => environments.id, { onDelete: 'cascade' }),
  isPinned: integer('is_pinned', { mode: 'boolean' }).notNull(),
  labels: text('labels', { mode: 'json' }).$type<readonly string[]>().notNull(),
  messages: text('messages', { mode: 'json' }).$type<readonly Message[]>().notNull(),
  createdAt: integer('created_at').notNull(),
});

/** What an app would have its migration tool run. */
export const CREATE_TABLES: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS environments (
    id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, repository TEXT NOT NULL, variables TEXT NOT NULL,
    is_default INTEGER NOT NULL, created_at INTEGER NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS tasks (
    id TEXT PRIMARY KEY NOT NULL, title TEXT NOT NULL, status TEXT NOT NULL,
    environment_id TEXT REFERENCES environments (id) ON DELETE CASCADE,
    is_pinned INTEGER NOT NULL, labels TEXT NOT NULL, messages TEXT NOT NULL, created_at INTEGER NOT NULL
  )`,
];
