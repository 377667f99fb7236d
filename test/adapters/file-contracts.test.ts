import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileLock } from '../../src/adapters/node/file-lock.ts';
import { fileStorage } from '../../src/adapters/node/file-storage.ts';
import { fileVault } from '../../src/adapters/node/file-vault.ts';
import { lockContract } from '../../src/testing/lock-contract.ts';
import { storageContract } from '../../src/testing/storage-contract.ts';
import { vaultContract } from '../../src/testing/vault-contract.ts';
import { changeHolders, endedProcess } from './dead-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

const tools = { describe, it, expect };

storageContract(tools, {
  name: 'fileStorage on a plain object',
  async create({ entries }) {
    const { path, dispose } = await temporaryFolder();
    const file = join(path, 'dump.json');
    const members = entries.map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
    await writeFile(file, `{\n  ${members.join(',\n  ')}\n}\n`);
    return { open: () => fileStorage({ path: file }), dispose };
  },
  supports: [],
});

storageContract(tools, {
  name: 'fileStorage on a storageState file',
  async create({ entries }) {
    const { path, dispose } = await temporaryFolder();
    const file = join(path, 'state.json');
    const localStorage = entries.map(([name, value]) => ({ name, value }));
    const origins = [
      { origin: 'https://other.example', localStorage: [{ name: 'a', value: 'not ours' }] },
      { origin: 'https://app.example', localStorage },
    ];
    await writeFile(file, JSON.stringify({ cookies: [], origins }, null, 2));
    return { open: () => fileStorage({ path: file, origin: 'https://app.example' }), dispose };
  },
  supports: [],
});

vaultContract(tools, {
  name: 'fileVault',
  async create() {
    const { path, dispose } = await temporaryFolder();
    return { open: () => fileVault({ folder: join(path, 'new', 'vault') }), dispose };
  },
  supports: [],
});

lockContract(tools, {
  name: 'fileLock',
  async create() {
    const { path, dispose } = await temporaryFolder();
    const folder = join(path, 'locks');
    return {
      open: () => fileLock({ folder }),
      async leaveBehind(name) {
        await fileLock({ folder }).acquire(name);
        const pid = endedProcess();
        await changeHolders(folder, ([place = '', boot = '', _, started = '']) => [place, boot, `${pid}`, started]);
      },
      async takeAway() {
        for (const file of await readdir(folder)) await rm(join(folder, file));
      },
      dispose,
    };
  },
  supports: ['death', 'loss'],
});
