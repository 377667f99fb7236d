import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SqlJsStatic } from 'sql.js';
import { loadSql } from './app.ts';
import { startAppProcess } from './app-process.ts';
import { type Disk, imageOf, readDisk } from './disk/disk.ts';
import type { RowsOfWorlds } from './judge.ts';
import { openPool, type Pool } from './pool.ts';
import { buildProgram } from './program.ts';
import { type Beginning, cloneFolder, prepareWorlds } from './world.ts';

/** What all episodes share. */
export interface Setting {
  readonly SQL: SqlJsStatic;
  readonly pool: Pool;
  /** The folders of the worlds in which scenarios begin, to be cloned. */
  readonly worlds: Readonly<Record<Beginning, string>>;
  readonly rows: RowsOfWorlds;
  /** How many runs the journals have there. */
  readonly runsBefore: Readonly<Record<Beginning, number>>;
}

/** So many processes load while others are at work. */
const WAITING = 3;

/** Lets a first process go through much of what the others will do, so that its compiled code is kept. */
async function warmUp(program: string, world: string, folder: string): Promise<void> {
  await cloneFolder(world, folder);
  const process = startAppProcess(program, 'remember');
  const ending = await process.order({ action: 'merge', folder, blow: null });
  await process.leave();
  if (ending.end !== 'done') throw new Error(`The first process came to no good end: ${JSON.stringify(ending)}`);
}

/** Builds the program, prepares the worlds, and has processes wait. */
export async function openSetting(folder: string): Promise<Setting> {
  const programs = join(folder, 'program');
  await mkdir(programs, { recursive: true });
  const SQL = await loadSql();
  const [program, worlds] = await Promise.all([buildProgram(programs), prepareWorlds(SQL, join(folder, 'worlds'))]);
  await warmUp(program, worlds.drifted, join(folder, 'warm-up'));
  const disks: Readonly<Record<Beginning, Disk>> = {
    original: await readDisk(SQL, worlds.original),
    migrated: await readDisk(SQL, worlds.migrated),
    drifted: await readDisk(SQL, worlds.drifted),
  };
  const of = <T>(look: (disk: Disk) => T): Record<Beginning, T> => ({
    original: look(disks.original),
    migrated: look(disks.migrated),
    drifted: look(disks.drifted),
  });
  const rows = of((disk) => imageOf(disk).rows);
  const runsBefore = of(({ journal }) => journal.runs.length);
  return { SQL, pool: openPool(program, WAITING), worlds, rows, runsBefore };
}
