import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import initSqlJs from 'sql.js';
import { describe, expect, it } from 'vitest';
import { fileImageStore } from '../../src/adapters/node/file-image-store.ts';
import { openSqlJsImage } from '../../src/adapters/sqljs/index.ts';
import { inFolder } from '../adapters/temporary-folder.ts';
import { type Child, startChild } from './child-process.ts';

const SLOW = { timeout: 300_000 };
const SQL = await initSqlJs();

const writer = (path: string, name: string, rows: number, ...stop: string[]): Child =>
  startChild('image-writer.ts', [path, name, `${rows}`, ...stop]);

/** The numbers of the last line that a writer said, as it says one for each row. */
async function lastOf(child: Child): Promise<number> {
  let last = 0;
  for (let line = await child.line(); line !== null; line = await child.line()) last = Number(line);
  return last;
}

/** Opens the image as the next process would, writes a row of its own, and reads the rows by writer. */
async function next(path: string, name: string): Promise<Record<string, number[]>> {
  const image = await openSqlJsImage({ SQL, store: fileImageStore(path) });
  await image.transact((db) => {
    db.run(sql`CREATE TABLE IF NOT EXISTS written (name TEXT, no INTEGER, padding BLOB)`);
    db.run(sql`INSERT INTO written (name, no) SELECT ${name}, count(*) + 1 FROM written WHERE name = ${name}`);
  });
  await image.close();
  return written(path);
}

/** What another program finds in the file. */
async function written(path: string): Promise<Record<string, number[]>> {
  const raw = new SQL.Database(await readFile(path));
  expect(raw.exec('PRAGMA integrity_check')[0]?.values).toEqual([['ok']]);
  const rows: Record<string, number[]> = {};
  for (const [name, no] of raw.exec('SELECT name, no FROM written ORDER BY name, no')[0]?.values ?? []) {
    rows[String(name)] = [...(rows[String(name)] ?? []), Number(no)];
  }
  raw.close();
  return rows;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

describe('processes that share an image in a file', () => {
  it('DB31 lose nothing to each other', SLOW, () =>
    inFolder(async (folder) => {
      const path = join(folder, 'app.db');
      const children = ['a', 'b', 'c'].map((name) => writer(path, name, 20));
      expect(await Promise.all(children.map(lastOf))).toEqual([20, 20, 20]);
      expect(await written(path)).toEqual({ a: upTo(20), b: upTo(20), c: upTo(20) });
    }),
  );

  it(
    'DB33 may be killed before any change to the file system: the image is the one before or after',
    SLOW,
    async () => {
      const ends: number[] = [];
      for (let step = 1, end: string | null = 'reached'; end === 'reached'; step += 1) {
        await inFolder(async (folder) => {
          const path = join(folder, 'app.db');
          await next(path, 'before');
          const child = writer(path, 'killed', 1, `${step}`);
          end = await child.line();
          await child.kill();
          const rows = await next(path, 'after');
          expect([rows.before, rows.after]).toEqual([[1], [1]]);
          ends.push(rows.killed?.length ?? 0);
          const files = (await readdir(folder)).filter((file) => !file.includes('draft'));
          expect(files.sort()).toEqual([expect.stringMatching(/^\.app\.db\.backpedal-image-\d$/), 'app.db']);
        });
      }
      // It was killed at several points before its commit and at several behind it, and never in between.
      expect(ends.length).toBeGreaterThan(6);
      expect(ends).toEqual([...ends].sort());
      expect(new Set(ends)).toEqual(new Set([0, 1]));
    },
  );

  it('DB33 may stand still anywhere while others save, and go on: nothing that was saved is lost', SLOW, async () => {
    for (let step = 1, end: string | null = 'reached'; end === 'reached'; step += 1) {
      await inFolder(async (folder) => {
        const path = join(folder, 'app.db');
        await next(path, 'before');
        const child = writer(path, 'stopped', 1, `${step}`, 'untilTold');
        end = await child.line();
        for (let no = 1; no <= 3; no += 1) await next(path, 'others');
        child.say('go on\n');
        expect(end === 'reached' ? await lastOf(child) : Number(end)).toBe(1);
        expect(await next(path, 'after')).toEqual({ before: [1], others: upTo(3), stopped: [1], after: [1] });
        await child.kill();
      });
    }
  });

  it('DB33 may be killed at any time: what was told to be saved is there', SLOW, () =>
    inFolder(async (folder) => {
      const path = join(folder, 'app.db');
      for (const [round, killAfter] of [1, 2, 3, 5, 8, 13].entries()) {
        const child = writer(path, `round ${round}`, 1000);
        let saved = 0;
        while (saved < killAfter) saved = Number(await child.line());
        await child.kill();
        const rows = (await next(path, 'check'))[`round ${round}`] ?? [];
        expect(rows).toEqual(upTo(rows.length));
        expect(rows.length).toBeGreaterThanOrEqual(saved);
      }
    }),
  );
});
