import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import initSqlJs from 'sql.js';
import { fileImageStore, fileLock, fileStorage, fileVault } from '../../../src/adapters/node/index.ts';
import { openSqlJsImage, sqlJsDatabase } from '../../../src/adapters/sqljs/index.ts';
import { createBackpedal, defineMigration } from '../../../src/index.ts';
import type { Row } from '../../../src/ports/database.ts';
import type { StoragePort } from '../../../src/ports/storage.ts';
import type { Backpedal } from '../../../src/runtime/public-types.ts';

const tasks = sqliteTable('tasks', {
  id: text('id').primaryKey(),
  title: text('title'),
  done: integer('done', { mode: 'boolean' }),
});

const environments = sqliteTable('environments', { id: text('id').primaryKey(), name: text('name') });

/** An app whose storage, database, vault and locks are files in one folder. */
export interface FileApp {
  readonly client: Backpedal;
  readonly storage: StoragePort;
  /** The rows of all tables, in the order of their ids. */
  rows(): Promise<readonly Row[]>;
  insertTask(id: string, title: string): Promise<void>;
  removeTask(id: string): Promise<void>;
  close(): Promise<void>;
}

export const migration = defineMigration({
  id: 'files',
  collections: {
    tasks: { storageKey: 'task-store', path: 'state.tasks' },
    environments: { storageKey: 'environments' },
  },
  formData: ['draft:*', 'settings'],
});

/** Opens the app in a folder, as any of its processes does. */
export async function openFileApp(folder: string): Promise<FileApp> {
  const store = fileImageStore(join(folder, 'app.sqlite'));
  const image = await openSqlJsImage({ SQL: await initSqlJs(), store, pragmas: ['foreign_keys = ON'] });
  const storage = fileStorage({ path: join(folder, 'storage.json') });
  const client = createBackpedal({
    migration,
    storage,
    database: sqlJsDatabase({ image, tables: { tasks, environments }, scope: 'wholeTable' }),
    vault: fileVault({ folder: join(folder, 'vault') }),
    lock: fileLock({ folder: join(folder, 'locks') }),
  });
  return {
    client,
    storage,
    rows: async () => {
      await image.refresh();
      const { db } = image;
      return [
        ...db.select().from(tasks).orderBy(tasks.id).all(),
        ...db.select().from(environments).orderBy(environments.id).all(),
      ];
    },
    insertTask: (id, title) => image.transact((db) => void db.insert(tasks).values({ id, title }).run()),
    removeTask: (id) => image.transact((db) => void db.delete(tasks).where(sql`id = ${id}`).run()),
    close: async () => {
      await client.close();
      await image.close();
    },
  };
}

/** Creates the tables, with a row that belongs to others. */
export async function createTables(folder: string): Promise<void> {
  const store = fileImageStore(join(folder, 'app.sqlite'));
  const image = await openSqlJsImage({ SQL: await initSqlJs(), store });
  await image.transact((db) => {
    db.run(sql`CREATE TABLE tasks (id TEXT PRIMARY KEY NOT NULL, title TEXT, done INTEGER)`);
    db.run(sql`CREATE TABLE environments (id TEXT PRIMARY KEY NOT NULL, name TEXT)`);
    db.insert(tasks).values({ id: 'before', title: 'was there before', done: true }).run();
  });
  await image.close();
}
