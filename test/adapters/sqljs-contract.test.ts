import initSqlJs from 'sql.js';
import { describe, expect, it } from 'vitest';
import { sqlJsDatabase } from '../../src/adapters/sqljs/index.ts';
import { databaseContract } from '../../src/testing/database-contract.ts';
import {
  CONTRACT_DDL,
  contractAppSide,
  contractScope,
  contractTables,
  drizzle,
  faultyWrites,
} from './sqljs-contract-schema.ts';

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
      const failWrite = faultyWrites(raw);
      const db = drizzle(raw);
      const port = sqlJsDatabase({ db, tables: contractTables, scope: contractScope(scope) });
      return { port, ...contractAppSide(db), failWrite, dispose: () => raw.close() };
    },
  },
);
