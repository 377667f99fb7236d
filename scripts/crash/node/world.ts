import { copyFile, link, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import type { SqlJsStatic } from 'sql.js';
import { filesIn, openApp, openImage } from './app.ts';
import { ORIGINAL_FILE, ROW_EDITS, ROWS_BEFORE, STORAGE_EDITS } from './content.ts';
import { CREATE_TABLES } from './tables.ts';

/** What the world is like when a scenario begins. */
export type Beginning = 'original' | 'migrated' | 'drifted';

/** A world before the migration. */
export async function createWorld(SQL: SqlJsStatic, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(filesIn(folder).storage, ORIGINAL_FILE);
  const image = await openImage(SQL, folder);
  await image.transact((db) => {
    for (const statement of [...CREATE_TABLES, ...ROWS_BEFORE]) db.run(sql.raw(statement));
  });
  await image.close();
}

/** Migrates. */
export async function migrateWorld(SQL: SqlJsStatic, folder: string): Promise<void> {
  const app = await openApp(folder, { SQL });
  const { outcome, success, error } = await app.client.migrate();
  await app.close();
  if (outcome !== 'migrated' || !success) throw new Error(`The migration ended as ${outcome}: ${error?.message ?? ''}`);
}

/** People go on working in the database, and the app in storage. */
export async function workInWorld(
  SQL: SqlJsStatic,
  folder: string,
  edits: { readonly rows: readonly string[]; readonly storage: Readonly<Record<string, string | null>> },
): Promise<void> {
  const app = await openApp(folder, { SQL });
  await app.run(edits.rows);
  const keys = Object.keys(edits.storage);
  const found = await app.storage.read(keys);
  const writes = keys.map((key) => ({ key, value: edits.storage[key] ?? null, expect: [found.get(key) ?? null] }));
  const { status } = await app.storage.write(writes, () => true);
  await app.close();
  if (status !== 'written') throw new Error(`The app's writes to storage were ${status}.`);
}

/** The worlds in which scenarios begin, each in a folder of its own, to be cloned. */
export async function prepareWorlds(SQL: SqlJsStatic, folder: string): Promise<Readonly<Record<Beginning, string>>> {
  const worlds = {
    original: join(folder, 'original'),
    migrated: join(folder, 'migrated'),
    drifted: join(folder, 'drifted'),
  };
  await createWorld(SQL, worlds.original);
  await cloneFolder(worlds.original, worlds.migrated);
  await migrateWorld(SQL, worlds.migrated);
  await cloneFolder(worlds.migrated, worlds.drifted);
  await workInWorld(SQL, worlds.drifted, { rows: ROW_EDITS, storage: STORAGE_EDITS });
  return worlds;
}

/** Copies a folder; files that are links of each other are links of each other in the copy. */
export async function cloneFolder(from: string, to: string, seen: Map<bigint, string> = new Map()): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) {
      await cloneFolder(source, target, seen);
      continue;
    }
    const { ino } = await stat(source, { bigint: true });
    const first = seen.get(ino);
    if (first === undefined) await copyFile(source, target);
    else await link(first, target);
    seen.set(ino, target);
  }
}
