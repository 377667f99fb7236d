import { drizzle } from 'drizzle-orm/sql-js';
import initSqlJs from 'sql.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sqlJsDatabase } from '../../src/adapters/sqljs/index.ts';
import type { DatabasePort } from '../../src/ports/database.ts';
import { remoteDatabase } from '../../src/remote/index.ts';
import { createDatabaseHandler } from '../../src/server/index.ts';
import {
  type ContractScope,
  type DatabaseSubject,
  databaseContractSchema,
} from '../../src/testing/database-contract/subject.ts';
import { databaseContract, memoryDatabase } from '../../src/testing/index.ts';
import {
  CONTRACT_DDL,
  contractAppSide,
  contractScope,
  contractTables,
  faultyWrites,
} from '../adapters/sqljs-contract-schema.ts';
import { directFetch, noPause } from './direct-fetch.ts';
import { type HttpServer, serve } from './http-server.ts';

const SQL = await initSqlJs();
const limits = { requestsPerMinute: 1_000_000, burst: 1_000_000 };
const SMALL_PAGES = { ...limits, pageRows: 100 };

const handlerFor = (database: DatabasePort, more = limits): ((request: Request) => Promise<Response>) =>
  createDatabaseHandler({ authenticate: () => ({ id: 'alice' }), databaseFor: () => database, limits: more });

const remoteScope = (scope: ContractScope): 'wholeTable' | { readonly name: string } =>
  scope === 'wholeTable' ? 'wholeTable' : { name: scope === 'owner' ? 'owner me' : scope };

function sqlJsSubject(scope: ContractScope): DatabaseSubject {
  const raw = new SQL.Database();
  raw.run('PRAGMA foreign_keys = ON');
  raw.run(CONTRACT_DDL);
  const faults = faultyWrites();
  faults.watch(raw);
  const db = drizzle(raw);
  const port = sqlJsDatabase({ db, tables: contractTables, scope: contractScope(scope) });
  return { port, ...contractAppSide(db), failWrite: faults.fail, dispose: () => raw.close() };
}

function memorySubject(scope: ContractScope): DatabaseSubject {
  const database = memoryDatabase({
    ...databaseContractSchema,
    scope: scope === 'wholeTable' ? scope : { name: 'owner me', selects: ({ owner }) => owner === 'me' },
  });
  return { ...database, port: database, dispose: () => {} };
}

/** The subject as a browser sees it, without a network in between. */
function inProcess(subject: DatabaseSubject, scope: ContractScope, more = limits): DatabaseSubject {
  const fetch = directFetch(handlerFor(subject.port, more));
  return { ...subject, port: remoteDatabase({ url: '/api', scope: remoteScope(scope), fetch, clock: noPause }) };
}

databaseContract(
  { describe, it, expect },
  {
    name: 'remote on memory, small pages',
    supports: ['foreignKeys', 'bytes', 'faults'],
    create: (scope) => inProcess(memorySubject(scope), scope, SMALL_PAGES),
  },
);

databaseContract(
  { describe, it, expect },
  {
    name: 'remote on sql.js',
    supports: ['foreignKeys', 'bytes', 'faults'],
    create: (scope) => inProcess(sqlJsSubject(scope), scope),
  },
);

describe('over HTTP', () => {
  let server: HttpServer;
  let handler: (request: Request) => Promise<Response>;
  beforeAll(async () => {
    server = await serve((request) => handler(request));
  });
  afterAll(() => server.close());

  databaseContract(
    { describe, it, expect },
    {
      name: 'remote on sql.js behind a server',
      supports: ['foreignKeys', 'bytes', 'faults'],
      create: (scope) => {
        const subject = sqlJsSubject(scope);
        handler = handlerFor(subject.port);
        return { ...subject, port: remoteDatabase({ url: server.url, scope: remoteScope(scope), clock: noPause }) };
      },
    },
  );
});
