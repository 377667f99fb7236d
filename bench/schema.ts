import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Task } from './data.ts';

/** The table that the tasks go into. */
export const tasks = sqliteTable('tasks', {
  id: text('id').primaryKey(),
  title: text('title').notNull(),
  status: text('status').notNull(),
  priority: integer('priority').notNull(),
  createdAt: text('created_at').notNull(),
  messages: text('messages', { mode: 'json' }).$type<Task['messages']>().notNull(),
});

export const CREATE_TASKS = `create table tasks (
  id text primary key, title text not null, status text not null, priority integer not null,
  created_at text not null, messages text not null
)`;
