import { count } from 'drizzle-orm';
import type { SQLJsDatabase } from 'drizzle-orm/sql-js';
import initSqlJs from 'sql.js';
import { fileImageStore, fileLock, fileStorage, fileVault } from '../../src/adapters/node/index.ts';
import { openSqlJsImage, sqlJsDatabase } from '../../src/adapters/sqljs/index.ts';
import { type Backpedal, createBackpedal, type StoragePort } from '../../src/index.ts';
import type { DemoApp } from './demo-app.ts';
import { type DemoSetting, filesIn } from './working-folder.ts';

/** An app with everything it needs at hand. */
export interface OpenApp {
  readonly client: Backpedal;
  readonly storage: StoragePort;
  /** Changes the database through Drizzle, in one transaction; saved when this resolves. */
  transact<Result>(change: (db: SQLJsDatabase) => Result): Promise<Result>;
  /** How many rows are in the app's tables. */
  countRows(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Opens the app in a run's folder: its storage, its database, and backpedal's client over both.
 * @param wrap puts something around the storage
 */
export async function openApp(
  app: DemoApp,
  { origin }: DemoSetting,
  folder: string,
  wrap: (storage: StoragePort) => StoragePort = (storage) => storage,
): Promise<OpenApp> {
  const files = filesIn(folder);
  const storage = wrap(fileStorage({ path: files.storage, ...(origin === null ? {} : { origin }) }));
  const SQL = await initSqlJs();
  const store = fileImageStore(files.database);
  const image = await openSqlJsImage({ SQL, store, pragmas: ['foreign_keys = ON'] });
  await image.transact((db) => {
    for (const statement of app.createTables) db.run(statement);
  });
  const client = createBackpedal({
    migration: app.migration,
    storage,
    database: sqlJsDatabase({ image, tables: app.tables, scope: 'wholeTable' }),
    vault: fileVault({ folder: files.vault }),
    lock: fileLock({ folder: files.locks }),
  });
  return {
    client,
    storage,
    transact: (change) => image.transact(change),
    countRows: async () => {
      await image.refresh();
      return countRows(image.db, app);
    },
    close: async () => {
      await client.close();
      await image.close();
    },
  };
}

function countRows(db: SQLJsDatabase, { tables }: DemoApp): number {
  const counts = Object.values(tables).map((table) => db.select({ rows: count() }).from(table).get()?.rows ?? 0);
  return counts.reduce((sum, rows) => sum + rows, 0);
}
