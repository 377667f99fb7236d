import { once } from 'node:events';
import { fileStorage } from '../../../src/adapters/node/file-storage.ts';
import { fileVault } from '../../../src/adapters/node/file-vault.ts';

const [kind, path = '', name = '', count = '0'] = process.argv.slice(2);
const vault = fileVault({ folder: path });
const storage = fileStorage({ path });
const outcomes: string[] = [];

process.stdout.write('ready\n');
await once(process.stdin, 'data');
for (let index = 0; index < Number(count); index++) {
  if (kind === 'vault') outcomes.push(await vault.putIfAbsent(`race/${index}`, name));
  else {
    const write = { key: `${name} ${index}`, value: name, expect: [null] };
    outcomes.push((await storage.write([write], () => true)).status);
  }
}
process.stdout.write(`${JSON.stringify(outcomes)}\n`, () => process.exit());
