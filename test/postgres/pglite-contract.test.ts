import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresDatabase } from '../../src/adapters/postgres/index.ts';
import { databaseContract } from '../../src/testing/database-contract.ts';
import {
  CLEAN_DDL,
  CONTRACT_DDL,
  contractAppSide,
  contractScope,
  contractTables,
  faultyWrites,
} from './contract-schema.ts';

const shared = new PGlite();
// Compiling it takes its time on a busy machine.
beforeAll(() => shared.waitReady, 240_000);
afterAll(() => shared.close());

/** PGlite with every statement inside a transaction counted. */
function watched(client: PGlite, count: (text: string) => void): PGlite {
  return new Proxy(client, {
    get(target, property) {
      const value = Reflect.get(target, property, target);
      if (property !== 'transaction') return typeof value === 'function' ? value.bind(target) : value;
      return (work: Parameters<PGlite['transaction']>[0]) =>
        target.transaction((transaction) => {
          const { query } = transaction;
          transaction.query = (text, ...rest) => {
            count(text);
            return query.call(transaction, text, ...rest) as never;
          };
          return work(transaction);
        });
    },
  });
}

databaseContract(
  { describe, it, expect },
  {
    name: 'Postgres in PGlite',
    supports: ['foreignKeys', 'bytes', 'faults'],
    create: async (scope) => {
      await shared.exec(CLEAN_DDL + CONTRACT_DDL);
      const faults = faultyWrites();
      const db = drizzle(watched(shared, faults.count));
      const port = postgresDatabase({ db, tables: contractTables, scope: contractScope(scope) });
      return { port, ...contractAppSide(drizzle(shared)), failWrite: faults.fail };
    },
  },
);
