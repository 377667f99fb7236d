import fs from 'node:fs';
import { openFileApp } from './open-app.ts';

const [folder = '', action = '', state = '', cancelIn = ''] = process.argv.slice(2);
const { client } = await openFileApp(folder);

client.subscribe(() => {
  const now = client.getSnapshot().state;
  if (now === cancelIn) void client.cancel().catch(() => {});
  if (now !== state) return;
  fs.writeSync(1, 'reached\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});

const result =
  action === 'migrate'
    ? await client.migrate()
    : await client.rollback({ reason: 'USER_REQUEST', onDrift: action === 'merge' ? 'merge' : 'ask' });
fs.writeSync(1, `${result.outcome}\n`);
