/** The bench in a browser: 10,000 tasks in localStorage, rows in an image in IndexedDB, and back; ours, and by hand. */
import { count, inArray } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/sql-js';
import initSqlJs, { type Database } from 'sql.js';
import { openSqlJsImage, sqlJsDatabase } from '../../src/adapters/sqljs/index.ts';
import { indexedDbImageStore, indexedDbVault, webLock, webStorage } from '../../src/adapters/web/index.ts';
import { createBackpedal, defineMigration } from '../../src/index.ts';
import { makeTasks, storeText, type Task } from '../data.ts';
import { CREATE_TASKS, tasks } from '../schema.ts';
import { watchMainThread } from './main-thread.ts';
import type { Measured } from './measured.ts';

const KEY = 'task-store';
const migration = defineMigration({ id: 'bench', collections: { tasks: { storageKey: KEY, path: 'state.tasks' } } });

/** Shorter than the others' tasks: a browser holds five megabytes. */
const ITEMS: readonly Task[] = makeTasks(10_000).map((task) => ({ ...task, messages: task.messages.slice(0, 1) }));
const TEXT = storeText(ITEMS);

const sqlJs = initSqlJs({ locateFile: () => '/sql-wasm.wasm' });

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function startAfresh(): Promise<void> {
  localStorage.clear();
  for (const { name } of await indexedDB.databases())
    if (name !== undefined) await settled(indexedDB.deleteDatabase(name));
}

async function ours(): Promise<Measured> {
  await startAfresh();
  localStorage.setItem(KEY, TEXT);
  const image = await openSqlJsImage({ SQL: await sqlJs, store: indexedDbImageStore('bench-image') });
  await image.transact((db) => db.run(CREATE_TASKS));
  const watch = watchMainThread(() => client.getSnapshot().state ?? 'idle');
  const client = createBackpedal({
    migration,
    storage: watch.around('storage', webStorage(), ['write']),
    database: watch.around('database', sqlJsDatabase({ image, tables: { tasks }, scope: 'wholeTable' }), ['clear']),
    vault: indexedDbVault(),
    lock: webLock(),
  });
  const unsubscribe = client.subscribe(() => performance.mark(`state:${client.getSnapshot().state}`));
  performance.mark('bench:begin');
  const migrated = await client.migrate();
  if (!migrated.success) throw new Error(`The migration ended ${migrated.outcome}: ${migrated.error?.message}`);
  const begun = performance.now();
  const rolledBack = await client.rollback({ reason: 'USER_REQUEST' });
  const milliseconds = performance.now() - begun;
  if (!rolledBack.success || localStorage.getItem(KEY) !== TEXT)
    throw new Error(`The rollback ended ${rolledBack.outcome}: ${rolledBack.error?.message}`);
  performance.mark('bench:end');
  unsubscribe();
  const mainThread = await watch.end();
  await client.close();
  await image.close();
  return { milliseconds, ...mainThread };
}

/** One record of IndexedDB, written with strict durability, as careful people do it by hand. */
async function openRecords(): Promise<{
  get(key: string): Promise<unknown>;
  put(key: string, value: unknown): Promise<void>;
}> {
  const opening = indexedDB.open('by-hand', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('records');
  const db = await settled(opening);
  return {
    get: (key) => settled(db.transaction('records').objectStore('records').get(key)),
    put: (key, value) =>
      new Promise((resolve, reject) => {
        const transaction = db.transaction('records', 'readwrite', { durability: 'strict' });
        transaction.objectStore('records').put(value, key);
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error);
      }),
  };
}

function fill(raw: Database): void {
  raw.run(CREATE_TASKS);
  raw.run('begin');
  const insert = raw.prepare('insert into tasks values (?, ?, ?, ?, ?, ?)');
  for (const { id, title, status, priority, createdAt, messages } of ITEMS)
    insert.run([id, title, status, priority, createdAt, JSON.stringify(messages)]);
  insert.free();
  raw.run('commit');
}

const CHUNK = 30_000;

/**
 * The user's procedure, done literally, on the same things: the backup and the database's image are in IndexedDB. It
 * parses the backup in each step, deletes through Drizzle's `inArray`, rebuilds the store, and checks counts.
 */
async function procedure(): Promise<Measured> {
  await startAfresh();
  const { Database } = await sqlJs;
  const records = await openRecords();
  const raw = new Database();
  fill(raw);
  await records.put('backup', JSON.stringify({ data: { tasks: ITEMS } }));
  await records.put('image', raw.export());
  const db = drizzle(raw);
  const begun = performance.now();
  const load = async (): Promise<readonly Task[]> =>
    (JSON.parse(String(await records.get('backup'))) as { data: { tasks: Task[] } }).data.tasks;
  await load();
  const ids = (await load()).map(({ id }) => id);
  db.transaction((tx) => {
    for (let at = 0; at < ids.length; at += CHUNK)
      tx.delete(tasks)
        .where(inArray(tasks.id, ids.slice(at, at + CHUNK)))
        .run();
  });
  await records.put('image', raw.export());
  localStorage.setItem(KEY, JSON.stringify({ state: { tasks: await load() }, version: 0 }));
  const restored = JSON.parse(localStorage.getItem(KEY) ?? '') as { state: { tasks: readonly Task[] } };
  if (restored.state.tasks.length !== (await load()).length) throw new Error('Task count mismatch');
  const left = db.select({ count: count() }).from(tasks).get();
  if (left?.count !== 0) throw new Error('Database still contains migrated data');
  const milliseconds = performance.now() - begun;
  raw.close();
  return { milliseconds, tasks: [], longestCall: 0 };
}

(globalThis as { bench?: unknown }).bench = { ours, procedure };
