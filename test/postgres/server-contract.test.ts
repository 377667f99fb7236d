import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresDatabase } from '../../src/adapters/postgres/index.ts';
import { databaseContract } from '../../src/testing/database-contract.ts';
import { endPool } from '../support/servers/end-pool.ts';
import { type PostgresServer, postgresMissing, startPostgres } from '../support/servers/postgres.ts';
import {
  CLEAN_DDL,
  CONTRACT_DDL,
  contractAppSide,
  contractScope,
  contractTables,
  faultyWrites,
} from './contract-schema.ts';

/** A pool with every statement counted. */
function watchedPool(server: PostgresServer, count: (text: string) => void): pg.Pool {
  class Watched extends pg.Client {
    // biome-ignore lint/suspicious/noExplicitAny: as overloaded as the method it stands for
    override query(...args: any[]): any {
      const [config] = args;
      try {
        count(typeof config === 'string' ? config : (config.text ?? ''));
      } catch (thrown) {
        return Promise.reject(thrown);
      }
      return super.query(...(args as [string]));
    }
  }
  return new pg.Pool({ ...server.connection, Client: Watched, max: 6 });
}

describe.skipIf(postgresMissing !== null)(
  `on a server${postgresMissing === null ? '' : `: ${postgresMissing}`}`,
  () => {
    let server: PostgresServer;
    beforeAll(async () => {
      server = await startPostgres();
    });
    afterAll(() => server.stop());

    databaseContract(
      { describe, it, expect },
      {
        name: 'Postgres on node-postgres',
        supports: ['foreignKeys', 'bytes', 'faults'],
        create: async (scope) => {
          const faults = faultyWrites();
          const plain = new pg.Pool({ ...server.connection, max: 2 });
          await plain.query(CLEAN_DDL + CONTRACT_DDL);
          const pool = watchedPool(server, faults.count);
          const port = postgresDatabase({ db: drizzle(pool), tables: contractTables, scope: contractScope(scope) });
          return {
            port,
            ...contractAppSide(drizzle(plain)),
            failWrite: faults.fail,
            dispose: async () => {
              await endPool(pool);
              await endPool(plain);
            },
          };
        },
      },
    );
  },
);
