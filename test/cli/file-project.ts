import { spawn } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eq } from 'drizzle-orm';
import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import initSqlJs from 'sql.js';
import { fileImageStore, fileLock, fileStorage, fileVault } from '../../src/adapters/node/index.ts';
import { openSqlJsImage, type SqlJsImage, sqlJsDatabase } from '../../src/adapters/sqljs/index.ts';
import { type BackpedalOptions, defineMigration } from '../../src/index.ts';

const tasks = sqliteTable('tasks', { id: text('id').primaryKey(), title: text('title').notNull() });
const CREATE = 'CREATE TABLE IF NOT EXISTS tasks (id TEXT PRIMARY KEY NOT NULL, title TEXT NOT NULL)';
const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** What `localStorage` held: a lone surrogate, a number that no one would print like this, and a key of others. */
export const ENTRIES: Readonly<Record<string, string>> = {
  'task-store':
    '{"state": {"tasks": [{"id": "t1", "title": "one", "n": 1.0}, {"id": "t2", "title": "two"}], "x": "\ud800"}}',
  'draft:\n1': 'not JSON \ud801',
  session: 'somebody else’s',
};

/** The database of a project in a folder; each call opens it anew, as another process would. */
export async function openDatabase(folder: string): Promise<SqlJsImage> {
  const image = await openSqlJsImage({ SQL: await initSqlJs(), store: fileImageStore(join(folder, 'app.sqlite')) });
  await image.transact((db) => {
    db.run(CREATE);
  });
  return image;
}

/** Where a run stands still, with `HOLD` in the environment, so that it can be interrupted. */
const never = (): Promise<void> => new Promise(() => {});

/**
 * What the configuration of a project exports.
 * @public called by the configuration that `writeProject` writes
 */
export async function projectOptions(folder: string): Promise<BackpedalOptions> {
  return {
    migration: defineMigration({
      id: 'tasks-to-database',
      collections: { tasks: { storageKey: 'task-store', path: 'state.tasks' } },
      formData: ['draft:*'],
    }),
    storage: fileStorage({ path: join(folder, 'storage.json') }),
    database: sqlJsDatabase({ image: await openDatabase(folder), tables: { tasks }, scope: 'wholeTable' }),
    vault: fileVault({ folder: join(folder, 'vault') }),
    lock: fileLock({ folder: join(folder, 'locks') }),
    ...(process.env.HOLD === undefined ? {} : { operations: { stop: never, resume: async () => {} } }),
  };
}

/** Writes a project into a folder, as a person would: storage, configuration, packages. */
export async function writeProject(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await symlink(pathOf('../../node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'storage.json'), JSON.stringify(ENTRIES));
  await writeFile(
    join(folder, 'backpedal.config.ts'),
    `import { defineConfig } from ${JSON.stringify(pathOf('../../src/adapters/node/index.ts'))};
import { projectOptions } from ${JSON.stringify(pathOf('./file-project.ts'))};
export default defineConfig(() => projectOptions(import.meta.dirname as string));
`,
  );
}

/** What people do in the database after the migration. */
export async function editRows(folder: string): Promise<void> {
  const image = await openDatabase(folder);
  await image.transact((db) => {
    db.update(tasks).set({ title: 'edited' }).where(eq(tasks.id, 't2')).run();
  });
  await image.close();
}

/** The content of the storage now. */
export async function storedEntries(folder: string): Promise<Record<string, string>> {
  return JSON.parse(await readFile(join(folder, 'storage.json'), 'utf8')) as Record<string, string>;
}

/** What a process wrote, and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const MAIN = pathOf('../../src/cli/main.ts');
const TSX = import.meta.resolve('tsx');

/** The command line, as a shell would start it. */
export const SHELL_COMMAND: string = `'${process.execPath}' --import '${TSX}' '${MAIN}'`;

/** A program under way, with pipes and without a terminal of its own. */
export interface Started {
  /** Resolves when it has written this, on stdout or stderr; rejects when it ends without. */
  readonly wrote: (text: string) => Promise<void>;
  readonly say: (text: string) => void;
  readonly interrupt: () => void;
  /** SIGKILL, for a test that has failed; nothing when it is gone. */
  readonly kill: () => void;
  readonly ended: Promise<Ended>;
}

/** Starts a program in a folder. */
export function start(
  folder: string,
  program: string,
  argv: readonly string[],
  env: Record<string, string> = {},
): Started {
  const child = spawn(program, argv, { cwd: folder, env: { ...process.env, NO_COLOR: '1', TERM: 'xterm', ...env } });
  const output = { stdout: '', stderr: '' };
  const waiting = new Map<string, () => void>();
  const collect =
    (stream: 'stdout' | 'stderr') =>
    (chunk: Buffer): void => {
      output[stream] += chunk.toString();
      for (const [text, found] of waiting) if (output[stream].includes(text)) found();
    };
  child.stdout.on('data', collect('stdout'));
  child.stderr.on('data', collect('stderr'));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...output }));
  });
  return {
    ended,
    wrote: (text) =>
      new Promise((resolve, reject) => {
        if (output.stdout.includes(text) || output.stderr.includes(text)) resolve();
        else waiting.set(text, resolve);
        ended.then(
          (end) => reject(new Error(`It ended without ${JSON.stringify(text)}: ${JSON.stringify(end)}`)),
          reject,
        );
      }),
    say: (text) => child.stdin.write(text),
    interrupt: () => child.kill('SIGINT'),
    kill: () => child.kill('SIGKILL'),
  };
}

/** Starts the command line in a process of its own. */
export const startBackpedal = (folder: string, argv: readonly string[], env: Record<string, string> = {}): Started =>
  start(folder, process.execPath, ['--import', TSX, MAIN, ...argv], env);

/** Calls it and waits for its end. */
export const backpedal = (folder: string, ...argv: string[]): Promise<Ended> => startBackpedal(folder, argv).ended;
