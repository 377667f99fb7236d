import { count, inArray } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/sql-js';
import type { Database } from 'sql.js';
import type { memoryStorage } from '../src/testing/index.ts';
import { storeText, type Task } from './data.ts';
import { tasks } from './schema.ts';
import { KEY } from './world.ts';

type Storage = ReturnType<typeof memoryStorage>;

/** The backup as the procedure keeps it: the parsed items, in one JSON text. */
export const backupText = (items: readonly Task[]): string => JSON.stringify({ data: { tasks: items } });

/** SQLite takes at most so many variables in one statement. */
const VARIABLES = 32_000;

interface Backup {
  readonly data: { readonly tasks: readonly Task[] };
}

/**
 * The user's procedure done literally: it parses the backup in each step, deletes through Drizzle's `inArray` in one
 * transaction (in chunks where it would fail), rebuilds the store, and checks counts.
 */
export function procedure(raw: Database, storage: Storage, text: string): void {
  const db = drizzle(raw);
  const load = (): Backup => JSON.parse(text) as Backup;
  load();
  const ids = load().data.tasks.map(({ id }) => id);
  db.transaction((tx) => {
    for (let at = 0; at < ids.length; at += VARIABLES) {
      tx.delete(tasks)
        .where(inArray(tasks.id, ids.slice(at, at + VARIABLES)))
        .run();
    }
  });
  storage.setItem(KEY, JSON.stringify({ state: { tasks: load().data.tasks }, version: 0 }));
  const restored = JSON.parse(storage.getItem(KEY) ?? '') as { state: { tasks: readonly Task[] } };
  if (restored.state.tasks.length !== load().data.tasks.length) throw new Error('Task count mismatch');
  const left = db.select({ count: count() }).from(tasks).get();
  if (left?.count !== 0) throw new Error('Database still contains migrated data');
}

/** The least that any rollback must do: parse once, the fastest single delete of those ids, one set. No check. */
export function floor(raw: Database, storage: Storage, text: string): void {
  const ids = (JSON.parse(text) as Backup).data.tasks.map(({ id }) => id);
  raw.run('begin');
  raw.run('delete from tasks where id in (select value from json_each(?))', [JSON.stringify(ids)]);
  raw.run('commit');
  storage.setItem(KEY, text);
}

/** The least that any migration must do: parse, one raw prepared insert per item in one transaction. */
export function migrationFloor(raw: Database, text: string): void {
  const { state } = JSON.parse(text) as { state: { tasks: readonly Task[] } };
  raw.run('begin');
  const insert = raw.prepare('insert into tasks values (?, ?, ?, ?, ?, ?)');
  for (const { id, title, status, priority, createdAt, messages } of state.tasks) {
    insert.run([id, title, status, priority, createdAt, JSON.stringify(messages)]);
  }
  insert.free();
  raw.run('commit');
}

/** Fills a database with the tasks, for the baselines to take back. */
export const fill = (raw: Database, items: readonly Task[]): void => migrationFloor(raw, storeText(items));
