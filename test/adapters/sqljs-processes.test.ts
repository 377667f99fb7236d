import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileImageStore } from '../../src/adapters/node/file-image-store.ts';
import { openSqlJsImage } from '../../src/adapters/sqljs/index.ts';
import { query, SQL } from './sqljs-harness.ts';
import { inFolder } from './temporary-folder.ts';

const TIMEOUT = { timeout: 120_000 };

/** Starts a writer; resolves with the number of the last row that it said was saved. */
function write(path: string, name: string, rows: number, killAfter: number): Promise<number> {
  const script = join(import.meta.dirname, 'sqljs-writer.ts');
  const writer: ChildProcess = spawn(process.execPath, ['--import', 'tsx', script, path, name, String(rows)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let last = 0;
    writer.stdout?.on('data', (chunk: Buffer) => {
      last = Number(String(chunk).trim().split('\n').at(-1));
      // Only this process is meant, by its own number.
      if (last >= killAfter) writer.kill('SIGKILL');
    });
    writer.on('error', reject);
    writer.on('close', () => resolve(last));
  });
}

async function written(path: string): Promise<Map<string, number[]>> {
  const raw = new SQL.Database(await readFile(path));
  expect(query(raw, 'PRAGMA integrity_check')).toEqual([['ok']]);
  const rows = new Map<string, number[]>();
  for (const [name, no] of query(raw, 'SELECT name, no FROM written ORDER BY name, no')) {
    rows.set(String(name), [...(rows.get(String(name)) ?? []), Number(no)]);
  }
  raw.close();
  return rows;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

describe('processes that share a file', () => {
  it('DB31 lose nothing to each other', TIMEOUT, () =>
    inFolder(async (folder) => {
      const path = join(folder, 'app.db');
      expect(await Promise.all(['a', 'b', 'c'].map((name) => write(path, name, 20, Infinity)))).toEqual([20, 20, 20]);
      expect(await written(path)).toEqual(new Map(['a', 'b', 'c'].map((name) => [name, upTo(20)])));
    }),
  );

  it('DB33 may be killed while they save: what was told to be saved is there, and the image is whole', TIMEOUT, () =>
    inFolder(async (folder) => {
      const path = join(folder, 'app.db');
      for (const [round, killAfter] of [1, 2, 3, 5, 8, 13].entries()) {
        const saved = await write(path, `round ${round}`, 1000, killAfter);
        const image = await openSqlJsImage({ SQL, store: fileImageStore(path) });
        await image.close();
        const rows = (await written(path)).get(`round ${round}`) ?? [];
        expect(saved).toBeGreaterThanOrEqual(killAfter);
        expect(rows).toEqual(upTo(rows.length));
        expect(rows.length).toBeGreaterThanOrEqual(saved);
      }
    }),
  );
});
