import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { pgTable, text } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresDatabase } from '../../src/adapters/postgres/index.ts';
import { type Backpedal, createBackpedal } from '../../src/index.ts';
import type { DatabasePort } from '../../src/ports/database.ts';
import { remoteDatabase } from '../../src/remote/index.ts';
import { createDatabaseHandler } from '../../src/server/index.ts';
import { memoryLock, memoryStorage, memoryVault, seededIdentity } from '../../src/testing/index.ts';
import { stepClock } from '../../src/testing/paths/step-clock.ts';
import { CUT_PLACES, type CutNetwork, cutNetwork } from '../server/cut-network.ts';
import { noPause } from '../server/direct-fetch.ts';
import { ownRowsMigration } from '../server/own-rows-migration.ts';
import { endPool } from '../support/servers/end-pool.ts';
import { type PostgresServer, postgresMissing, startPostgres } from '../support/servers/postgres.ts';

// `npx vitest run test/integration/postgres-remote --mode every-cut` cuts every request at every place.
const WHOLE = process.env.TEST_MODE === 'every-cut';
const MIGRATION = 'tasks-to-database';
const DDL = `
CREATE TABLE tasks (id text PRIMARY KEY, owner text NOT NULL, title text);
CREATE TABLE comments (id text PRIMARY KEY, task text REFERENCES tasks ON DELETE CASCADE, body text);
INSERT INTO tasks VALUES ('before', 'bob', 'was there before');`;

const tasks = pgTable('tasks', { id: text('id').primaryKey(), owner: text('owner').notNull(), title: text('title') });

type Person = 'alice' | 'bob';
const PEOPLE: readonly Person[] = ['alice', 'bob'];

const sourceOf = (person: Person): Record<string, string> => ({
  'task-store': `{"state": {"tasks": [{"id": "${person}-1", "title": "one \\u0026"}, {"title":"zwei","id":"${person}-2"}, {"id":"${person}-3","title":"three"}], "n": 1.0}, "version": 3}`,
  'draft:1': '\ud800 half',
  foreign: 'keep',
});

/** What is in the storage of a person whose rows were edited, and who has taken the migration back with a merge. */
const mergedOf = (person: Person): Record<string, string> => ({
  ...sourceOf(person),
  'task-store': `{"state": {"tasks": [{"id": "${person}-1", "title": "one \\u0026"}, {"title":"edited","id":"${person}-2"},{"id":"${person}-4","title":"added"}], "n": 1.0}, "version": 3}`,
});

/** One person's browser, which outlives its tabs, and the network between it and the server. */
interface Browser {
  readonly network: CutNetwork;
  /** Opens a tab; when the signal aborts, it is gone. It is told of every cut. */
  open(tab?: { readonly death: AbortSignal; readonly onCut: () => void }): Backpedal;
  /** Puts everything into storage as it was at the beginning. */
  reset(): void;
  keys(): Record<string, string>;
}

/** A tab that is never killed. */
const ETERNAL = { death: new AbortController().signal, onCut: (): void => undefined };

function browserOf(person: Person, handler: (request: Request) => Promise<Response>): Browser {
  const storage = memoryStorage({ entries: Object.entries(sourceOf(person)) });
  const vault = memoryVault();
  const lock = memoryLock();
  const clock = stepClock();
  const network = cutNetwork(handler);
  const never = new Promise<Response>(() => undefined);
  let tabs = 0;
  return {
    network,
    open({ death: signal, onCut } = ETERNAL) {
      tabs += 1;
      const fetch: typeof globalThis.fetch = async (input, init) => {
        if (signal.aborted) return never;
        const hits = network.hits();
        try {
          return await network.fetch(input, init);
        } finally {
          if (network.hits() > hits) onCut();
        }
      };
      return createBackpedal({
        migration: ownRowsMigration(MIGRATION, person),
        storage: storage.open(signal),
        database: remoteDatabase({
          url: '/api/backpedal',
          scope: { name: 'own rows' },
          headers: { authorization: person },
          fetch,
          clock: noPause,
          retries: 0,
        }),
        vault: vault.open(signal),
        lock: lock.open(signal),
        clock,
        identity: seededIdentity(`${person}-${tabs}`),
      });
    },
    reset() {
      for (const [key, value] of Object.entries(sourceOf(person))) storage.setItem(key, value);
    },
    keys: () => Object.fromEntries(storage.entries().filter(([key]) => !key.startsWith('backpedal:'))),
  };
}

const missing = postgresMissing === null ? '' : `: ${postgresMissing}`;

