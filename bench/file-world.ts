import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileImageStore, fileStorage, fileVault } from '../src/adapters/node/index.ts';
import { openSqlJsImage, sqlJsDatabase } from '../src/adapters/sqljs/index.ts';
import { type Backpedal, createBackpedal } from '../src/index.ts';
import { storeText, type Task } from './data.ts';
import { CREATE_TASKS, tasks } from './schema.ts';
import { KEY, loadSqlJs, migration } from './world.ts';

/** The benched app on files: each acknowledged write is on disk. */
export interface FileWorld {
  readonly client: Backpedal;
  readonly remove: () => void;
}

/** A world on files that holds these tasks in storage, before its migration. */
export async function fileWorldWith(items: readonly Task[]): Promise<FileWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'backpedal-bench-'));
  const path = join(folder, 'storage.json');
  writeFileSync(path, JSON.stringify({ [KEY]: storeText(items) }));
  const image = await openSqlJsImage({ SQL: await loadSqlJs(), store: fileImageStore(join(folder, 'app.db')) });
  await image.transact((db) => {
    db.run(CREATE_TASKS);
  });
  const client = createBackpedal({
    migration,
    storage: fileStorage({ path }),
    database: sqlJsDatabase({ image, tables: { tasks }, scope: 'wholeTable' }),
    vault: fileVault({ folder: join(folder, 'vault') }),
  });
  return { client, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
