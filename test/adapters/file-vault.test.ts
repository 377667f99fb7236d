import { appendFile, mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileVault } from '../../src/adapters/node/file-vault.ts';
import { processIdentity } from '../../src/adapters/node/process-identity.ts';
import { endedProcess } from './dead-process.ts';
import { traceFiles } from './file-trace.ts';
import { inFolder } from './temporary-folder.ts';

const damaged = { code: 'VAULT_DAMAGED', persistence: 'permanent' };
const inVault = (body: (folder: string) => Promise<void>) => inFolder((folder) => body(join(folder, 'vault')));

describe('fileVault', () => {
  it('VA12 a file that is cut off anywhere is damaged, never a shorter text', () =>
    inVault(async (folder) => {
      const vault = fileVault({ folder });
      await vault.put('backup', 'häppy');
      const [file = ''] = (await readdir(folder)).filter((name) => name.startsWith('backup'));
      const path = join(folder, file);
      for (let size = (await stat(path)).size - 1; size >= 0; size--) {
        await truncate(path, size);
        await expect(vault.get('backup')).rejects.toMatchObject(damaged);
      }
      expect(await vault.list('')).toEqual(['backup']);
    }));

  it('VA12 so is one with something added, or with bytes that are not text', () =>
    inVault(async (folder) => {
      const vault = fileVault({ folder });
      await vault.put('longer', 'text');
      await vault.put('other', 'xx');
      for (const file of (await readdir(folder)).filter((name) => name.startsWith('longer')))
        await appendFile(join(folder, file), '\0');
      for (const file of (await readdir(folder)).filter((name) => name.startsWith('other'))) {
        const bytes = await readFile(join(folder, file));
        bytes[bytes.length - 1] = 0xff;
        await writeFile(join(folder, file), bytes);
      }
      await expect(vault.get('longer')).rejects.toMatchObject(damaged);
      await expect(vault.get('other')).rejects.toMatchObject(damaged);
      expect(await vault.putIfAbsent('longer', 'text')).toBe('exists');
    }));

  it('VA13 what is not an entry is not listed', () =>
    inVault(async (folder) => {
      const vault = fileVault({ folder });
      await vault.put('journal/1', 'text');
      await writeFile(join(folder, '.DS_Store'), 'of others');
      await writeFile(join(folder, 'journal', 'notes.txt'), 'of others');
      await writeFile(join(folder, '=drafts', 'left'), 'half');
      await mkdir(join(folder, 'strange folder='));
      expect(await vault.list('')).toEqual(['journal/1']);
      expect(await vault.list('=drafts/').catch((error: unknown) => error)).toMatchObject({ code: 'VAULT_NAME' });
    }));

  it('VA14 drafts of dead processes are removed, those of living ones stay', () =>
    inVault(async (folder) => {
      await fileVault({ folder }).put('a', 'text');
      const drafts = join(folder, '=drafts');
      expect(await readdir(drafts)).toEqual([]);
      const dead = (await processIdentity()).replace(`.${process.pid}.`, `.${endedProcess()}.`);
      const living = `${await processIdentity()}=living`;
      const elsewhere = `${(await processIdentity()).replace(/^[0-9a-f]{16}/, '0'.repeat(16))}=elsewhere`;
      for (const name of [`${dead}=dead`, living, elsewhere]) await writeFile(join(drafts, name), 'half');
      await fileVault({ folder }).put('b', 'text');
      expect((await readdir(drafts)).sort()).toEqual([living, elsewhere].sort());
    }));

  it('VA16 what is no folder is unavailable, not empty', () =>
    inFolder(async (parent) => {
      const folder = join(parent, 'file');
      await writeFile(folder, 'not a folder');
      const vault = fileVault({ folder });
      const unavailable = { code: 'VAULT_UNAVAILABLE', persistence: 'transient' };
      await expect(vault.get('a')).rejects.toMatchObject(unavailable);
      await expect(vault.put('a', 'text')).rejects.toMatchObject(unavailable);
      await expect(vault.list('')).rejects.toMatchObject(unavailable);
      await expect(vault.remove('a')).rejects.toMatchObject(unavailable);
    }));

  it('VA18 a text is on the disk before its name, and its name before the call ends', () =>
    inVault(async (folder) => {
      const vault = fileVault({ folder });
      await vault.put('journal/0', 'creates the folders');
      expect(await traceFiles(() => vault.put('journal/0', 'text'))).toEqual([
        'sync draft',
        'rename draft 0=',
        'sync journal',
      ]);
      const append = async (): Promise<void> => void (await vault.putIfAbsent('journal/1', 'text'));
      expect(await traceFiles(append)).toEqual(['sync draft', 'link draft 1=', 'sync journal']);
      // Whoever stored it may have been killed before bringing the name to the disk.
      expect(await traceFiles(append)).toEqual(['sync draft', 'link draft 1=', 'sync journal']);
      expect(await traceFiles(() => vault.remove('journal/1'))).toEqual(['sync journal']);
    }));

  it('VA18 so are the folders above it', () =>
    inVault(async (folder) => {
      const trace = await traceFiles(() => fileVault({ folder }).put('a/b/c', 'text'));
      expect(trace.slice(-3)).toEqual(['sync draft', 'rename draft c=', 'sync b']);
      expect(trace.slice(0, -3).filter((entry) => entry === 'sync a' || entry === 'sync vault')).toEqual([
        'sync vault',
        'sync a',
        'sync vault',
      ]);
    }));

  it('VA7 nothing outside the folder is touched, and it is readable for its owner only', () =>
    inFolder(async (parent) => {
      const vault = fileVault({ folder: join(parent, 'vault') });
      await expect(vault.put('../outside', 'text')).rejects.toMatchObject({ code: 'VAULT_NAME' });
      await vault.put('inside', 'text');
      expect(await readdir(parent)).toEqual(['vault']);
      expect((await stat(join(parent, 'vault'))).mode & 0o077).toBe(0);
    }));
});
