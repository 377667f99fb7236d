import fs from 'node:fs';
import { sql } from 'drizzle-orm';
import initSqlJs from 'sql.js';
import { fileImageStore } from '../../../src/adapters/node/file-image-store.ts';
import { openSqlJsImage } from '../../../src/adapters/sqljs/index.ts';
import { type StopMode, stopAt } from './stop-at.ts';

// Writes rows into the image of a file and says so after each. With a step, it stands still in the middle of it.
const [path = '', name = '', rows = '0', step = '0', mode = 'untilKilled'] = process.argv.slice(2);
const image = await openSqlJsImage({ SQL: await initSqlJs(), store: fileImageStore(path) });
if (step !== '0') await stopAt(Number(step), mode as StopMode);
for (let no = 1; no <= Number(rows); no += 1) {
  await image.transact((db) => {
    db.run(sql`CREATE TABLE IF NOT EXISTS written (name TEXT, no INTEGER, padding BLOB)`);
    db.run(sql`INSERT INTO written VALUES (${name}, ${no}, zeroblob(50000))`);
  });
  fs.writeSync(1, `${no}\n`);
}
await image.close();
