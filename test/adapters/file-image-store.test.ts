import { link, mkdir, readdir, readFile, rename, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileImageStore } from '../../src/adapters/node/file-image-store.ts';
import { traceFiles } from './file-trace.ts';
import { inFolder } from './temporary-folder.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A store with three generations behind it. */
const inStore = (body: (path: string, store: ReturnType<typeof fileImageStore>) => Promise<void>) =>
  inFolder(async (folder) => {
    const path = join(folder, 'app.db');
    const store = fileImageStore(path);
    for (const text of ['one', 'two', 'three']) {
      expect((await store.save(bytes(text), await store.version())).status).toBe('saved');
    }
    await body(path, store);
  });

const textIn = async (store: ReturnType<typeof fileImageStore>): Promise<string | null> => {
  const image = await store.load();
  return image === null ? null : new TextDecoder().decode(image.bytes);
};

const generation = (path: string, number: number): string =>
  path.replace(/app\.db$/, `.app.db.backpedal-image-${number}`);

describe('an image in a file', () => {
  it('DB35 is there for other programs under its own name, with one generation beside it and nothing else', () =>
    inStore(async (path, store) => {
      expect(await readFile(path, 'utf8')).toBe('three');
      expect((await readdir(join(path, '..'))).sort()).toEqual(['.app.db.backpedal-image-3', 'app.db']);
      expect(((await stat(path)).mode & 0o777).toString(8)).toBe('600');
      expect(store.failureDomain).toBe('local-disk');
    }));

  it('DB35 a save upon an older version is a conflict and changes nothing', () =>
    inStore(async (_path, store) => {
      const base = await store.version();
      expect((await store.save(bytes('four'), base)).status).toBe('saved');
      for (const stale of [base, null]) {
        expect(await store.save(bytes('stale'), stale)).toEqual({ status: 'conflict' });
      }
      expect(await textIn(store)).toBe('four');
    }));

  it('DB31 of many saves upon one version exactly one wins', () =>
    inStore(async (_path, store) => {
      const base = await store.version();
      const saves = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((text) => store.save(bytes(text), base)));
      expect(saves.filter(({ status }) => status === 'saved').length).toBe(1);
      const winner = ['a', 'b', 'c', 'd', 'e'][saves.findIndex(({ status }) => status === 'saved')];
      expect(await textIn(store)).toBe(winner);
    }));

  it('DB33 an image is on the disk before it gets its number and its name, and these before the call ends', () =>
    inStore(async (path, store) => {
      const base = await store.version();
      const folder = `sync ${basename(dirname(path))}`;
      expect(await traceFiles(async () => void (await store.save(bytes('four'), base)))).toEqual([
        'sync draft',
        'link draft .app.db.backpedal-image-4',
        folder,
        'rename draft app.db',
        folder,
      ]);
    }));

  it('DB33 a draft that a killed process has left is of no consequence, and is removed in time', () =>
    inStore(async (path, store) => {
      const draft = generation(path, 0).replace(/0$/, 'draft-1');
      await writeFile(draft, 'torn');
      await utimes(draft, 1, 1);
      expect(await textIn(store)).toBe('three');
      await store.save(bytes('four'), await store.version());
      expect(await readdir(join(path, '..'))).not.toContain('.app.db.backpedal-image-draft-1');
    }));

  it('DB33 a save that was cut off after its commit is finished by whoever comes next', () =>
    inStore(async (path, store) => {
      await writeFile(generation(path, 4), 'four');
      expect(await textIn(store)).toBe('four');
      expect(await readFile(path, 'utf8')).toBe('four');
      await store.save(bytes('five'), await store.version());
      expect((await readdir(join(path, '..'))).sort()).toEqual(['.app.db.backpedal-image-5', 'app.db']);
    }));

  it('DB33 a process that wakes up late can make the file lag behind, but not lose what was saved since', () =>
    inStore(async (path, store) => {
      // Stopped between its two renames: generation 4 is its own, and its draft is a link to it.
      const draft = generation(path, 0).replace(/0$/, 'draft-late');
      await writeFile(draft, 'four');
      await link(draft, generation(path, 4));
      expect(await textIn(store)).toBe('four');
      await store.save(bytes('five'), await store.version());
      expect(await readdir(join(path, '..'))).not.toContain('.app.db.backpedal-image-draft-late');
      // Had it been quicker than the one who tidied up, its generation would still be there to tell.
      await writeFile(generation(path, 4), 'four');
      await link(generation(path, 4), `${path}.late`);
      await rename(`${path}.late`, path);
      expect(await textIn(store)).toBe('five');
    }));

  it('DB33 a stale process that gets hold of a number of long ago is found out', () =>
    inStore(async (path, store) => {
      const stale = await store.version();
      for (const text of ['four', 'five']) await store.save(bytes(text), await store.version());
      const number = Number(stale?.split('|')[0]) + 1;
      await writeFile(generation(path, number), 'stale');
      expect(await textIn(store)).toBe('five');
      expect((await store.save(bytes('six'), await store.version())).status).toBe('saved');
      expect((await readdir(join(path, '..'))).sort()).toEqual(['.app.db.backpedal-image-6', 'app.db']);
    }));

  it('DB35 a file that other tools change, replace or remove is taken as it is', () =>
    inStore(async (path, store) => {
      const base = await store.version();
      await writeFile(path, 'changed in place');
      expect(await textIn(store)).toBe('changed in place');
      expect((await store.save(bytes('stale'), base)).status).toBe('conflict');
      await writeFile(`${path}.new`, 'replaced');
      const later = new Date('2100-01-01');
      await utimes(`${path}.new`, later, later);
      await rename(`${path}.new`, path);
      expect(await textIn(store)).toBe('replaced');
      expect((await store.save(bytes('upon it'), await store.version())).status).toBe('saved');
      expect(await textIn(store)).toBe('upon it');
      await unlink(path);
      expect(await textIn(store)).toBeNull();
      expect((await store.save(bytes('anew'), null)).status).toBe('saved');
      expect(await textIn(store)).toBe('anew');
    }));

  it('DB35 an older file in its place is not taken without being told which one counts', () =>
    inStore(async (path, store) => {
      await writeFile(`${path}.old`, 'a copy of last week');
      await utimes(`${path}.old`, 1, 1);
      await rename(`${path}.old`, path);
      await expect(store.load()).rejects.toMatchObject({ code: 'DATABASE_CONFLICT' });
      await unlink(generation(path, 3));
      expect(await textIn(store)).toBe('a copy of last week');
    }));

  it("DB35 unfinished work in SQLite's own journals is not ignored", () =>
    inStore(async (path, store) => {
      await writeFile(`${path}-wal`, '');
      expect(await textIn(store)).toBe('three');
      await writeFile(`${path}-wal`, 'frames');
      await expect(store.load()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    }));

  it('DB35 what the file system refuses is told with its code, and folders are made', () =>
    inFolder(async (folder) => {
      const store = fileImageStore(join(folder, 'deep', 'down', 'app.db'), { failureDomain: 'usb' });
      expect([await store.version(), await store.load(), store.failureDomain]).toEqual([null, null, 'usb']);
      expect((await store.save(bytes('x'), null)).status).toBe('saved');
      await mkdir(join(folder, 'taken.db'));
      await expect(fileImageStore(join(folder, 'taken.db')).load()).rejects.toMatchObject({
        code: 'DATABASE_UNAVAILABLE',
        details: { code: 'EISDIR' },
      });
    }));
});
