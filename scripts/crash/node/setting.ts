import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SqlJsStatic } from 'sql.js';
import { loadSql } from './app.ts';
import { type Disk, imageOf, readDisk } from './disk/disk.ts';
import type { RowsOfWorlds } from './judge.ts';
import { openPool, type Pool } from './pool.ts';
import { buildProgram } from './program.ts';
import { type Beginning, prepareWorlds } from './world.ts';

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

/** Builds the program, prepares the worlds, and has processes wait. */
export async function openSetting(folder: string): Promise<Setting> {
  const programs = join(folder, 'program');
  await mkdir(programs, { recursive: true });
  const SQL = await loadSql();
  const [program, worlds] = await Promise.all([buildProgram(programs), prepareWorlds(SQL, join(folder, 'worlds'))]);
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
