/** A run's folder: the storage's file, the database's file, vault and locks, and what a second process must know. */
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DemoApp } from './demo-app.ts';
import { DemoError } from './demo-error.ts';
import { type FoundStores, foundApp } from './found-app.ts';
import { asStorageState, sampleEntries } from './sample/sample-storage.ts';
import { sampleApp } from './sample-app.ts';

/** Where a run's files are. */
export interface RunFiles {
  readonly storage: string;
  readonly database: string;
  readonly vault: string;
  readonly locks: string;
  readonly setting: string;
}

/** What a run works on; plain data, so that another process can open the same run. */
export interface DemoSetting {
  /** The file to copy, or `null` for the sample app's storage. */
  readonly source: string | null;
  readonly origin: string | null;
  /** What was found in the file; `null` for the sample app, which knows its stores. */
  readonly found: FoundStores | null;
}

const SAMPLE_ORIGIN = 'https://tasks.example';

/** The files of a run in its folder. */
export function filesIn(folder: string): RunFiles {
  return {
    storage: join(folder, 'storage.json'),
    database: join(folder, 'database.sqlite'),
    vault: join(folder, 'vault'),
    locks: join(folder, 'locks'),
    setting: join(folder, 'setting.json'),
  };
}

/** Creates a run's folder with a storage as it was before any migration. */
export async function prepareRun(folder: string, setting: DemoSetting): Promise<void> {
  const files = filesIn(folder);
  await mkdir(folder);
  if (setting.source === null) await writeFile(files.storage, asStorageState(SAMPLE_ORIGIN, sampleEntries()));
  else await copyFile(setting.source, files.storage);
  await writeFile(files.setting, JSON.stringify(setting));
}

/** The setting of a run that was prepared, perhaps by another process. */
export async function readSetting(folder: string): Promise<DemoSetting> {
  return JSON.parse(await readFile(filesIn(folder).setting, 'utf8'));
}

/** The app that a setting describes. */
export function appOf({ found }: DemoSetting): DemoApp {
  return found === null ? sampleApp : foundApp(found);
}

/** A folder to work in, and what becomes of it at the end. */
export interface WorkingFolder {
  readonly path: string;
  /** `keep` leaves a temporary folder as well, to be looked at. */
  finish(outcome: 'remove' | 'keep'): Promise<void>;
}

/**
 * A new temporary folder, or the one that was asked for, which stays.
 * @throws DemoError when the folder that was asked for holds something
 */
export async function createWorkingFolder(wanted: string | null): Promise<WorkingFolder> {
  if (wanted === null) {
    const path = await mkdtemp(join(tmpdir(), 'backpedal-demo-'));
    const finish: WorkingFolder['finish'] = async (outcome) => {
      if (outcome === 'remove') await rm(path, { recursive: true });
    };
    return { path, finish };
  }
  await mkdir(wanted, { recursive: true });
  const [first] = await readdir(wanted);
  if (first !== undefined) throw new DemoError(`${wanted} is not empty: name a new or an empty folder.`);
  return { path: wanted, finish: async () => {} };
}
