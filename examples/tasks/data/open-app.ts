import initSqlJs from 'sql.js';
import wasm from 'sql.js/dist/sql-wasm-browser.wasm?url';
import { openSqlJsImage, type SqlJsImage, sqlJsDatabase } from '../../../src/adapters/sqljs/index.ts';
import {
  type GatedStorage,
  gateStorage,
  indexedDbImageStore,
  indexedDbVault,
  webLock,
  webMemory,
  webStorage,
} from '../../../src/adapters/web/index.ts';
import { type Backpedal, createBackpedal } from '../../../src/index.ts';
import { migration } from './migration.ts';
import { createSaboteur, type Saboteur } from './saboteur.ts';
import { createTabNews, type TabNews } from './tab-news.ts';
import { CREATE_TABLES, projects, tasks } from './tables.ts';

/** All that the app is made of, put together once, outside of React. */
export interface App {
  readonly client: Backpedal;
  readonly gate: GatedStorage;
  readonly image: SqlJsImage;
  readonly saboteur: Saboteur;
  /** What is to be told to people about other tabs. */
  readonly tabs: TabNews;
}

/** Opens the database and makes the client. Nothing is migrated, recovered or rolled back by this. */
export async function openApp(): Promise<App> {
  const SQL = await initSqlJs({ locateFile: () => wasm });
  const image = await openSqlJsImage({ SQL, store: indexedDbImageStore('tasks'), pragmas: ['foreign_keys = ON'] });
  await image.transact((db) => {
    for (const statement of CREATE_TABLES) db.run(statement);
  });
  // Closed until recovery is done: what a store reads before that may be about to be replaced.
  const tabs = createTabNews();
  const gate = gateStorage(localStorage, {
    initially: 'closed',
    onClosed: () => tabs.tell('moving'),
    onReload: (reason) => tabs.tell(reason),
  });
  const saboteur = createSaboteur(() => client.getSnapshot());
  const client = createBackpedal({
    migration,
    storage: saboteur.around(webStorage()),
    database: saboteur.around(sqlJsDatabase({ image, tables: { tasks, projects }, scope: 'wholeTable' })),
    vault: indexedDbVault(),
    lock: webLock(),
    memory: webMemory(),
    operations: gate.operations,
  });
  return { client, gate, image, saboteur, tabs };
}
