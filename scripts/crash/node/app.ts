import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import initSqlJs, { type SqlJsStatic } from 'sql.js';
import { fileImageStore, fileLock, fileStorage, fileVault } from '../../../src/adapters/node/index.ts';
import { openSqlJsImage, type SqlJsImage, sqlJsDatabase } from '../../../src/adapters/sqljs/index.ts';
import { type Backpedal, createBackpedal, type NotifyPort, type StoragePort } from '../../../src/index.ts';
import { migration } from './content.ts';
import type { OperationCounter } from './numbered-ports.ts';
import { environments, notes, tasks } from './tables.ts';

/** Where in a world's folder everything is. */
export function filesIn(folder: string) {
  return {
    storage: join(folder, 'storage.json'),
    database: join(folder, 'app.sqlite'),
    vault: join(folder, 'vault'),
    locks: join(folder, 'locks'),
    notices: join(folder, 'notices'),
  };
}

/** An app whose every part is a file: what a process of it has in its hands. */
export interface FileApp {
  readonly client: Backpedal;
  readonly storage: StoragePort;
  /** The app's own writes to its database, in one transaction. */
  run(statements: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** How a process opens the app. */
export interface OpenOptions {
  readonly SQL: SqlJsStatic;
  /** Puts something around every port. */
  readonly counter?: OperationCounter;
  /** The folder of the locks; another one than the others' is that of a machine which does not see theirs. */
  readonly locks?: string;
}

/** Loads sql.js; the same for every app of a process. */
export const loadSql = (): Promise<SqlJsStatic> => initSqlJs();

/** People are told in a file, a line each, on the disk before the call ends. */
function noticeFile(path: string): NotifyPort {
  return async (notice) => {
    const handle = await open(path, 'a');
    try {
      await handle.appendFile(`${JSON.stringify(notice)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  };
}

/** Opens the image of the world's database. */
export function openImage(SQL: SqlJsStatic, folder: string): Promise<SqlJsImage> {
  return openSqlJsImage({ SQL, store: fileImageStore(filesIn(folder).database), pragmas: ['foreign_keys = ON'] });
}

/** Opens the app in a world's folder, as each of its processes does. */
export async function openApp(folder: string, { SQL, counter, locks }: OpenOptions): Promise<FileApp> {
  const files = filesIn(folder);
  const image = await openImage(SQL, folder);
  const counted = <Port extends object>(name: string, port: Port): Port => counter?.wrap(name, port) ?? port;
  // Folders are cloned: the origin must not be their path.
  const storage = fileStorage({ path: files.storage, origin: 'https://app.example' });
  const lock = fileLock({ folder: locks ?? files.locks });
  const client = createBackpedal({
    migration,
    storage: counted('storage', storage),
    database: counted(
      'database',
      sqlJsDatabase({ image, tables: { environments, tasks, notes }, scope: 'wholeTable' }),
    ),
    vault: counted('vault', fileVault({ folder: files.vault })),
    lock: counter?.wrapLock(lock) ?? lock,
    notify: counted('notify', noticeFile(files.notices)),
  });
  return {
    client,
    storage,
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
