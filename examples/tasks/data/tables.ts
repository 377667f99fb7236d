import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { TaskStatus } from './model.ts';

export const projects = sqliteTable('projects', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  hue: integer('hue').notNull(),
});

export const tasks = sqliteTable('tasks', {
  id: text('id').primaryKey(),
  title: text('title').notNull(),
  status: text('status').$type<TaskStatus>().notNull(),
  projectId: text('project_id')
    .notNull()
    .references(() => projects.id, { onDelete: 'cascade' }),
  isPinned: integer('is_pinned', { mode: 'boolean' }).notNull(),
  notes: text('notes').notNull(),
  createdAt: integer('created_at').notNull(),
});

/** What an app would have its migration tool run. */
export const CREATE_TABLES: readonly string[] = [
  'CREATE TABLE IF NOT EXISTS projects (id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, hue INTEGER NOT NULL)',
  `CREATE TABLE IF NOT EXISTS tasks (
    id TEXT PRIMARY KEY NOT NULL, title TEXT NOT NULL, status TEXT NOT NULL,
    project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    is_pinned INTEGER NOT NULL, notes TEXT NOT NULL, created_at INTEGER NOT NULL
  )`,
];
