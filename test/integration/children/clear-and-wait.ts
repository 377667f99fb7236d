/** Clears at the port, and waits for a line before one statement: a holder that can be stopped in mid-transaction. */
import { once } from 'node:events';
import pg from 'pg';
import { BackpedalError } from '../../../src/errors.ts';
import { proofPort } from '../../support/servers/postgres-stage.ts';
import type { Clearing } from './clearing-process.ts';

const { connection, fence, at } = JSON.parse(process.argv[2] ?? '') as Clearing;
let statements = 0;

async function wait(): Promise<void> {
  console.log('waiting');
  await once(process.stdin, 'data');
}

class Waiting extends pg.Client {
  // biome-ignore lint/suspicious/noExplicitAny: as overloaded as the method it stands for
  override query(...args: any[]): any {
    statements += 1;
    if (statements !== at) return super.query(...(args as [string]));
    return wait().then(() => super.query(...(args as [string])));
  }
}

const pool = new pg.Pool({ ...connection, Client: Waiting, max: 2 });
pool.on('error', () => undefined);
const port = proofPort(pool);

async function clear(): Promise<string> {
  try {
    return (await port.clear(fence, { undoes: 'in', drift: 'any' })).status;
  } catch (thrown) {
    return thrown instanceof BackpedalError ? thrown.code : String(thrown);
  }
}

console.log(JSON.stringify([await clear(), await clear()]));
process.stdin.pause();
await pool.end();
