import { drizzle } from 'drizzle-orm/sql-js';
import initSqlJs, { type Database, type SqlJsStatic } from 'sql.js';
import { sqlJsDatabase } from '../src/adapters/sqljs/index.ts';
import { type Backpedal, createBackpedal, defineMigration } from '../src/index.ts';
import { memoryStorage, memoryVault } from '../src/testing/index.ts';
import { storeText, type Task } from './data.ts';
import { CREATE_TASKS, tasks } from './schema.ts';

export const KEY = 'task-store';

export const migration = defineMigration({
  id: 'bench',
  collections: { tasks: { storageKey: KEY, path: 'state.tasks' } },
});

let loaded: Promise<SqlJsStatic> | null = null;

/** sql.js, loaded once. */
export function loadSqlJs(): Promise<SqlJsStatic> {
  loaded ??= initSqlJs();
  return loaded;
}

/** An empty database with the app's table. */
export async function emptyDatabase(): Promise<Database> {
  const { Database } = await loadSqlJs();
  const raw = new Database();
  raw.run(CREATE_TASKS);
  return raw;
}

/** A world in memory that holds these tasks in storage, and a client for it. */
export interface BenchWorld {
  readonly client: Backpedal;
  readonly raw: Database;
  readonly storage: ReturnType<typeof memoryStorage>;
  readonly vault: ReturnType<typeof memoryVault>;
}

/** A world before its migration. */
export async function worldWith(items: readonly Task[]): Promise<BenchWorld> {
  const raw = await emptyDatabase();
  const storage = memoryStorage({ entries: { [KEY]: storeText(items) }, capacity: Number.POSITIVE_INFINITY });
  const vault = memoryVault();
  const database = sqlJsDatabase({ db: drizzle(raw), tables: { tasks }, scope: 'wholeTable' });
  return { client: createBackpedal({ migration, storage, database, vault }), raw, storage, vault };
}
