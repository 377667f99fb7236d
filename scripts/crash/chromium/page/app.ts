import { sql } from 'drizzle-orm';
import initSqlJs, { type SqlJsStatic } from 'sql.js';
import { openSqlJsImage, type SqlJsImage, sqlJsDatabase } from '../../../../src/adapters/sqljs/index.ts';
import {
  type GatedStorage,
  gateStorage,
  indexedDbImageStore,
  indexedDbVault,
  webLock,
  webStorage,
} from '../../../../src/adapters/web/index.ts';
import { type Backpedal, createBackpedal, type NotifyPort, type StoragePort } from '../../../../src/index.ts';
import { migration } from '../../node/content.ts';
import type { OperationCounter } from '../../node/numbered-ports.ts';
import { environments, notes, tasks } from '../../node/tables.ts';

/** An app whose every part is the browser's: what a tab of it has in its hands. */
export interface WebApp {
  readonly client: Backpedal;
  readonly storage: StoragePort;
  readonly gate: GatedStorage;
  /** What the gate has told: `closed`, or why the tab should be loaded anew. */
  readonly news: readonly string[];
  /** The app's own writes to its database, in one transaction. */
  run(statements: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** What a tab puts around the ports. */
export interface WebAppOptions {
  readonly counter: OperationCounter;
  readonly notify: NotifyPort;
}

let loaded: Promise<SqlJsStatic> | null = null;

/** Opens the image of the app's database. */
async function openImage(): Promise<SqlJsImage> {
  loaded ??= initSqlJs({ locateFile: () => '/sql-wasm.wasm' });
  return openSqlJsImage({ SQL: await loaded, store: indexedDbImageStore('app'), pragmas: ['foreign_keys = ON'] });
}

/** Opens the app as each of its tabs does. */
export async function openWebApp({ counter, notify }: WebAppOptions): Promise<WebApp> {
  const image = await openImage();
  const storage = webStorage({ origin: 'https://app.example' });
  const news: string[] = [];
  const gate = gateStorage(localStorage, {
    initially: 'closed',
    onClosed: () => news.push('closed'),
    onReload: (reason) => news.push(reason),
  });
  const client = createBackpedal({
    migration,
    storage: counter.wrap('storage', storage),
    database: counter.wrap(
      'database',
      sqlJsDatabase({ image, tables: { environments, tasks, notes }, scope: 'wholeTable' }),
    ),
    vault: counter.wrap('vault', indexedDbVault()),
    lock: counter.wrapLock(webLock()),
    operations: gate.operations,
    notify: counter.wrap('notify', notify),
  });
  return {
    client,
    storage,
    gate,
    news,
    run: (statements) =>
      image.transact((db) => {
        for (const statement of statements) db.run(sql.raw(statement));
      }),
    close: async () => {
      await client.close();
      await image.close();
    },
  };
}
