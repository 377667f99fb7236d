import { sql } from 'drizzle-orm';
import initSqlJs from 'sql.js';
import { fileImageStore } from '../../src/adapters/node/file-image-store.ts';
import { openSqlJsImage } from '../../src/adapters/sqljs/index.ts';

// A process that writes rows into the image of a file, and says so after each: node sqljs-writer.ts FILE NAME ROWS
const [, , path = '', name = '', rows = ''] = process.argv;
const image = await openSqlJsImage({ SQL: await initSqlJs(), store: fileImageStore(path) });
await image.transact((db) => void db.run('CREATE TABLE IF NOT EXISTS written (name TEXT, no INTEGER, padding BLOB)'));
for (let no = 1; no <= Number(rows); no += 1) {
  await image.transact((db) => void db.run(sql`INSERT INTO written VALUES (${name}, ${no}, zeroblob(50000))`));
  process.stdout.write(`${no}\n`);
}
await image.close();
