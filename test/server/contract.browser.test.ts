import { describe, expect, it } from 'vitest';
import { remoteDatabase } from '../../src/remote/index.ts';
import { createDatabaseHandler } from '../../src/server/index.ts';
import { databaseContractSchema } from '../../src/testing/database-contract/subject.ts';
import { databaseContract, memoryDatabase } from '../../src/testing/index.ts';
import { directFetch, noPause } from './direct-fetch.ts';

// The same code in another engine’s Request, Response, streams and encoders: nothing of it may need Node.
databaseContract(
  { describe, it, expect },
  {
    name: 'remote and server in a browser',
    supports: ['foreignKeys', 'bytes', 'faults'],
    create: (scope) => {
      const database = memoryDatabase({
        ...databaseContractSchema,
        scope: scope === 'wholeTable' ? scope : { name: 'owner me', selects: ({ owner }) => owner === 'me' },
      });
      const handler = createDatabaseHandler({
        authenticate: () => ({ id: 'alice' }),
        databaseFor: () => database,
        limits: { requestsPerMinute: 1_000_000, burst: 1_000_000 },
      });
      const port = remoteDatabase({
        url: '/api/backpedal',
        scope: scope === 'wholeTable' ? scope : { name: 'owner me' },
        fetch: directFetch(handler),
        clock: noPause,
      });
      return { ...database, port, dispose: () => {} };
    },
  },
);
