import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileLock } from '../../src/adapters/node/file-lock.ts';
import { fileStorage } from '../../src/adapters/node/file-storage.ts';
import { fileVault } from '../../src/adapters/node/file-vault.ts';
import { inFolder } from '../adapters/temporary-folder.ts';
import { startChild } from './child-process.ts';

const SLOW = 300_000;
const NEW = `new ${'x'.repeat(1000)}`;

/** Kills a writer right before its first, second, … change to the file system, until one gets to its end. */
async function killEverywhere(
  kind: 'put' | 'putIfAbsent' | 'write',
  prepare: (folder: string) => Promise<string>,
  check: (path: string) => Promise<string>,
): Promise<string[]> {
  const found: string[] = [];
  for (let step = 1; ; step++) {
    let end: string | null = null;
    await inFolder(async (folder) => {
      const path = await prepare(folder);
      const child = startChild('writer.ts', [kind, path, `${step}`, NEW]);
      end = await child.line();
      await child.kill();
      found.push(await check(path));
    });
    if (end !== 'reached') {
      expect(end).toBe('done');
      return found;
    }
  }
}

const nameOf = (text: string | null): string => (text === NEW ? 'new' : (text ?? 'nothing'));

async function checkVault(folder: string): Promise<string> {
  const vault = fileVault({ folder });
  const text = await vault.get('folder/entry');
  expect(await vault.list('')).toEqual(text === null ? [] : ['folder/entry']);
  await vault.put('after', 'the vault goes on working');
  expect(await readdir(join(folder, '=drafts'))).toEqual([]);
  return nameOf(text);
}

async function checkStorage(path: string): Promise<string> {
  const text = await readFile(path, 'utf8');
  const storage = fileStorage({ path });
  const value = (await storage.read(['a'])).get('a') ?? null;
  expect(text).toBe(`{"a":"${value}"}`);
  const next = [{ key: 'b', value: 'after', expect: [null] }];
  expect(await storage.write(next, () => true)).toEqual({ status: 'written' });
  expect(await readdir(join(path, '..'))).toEqual(['dump.json']);
  return nameOf(value);
}

/** Nothing but the first state, then nothing but the second. */
const expectOneChange = (found: readonly string[], before: string): void => {
  const change = found.indexOf('new');
  expect(change).toBeGreaterThan(3);
  expect(new Set(found.slice(0, change))).toEqual(new Set([before]));
  expect(new Set(found.slice(change))).toEqual(new Set(['new']));
};

describe('a process that is killed at any point', () => {
  it('VA15 of put leaves the old text or the new one', { timeout: SLOW }, async () => {
    const withOld = async (folder: string): Promise<string> => {
      await fileVault({ folder }).put('folder/entry', 'old');
      return folder;
    };
    expectOneChange(await killEverywhere('put', withOld, checkVault), 'old');
  });

  it('VA15 of putIfAbsent leaves nothing or the whole text', { timeout: SLOW }, async () => {
    const empty = async (folder: string): Promise<string> => join(folder, 'vault');
    expectOneChange(await killEverywhere('putIfAbsent', empty, checkVault), 'nothing');
  });

  it('ST20 of a burst leaves the old file or the new one, and holds nobody up', { timeout: SLOW }, async () => {
    const withOld = async (folder: string): Promise<string> => {
      await mkdir(join(folder, 'own'));
      await writeFile(join(folder, 'own', 'dump.json'), '{"a":"old"}');
      return join(folder, 'own', 'dump.json');
    };
    expectOneChange(await killEverywhere('write', withOld, checkStorage), 'old');
  });

  it('LK6 while it holds a lock leaves it to the next', { timeout: SLOW }, () =>
    inFolder(async (folder) => {
      const lock = fileLock({ folder });
      const child = startChild('lock-holder.ts', [folder, 'a']);
      expect(await child.line()).toBe('held');
      expect(await lock.acquire('a')).toBeNull();
      await child.kill();
      expect(await lock.isHeld('a')).toBe(false);
      expect(await lock.acquire('a')).not.toBeNull();
    }),
  );
});

/** Two processes that begin at the same time, and what each of them was told. */
async function race(kind: 'vault' | 'storage', path: string, count: number): Promise<[string[], string[]]> {
  const racers = ['left', 'right'].map((name) => startChild('racer.ts', [kind, path, name, `${count}`]));
  try {
    for (const racer of racers) expect(await racer.line()).toBe('ready');
    for (const racer of racers) racer.say('go\n');
    const [left, right] = await Promise.all(racers.map(async (racer) => JSON.parse((await racer.line()) ?? '[]')));
    return [left, right];
  } finally {
    for (const racer of racers) await racer.kill();
  }
}

describe('two processes at the same time', () => {
  it('VA17 that append the same names: exactly one wins each', { timeout: SLOW }, () =>
    inFolder(async (folder) => {
      const count = 200;
      const [left, right] = await race('vault', folder, count);
      expect([left.length, right.length]).toEqual([count, count]);
      for (let index = 0; index < count; index++) {
        expect([left[index], right[index]].sort()).toEqual(['exists', 'stored']);
        const winner = left[index] === 'stored' ? 'left' : 'right';
        expect(await fileVault({ folder }).get(`race/${index}`)).toBe(winner);
      }
    }),
  );

  it('ST23 that write one file do not lose each other’s keys', { timeout: SLOW }, () =>
    inFolder(async (folder) => {
      const path = join(folder, 'dump.json');
      await writeFile(path, '{}');
      const [left, right] = await race('storage', path, 30);
      expect(new Set([...left, ...right])).toEqual(new Set(['written']));
      expect(await fileStorage({ path }).keys()).toHaveLength(60);
      expect(await readdir(folder)).toEqual(['dump.json']);
    }),
  );
});
