import fs from 'node:fs';
import { fileStorage } from '../../../src/adapters/node/file-storage.ts';
import { fileVault } from '../../../src/adapters/node/file-vault.ts';
import { stopAt } from './stop-at.ts';

const [kind, path = '', step = '0', value = ''] = process.argv.slice(2);
await stopAt(Number(step));
if (kind === 'put') await fileVault({ folder: path }).put('folder/entry', value);
else if (kind === 'putIfAbsent') await fileVault({ folder: path }).putIfAbsent('folder/entry', value);
else {
  const outcome = await fileStorage({ path }).write([{ key: 'a', value, expect: ['old'] }], () => true);
  if (outcome.status !== 'written') throw new Error(outcome.status);
}
fs.writeSync(1, 'done\n');
