import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/sql-js';
import initSqlJs from 'sql.js';
import { describe, expect, it } from 'vitest';
import { fileImageStore } from '../../src/adapters/node/file-image-store.ts';
import { openSqlJsImage, sqlJsDatabase } from '../../src/adapters/sqljs/index.ts';
import { databaseContract } from '../../src/testing/database-contract.ts';
import { CONTRACT_DDL, contractAppSide, contractScope, contractTables, faultyWrites } from './sqljs-contract-schema.ts';
import { temporaryFolder } from './temporary-folder.ts';

const SQL = await initSqlJs();

databaseContract(
  { describe, it, expect },
  {
    name: 'sql.js in memory',
    supports: ['foreignKeys', 'bytes', 'faults'],
    create: (scope) => {
      const raw = new SQL.Database();
      raw.run('PRAGMA foreign_keys = ON');
      raw.run(CONTRACT_DDL);
      const faults = faultyWrites();
      faults.watch(raw);
      const db = drizzle(raw);
      const port = sqlJsDatabase({ db, tables: contractTables, scope: contractScope(scope) });
      return { port, ...contractAppSide(db), failWrite: faults.fail, dispose: () => raw.close() };
    },
  },
);

databaseContract(
  { describe, it, expect },
  {
    name: 'sql.js in a file',
    supports: ['foreignKeys', 'bytes', 'faults'],
    create: async (scope) => {
      const folder = await temporaryFolder();
      const store = fileImageStore(join(folder.path, 'app.db'));
      const faults = faultyWrites();
      class Watched extends SQL.Database {
        constructor(bytes?: ArrayLike<number> | null) {
          super(bytes);
          faults.watch(this);
        }
      }
      const image = await openSqlJsImage({
        SQL: { ...SQL, Database: Watched },
        store,
        pragmas: ['foreign_keys = ON'],
      });
      await image.transact((db) => {
        for (const statement of CONTRACT_DDL.split(';').filter((part) => part.trim() !== '')) db.run(statement);
      });
      const port = sqlJsDatabase({ image, tables: contractTables, scope: contractScope(scope) });
      const app = contractAppSide(image.db);
      return {
        port,
        rows: app.rows,
        insert: (table, row) => image.transact(() => app.insert(table, row)),
        update: (table, id, changes) => image.transact(() => app.update(table, id, changes)),
        remove: (table, id) => image.transact(() => app.remove(table, id)),
        failWrite: faults.fail,
        dispose: async () => {
          await image.close();
          await folder.dispose();
        },
      };
    },
  },
);
