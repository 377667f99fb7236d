import { copyFile, mkdir, readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileImageStore } from '../../src/adapters/node/file-image-store.ts';
import { inFolder } from './temporary-folder.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('an image whose folder was copied', () => {
  it.each([
    ['the file first', 1],
    ['its generation first', -1],
  ])('DB35 is the same image, %s', async (_, order) => {
    await inFolder(async (folder) => {
      const [here, there] = [join(folder, 'here'), join(folder, 'there')];
      const store = fileImageStore(join(here, 'app.db'));
      await store.save(bytes('one'), null);
      await store.save(bytes('two'), await store.version());
      await mkdir(there);
      for (const [index, name] of (await readdir(here)).sort().entries()) {
        await copyFile(join(here, name), join(there, name));
        const time = 1_000_000 + order * index;
        await utimes(join(there, name), time, time);
      }
      const copy = fileImageStore(join(there, 'app.db'));
      expect(new TextDecoder().decode((await copy.load())?.bytes)).toBe('two');
      expect(await copy.save(bytes('three'), await copy.version())).toMatchObject({ status: 'saved' });
      expect(new TextDecoder().decode((await copy.load())?.bytes)).toBe('three');
      expect(new TextDecoder().decode((await store.load())?.bytes)).toBe('two');
    });
  });
});