describe.skipIf(postgresMissing !== null)(`browsers, a server and Postgres${missing}`, () => {
  let server: PostgresServer;
  let pool: pg.Pool;
  let alice: Browser;
  let bob: Browser;
  beforeAll(async () => {
    server = await startPostgres();
    pool = new pg.Pool({ ...server.connection, max: 6 });
    await pool.query(DDL);
    const db = drizzle(pool);
    const databaseFor = ({ id }: { readonly id: Person }): DatabasePort =>
      postgresDatabase({ db, tables: { tasks }, scope: { name: 'own rows', where: { tasks: eq(tasks.owner, id) } } });
    const handler = createDatabaseHandler<{ readonly id: Person }>({
      authenticate: (request) => {
        const id = PEOPLE.find((person) => request.headers.get('authorization') === person);
        return id === undefined ? null : { id };
      },
      databaseFor,
      migration: { id: MIGRATION, collections: [{ name: 'tasks' }] },
      limits: { requestsPerMinute: 1_000_000, burst: 1_000_000 },
      now: () => 0,
    });
    [alice, bob] = [browserOf('alice', handler), browserOf('bob', handler)];
    // Both at once, in the same tables; Bob’s stay where they are from then on.
    await Promise.all([alice, bob].map((browser) => browser.open().migrate()));
    await edit('bob');
    await rollBack(alice.open());
  });
  afterAll(async () => {
    await endPool(pool);
    await server.stop();
  });

  const rowsOf = async (person: Person): Promise<readonly string[]> => {
    const { rows } = await pool.query(
      `SELECT t::text AS row FROM tasks AS t WHERE owner = '${person}'
        UNION ALL SELECT c::text FROM comments AS c WHERE task LIKE '${person}%' ORDER BY 1`,
    );
    return rows.map(({ row }) => row);
  };
  /** What is Bob's: rows, dependents and keys. */
  const bobs = async (): Promise<unknown> => [await rowsOf('bob'), bob.keys()];

  /** What people do on the server, besides the browsers. */
  const edit = (person: Person) =>
    pool.query(`UPDATE tasks SET title = 'edited' WHERE id = '${person}-2';
      INSERT INTO tasks VALUES ('${person}-4', '${person}', 'added');
      DELETE FROM tasks WHERE id = '${person}-3';
      INSERT INTO comments VALUES ('${person}-c', '${person}-1', 'hangs on it')`);

  const rollBack = (client: Backpedal) => client.rollback({ reason: 'USER_REQUEST', onDrift: 'merge' });

  /** Alice migrates anew, and her rows are edited. */
  async function beginAnew(): Promise<void> {
    alice.network.disarm();
    alice.reset();
    const client = alice.open();
    expect((await client.migrate()).outcome).toBe('migrated');
    await client.close();
    await edit('alice');
  }

  /** How many requests a rollback makes when nothing is cut. */
  async function countRequests(): Promise<number> {
    await beginAnew();
    const client = alice.open();
    const before = alice.network.count();
    await rollBack(client);
    await client.close();
    return alice.network.count() - before;
  }

  /** What is not as it should be after a rollback of Alice's that has ended at last. */
  async function faults(before: unknown): Promise<readonly string[]> {
    const found: string[] = [];
    const check = (what: string, is: unknown, expected: unknown): void => {
      if (JSON.stringify(is) !== JSON.stringify(expected)) found.push(`${what}: ${JSON.stringify(is)}`);
    };
    check('storage', Object.entries(alice.keys()).sort(), Object.entries(mergedOf('alice')).sort());
    check('rows', await rowsOf('alice'), []);
    check('what is of Bob', await bobs(), before);
    return found;
  }

  it('RD7 rows edited on the server are merged into the browser, and what is another tenant’s stays to the byte', async () => {
    const before = await bobs();
    await beginAnew();
    const client = alice.open();
    const result = await rollBack(client);
    await client.close();
    expect([result.outcome, result.finalStatus]).toEqual(['rolledBack', 'SUCCESS']);
    expect(await faults(before)).toEqual([]);
    // His row that was there before the migration, those that it brought and edits since, and what hangs on them.
    expect((await rowsOf('bob')).length).toBe(5);
  });

  it('RD8 a connection that dies with its tab at any request of a rollback: the next tab finishes it with recover()', async () => {
    const requests = await countRequests();
    const before = await bobs();
    const broken: string[] = [];
    expect(requests).toBeGreaterThan(8);
    // The second one clears the database.
    for (let at = WHOLE ? 1 : 2; at <= requests; at += WHOLE ? 1 : 2) {
      for (const place of CUT_PLACES.filter((_, i) => WHOLE || i === at % CUT_PLACES.length)) {
        await beginAnew();
        alice.network.arm({ at, place, repeat: 'once' });
        const death = new AbortController();
        await new Promise<void>((resolve) => {
          const onCut = (): void => {
            death.abort();
            resolve();
          };
          void rollBack(alice.open({ death: death.signal, onCut }));
        });
        const client = alice.open();
        const { action, rollback } = await client.recover();
        await client.close();
        const told = `${action} ${rollback?.outcome} ${rollback?.finalStatus}`;
        for (const fault of [...(told === 'resumed rolledBack SUCCESS' ? [] : [told]), ...(await faults(before))])
          broken.push(`request ${at} ${place}: ${fault}`);
      }
    }
    expect(broken).toEqual([]);
  }, 240_000);

  it('RD8 a connection that dies for good in a rollback leaves what a start finishes when it is there again', async () => {
    const before = await bobs();
    const broken: string[] = [];
    for (let at = 2; at <= 11; at += WHOLE ? 1 : 4) {
      await beginAnew();
      alice.network.arm({ at, place: 'beforeAnswer', repeat: 'forever' });
      const tab = alice.open();
      await rollBack(tab).catch(() => undefined);
      await tab.close();
      alice.network.disarm();
      const client = alice.open();
      const { migrationState } = await client.recover();
      if (migrationState === 'SAFE_MODE') await client.unlock({ reason: 'the connection is back' });
      if (migrationState !== 'ROLLED_BACK') await rollBack(client);
      await client.close();
      for (const fault of await faults(before)) broken.push(`request ${at}, ${migrationState}: ${fault}`);
    }
    expect(broken).toEqual([]);
  }, 240_000);
});
