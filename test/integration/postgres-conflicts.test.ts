import { drizzle } from 'drizzle-orm/node-postgres';
import { integer, type PgTable, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PostgresTimeouts, postgresDatabase } from '../../src/adapters/postgres/index.ts';
import type { DatabaseError } from '../../src/errors.ts';
import type { ClearOutcome, DatabasePort, Fence } from '../../src/ports/database.ts';
import { contractTables } from '../postgres/contract-schema.ts';
import { disturbedPool } from '../support/servers/disturbed-pool.ts';
import { endPool } from '../support/servers/end-pool.ts';
import { createDatabase, type PostgresServer, postgresMissing, startPostgres } from '../support/servers/postgres.ts';
import { type AppConnection, connectApp } from '../support/servers/postgres-app.ts';
import { type ClearStage, clearStage } from '../support/servers/postgres-stage.ts';

/** The code and the persistence with which a call is refused; `null` when it is not. */
const refusalOf = (call: Promise<unknown>): Promise<readonly unknown[] | null> =>
  call.then(
    () => null,
    ({ code, persistence }: DatabaseError) => [code, persistence],
  );

const AWAY = ['DATABASE_UNAVAILABLE', 'transient'];
const ATTEMPTS = 6;

const clear = (port: DatabasePort, fence: Fence): Promise<ClearOutcome> =>
  port.clear(fence, { undoes: 'in', drift: 'any' });

const archivedBy = async (port: DatabasePort, { migration, run }: Fence) =>
  (await port.archived({ migration, run, content: 'all', after: null, limit: 99 })).rows;

/** A port whose statements are told before they are sent. */
interface TestPort {
  readonly connection: pg.ClientConfig;
  readonly tables?: Readonly<Record<string, PgTable>>;
  readonly timeouts?: PostgresTimeouts;
  readonly disturb?: (text: string) => Promise<void> | undefined;
}

const missing = postgresMissing === null ? '' : `: ${postgresMissing}`;

describe.skipIf(postgresMissing !== null)(`Postgres in which others are at work${missing}`, () => {
  let server: PostgresServer;
  let stage: ClearStage;
  let app: AppConnection;
  const pools: pg.Pool[] = [];
  beforeAll(async () => {
    server = await startPostgres();
    // Whoever waits in a circle finds out at once; the app never looks.
    const admin = new pg.Client(server.connection);
    await admin.connect();
    await admin.query("ALTER DATABASE postgres SET deadlock_timeout = '10ms'");
    await admin.end();
    stage = await clearStage(server);
  });
  beforeEach(async () => {
    app = await connectApp(server.connection);
  });
  afterEach(async () => {
    await app.close();
    for (const pool of pools.splice(0)) await endPool(pool);
  });
  afterAll(async () => {
    await endPool(stage.pool);
    await server.stop();
  });

  function portOn({ connection, tables = contractTables, timeouts = {}, disturb }: TestPort): DatabasePort {
    const { pool } = disturbedPool(connection, (statement) => disturb?.(statement.text));
    pools.push(pool);
    return postgresDatabase({ db: drizzle(pool), tables, scope: 'wholeTable', timeouts });
  }

  describe('a deadlock', () => {
    const TAKEN = `BEGIN; UPDATE environments SET name = 'taken' WHERE id = 'e1'`;

    /**
     * A port that asks for the environment which the app has only when the app asks for a task which the port has:
     * then it is the port that is in a deadlock. `then` is what the app does when it has got the task.
     */
    function crossing(times: number, then: string) {
      const seen = { met: 0, app: Promise.resolve() };
      const cross = async (): Promise<void> => {
        await seen.app;
        seen.app = app.run(`UPDATE tasks SET title = 'of the app' WHERE id = 't5'`).then(() => app.run(then));
        await app.waits();
      };
      const disturb = (statement: string): Promise<void> | undefined => {
        if (!statement.includes('FOR UPDATE OF "environments"')) return undefined;
        seen.met += 1;
        return seen.met > times ? undefined : cross();
      };
      return { port: portOn({ connection: server.connection, disturb }), seen };
    }

    it('PG18 in a clear: it begins anew, and moves what the other one has written', async () => {
      const { port, seen } = crossing(1, 'COMMIT');
      const fence = await stage.hold();
      await app.run(TAKEN);
      expect((await clear(port, fence)).status).toBe('cleared');
      await seen.app;
      expect(seen.met).toBe(2);
      const texts = (await archivedBy(port, fence)).map(({ row }) => row?.title ?? row?.name);
      expect(texts).toEqual(expect.arrayContaining(['taken', 'of the app']));
      await port.undoClear(fence);
      await app.run(`UPDATE tasks SET title = 'Task 5' WHERE id = 't5';
        UPDATE environments SET name = 'Eins' WHERE id = 'e1'`);
      expect(await stage.judge('refused')).toEqual([]);
    });

    it('PG18 without end: the clear is refused as one that may succeed later, and nothing has changed', async () => {
      const { port, seen } = crossing(ATTEMPTS, `ROLLBACK; ${TAKEN}`);
      const fence = await stage.hold();
      await app.run(TAKEN);
      expect(await refusalOf(clear(port, fence))).toEqual(AWAY);
      await seen.app;
      await app.run('ROLLBACK');
      expect(seen.met).toBe(ATTEMPTS);
      expect(await stage.judge('refused')).toEqual([]);
    });

    it('PG18 in a batch: it is copied anew, each row once', async () => {
      let inserts = 0;
      let asked = Promise.resolve();
      const cross = async (): Promise<void> => {
        asked = app.run(`INSERT INTO tasks (id, title) VALUES ('x1', 'the same')`).then(() => app.run('ROLLBACK'));
        await app.waits();
      };
      const disturb = (statement: string): Promise<void> | undefined => {
        if (!statement.includes('backpedal_in AS')) return undefined;
        inserts += 1;
        return inserts === 2 ? cross() : undefined;
      };
      const port = portOn({ connection: server.connection, disturb });
      const fence = await stage.hold('in-again');
      await port.begin(fence);
      await app.run(`BEGIN; INSERT INTO tasks (id, title) VALUES ('x2', 'the same')`);
      // Of different properties, so that they are two statements.
      const rows = [
        { id: 'x1', title: 'one' },
        { id: 'x2', title: 'two', position: 2 },
      ];
      expect(await port.copy(fence, { step: 'x', collection: 'tasks', rows })).toEqual({ inserted: 2, rejected: [] });
      await asked;
      expect(inserts).toBe(4);
      expect(await port.compare('in-again', 'tasks', rows)).toMatchObject({ equal: 2, missing: 0, different: 0 });
      await port.clear(await stage.hold('out-again'), { undoes: 'in-again', drift: 'any' });
      expect(await stage.judge('refused')).toEqual([]);
    });
  });

  describe('a serialization failure', () => {
    const items = pgTable(
      'items',
      { id: integer('id').notNull(), region: text('region').notNull(), name: text('name') },
      (table) => [primaryKey({ columns: [table.id, table.region] })],
    );
    const tables = { items };
    const isMove = (statement: string): boolean => statement.includes('(DELETE FROM');

    /** A database of its own with two items, and the app on it. */
    async function itemsIn(name: string, more = ''): Promise<pg.ClientConfig> {
      const connection = await createDatabase(server, name);
      await app.run(`ALTER DATABASE ${name} SET deadlock_timeout = '10ms'; ${more}`);
      await app.close();
      app = await connectApp(connection);
      await app.run(`CREATE TABLE items (id int, region text, name text, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
        CREATE TABLE items_a PARTITION OF items FOR VALUES IN ('a');
        CREATE TABLE items_b PARTITION OF items FOR VALUES IN ('b');`);
      const port = portOn({ connection, tables });
      const fence = await hold(port, 'in');
      await port.begin(fence);
      const rows = [1, 2].map((id) => ({ id, region: 'a', name: `item ${id}` }));
      await port.copy(fence, { step: '1', collection: 'items', rows });
      await port.digest(fence);
      return connection;
    }

    async function hold(port: DatabasePort, run: string): Promise<Fence> {
      const lease = await port.lease({ migration: 'm', run, storage: 's', mode: 'takeOver' });
      if (lease.status !== 'granted') throw new Error('not granted');
      return { migration: 'm', run, token: lease.token };
    }

    /** Lets the app move a row to the other partition under the first of the moves of a clear. */
    function movingTarget(connection: pg.ClientConfig) {
      const seen = { moves: 0, app: Promise.resolve() };
      const moveAway = async (): Promise<void> => {
        await app.run(`BEGIN; UPDATE items SET region = 'b' WHERE id = 1`);
        seen.app = app.isWaitedFor().then(() => app.run('COMMIT'));
      };
      const disturb = (statement: string): Promise<void> | undefined => {
        if (!isMove(statement)) return undefined;
        seen.moves += 1;
        return seen.moves > 1 ? undefined : moveAway();
      };
      return { port: portOn({ connection, tables, disturb }), seen };
    }

    it('PG18 in a clear, of a row that has gone to another partition: it begins anew, and moves it from there', async () => {
      const { port, seen } = movingTarget(await itemsIn('moving'));
      const fence = await hold(port, 'out');
      expect(await clear(port, fence)).toMatchObject({ status: 'cleared', drift: { added: 1, deleted: 1 } });
      await seen.app;
      expect(seen.moves).toBe(2);
      expect(await port.remaining('m', 'in')).toBe(0);
      const rows = (await archivedBy(port, fence)).flatMap(({ row }) => (row === null ? [] : [row]));
      expect(rows).toEqual(expect.arrayContaining([{ id: 1, region: 'b', name: 'item 1' }]));
    });

    it('PG19 where every transaction of the app is serializable, a clear waits as elsewhere, and the app is told of what it cannot write any more', async () => {
      const connection = await itemsIn(
        'strict',
        "ALTER DATABASE strict SET default_transaction_isolation = 'serializable'",
      );
      let moves = 0;
      const port = portOn({
        connection,
        tables,
        disturb: (statement) => {
          if (isMove(statement)) moves += 1;
          return undefined;
        },
      });
      const late = await connectApp(connection);
      await late.run('BEGIN; SELECT name FROM items');
      await app.run(`BEGIN; UPDATE items SET name = 'edited' WHERE id = 1`);
      const fence = await hold(port, 'out');
      const clearing = clear(port, fence);
      await app.isWaitedFor();
      await app.run('COMMIT');
      expect(await clearing).toMatchObject({ status: 'cleared', drift: { changed: 1 } });
      expect(moves).toBe(1);
      expect(await refusalOf(late.run(`UPDATE items SET name = 'too late' WHERE id = 2`))).toEqual([
        '40001',
        undefined,
      ]);
      await late.close();
      const names = (await archivedBy(port, fence)).map(({ row }) => row?.name);
      expect(names.sort()).toEqual(['edited', 'item 2']);
    });
  });

  describe('a lock that is not to be had in time', () => {
    const LIMITS = [
      ['a lock', { lock: 100 }],
      ['a statement', { statement: 200 }],
    ] as const;

    it.each(LIMITS)(
      'PG20 %s that takes too long ends a clear: nothing has changed, and the same fence clears later',
      async (_, timeouts) => {
        const port = portOn({ connection: server.connection, timeouts });
        const fence = await stage.hold();
        await app.run(`BEGIN; UPDATE tasks SET title = 'still being written' WHERE id = 't7'`);
        const before = await stage.content();
        expect(await refusalOf(clear(port, fence))).toEqual(AWAY);
        expect([await stage.content(), await archivedBy(port, fence)]).toEqual([before, []]);
        await app.run('ROLLBACK');
        expect((await clear(stage.port, fence)).status).toBe('cleared');
        expect(await stage.judge('cleared')).toEqual([]);
      },
    );

    it.each(LIMITS)(
      'PG20 %s that takes too long ends the undoing of a clear: all stays in the archive, and goes back later',
      async (_, timeouts) => {
        const port = portOn({ connection: server.connection, timeouts });
        const fence = await stage.hold();
        const before = await stage.content();
        await clear(stage.port, fence);
        const [archived, content] = [await archivedBy(port, fence), await stage.content()];
        await app.run(`BEGIN; INSERT INTO tasks (id, title) VALUES ('t7', 'takes the place')`);
        expect(await refusalOf(port.undoClear(fence))).toEqual(AWAY);
        expect([await archivedBy(port, fence), await stage.content()]).toEqual([archived, content]);
        await app.run('ROLLBACK');
        await stage.port.undoClear(fence);
        expect(await stage.content()).toBe(before);
      },
    );

    it.each(LIMITS)(
      'PG20 %s that takes too long ends a batch: no row of it is in or called refused, and it is copied later',
      async (what, timeouts) => {
        const port = portOn({ connection: server.connection, timeouts });
        const fence = await stage.hold(`in ${what}`);
        await port.begin(fence);
        const batch = { step: 'x', collection: 'tasks', rows: ['x1', 'x2'].map((id) => ({ id, title: id })) };
        const before = await stage.content();
        await app.run(`BEGIN; INSERT INTO tasks (id, title) VALUES ('x2', 'somebody else is first')`);
        expect(await refusalOf(port.copy(fence, batch))).toEqual(AWAY);
        expect(await stage.content()).toBe(before);
        await app.run('ROLLBACK');
        expect(await stage.port.copy(fence, batch)).toEqual({ inserted: 2, rejected: [] });
        await stage.port.clear(await stage.hold(`out ${what}`), { undoes: fence.run, drift: 'any' });
        expect(await stage.content()).toBe(before);
      },
    );

    it('PG7 rows go back without the triggers of the app, or not now: never with them because somebody writes in the table', async () => {
      const port = portOn({ connection: server.connection, timeouts: { lock: 100 } });
      const fence = await stage.hold();
      const before = await stage.content();
      await clear(stage.port, fence);
      await app.run(`CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN NEW.title := 'by trigger'; RETURN NEW; END $$;
        CREATE TRIGGER stamped BEFORE INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION stamp();`);
      const archived = await archivedBy(port, fence);
      await app.run(`BEGIN; UPDATE tasks SET title = 'nothing that is there' WHERE id = 'nobody'`);
      expect(await refusalOf(port.undoClear(fence))).toEqual(AWAY);
      expect(await archivedBy(port, fence)).toEqual(archived);
      await app.run('ROLLBACK');
      await port.undoClear(fence);
      expect(await stage.content()).toBe(before);
      await app.run('DROP TRIGGER stamped ON tasks; DROP FUNCTION stamp()');
    });
  });

  it('PG21 a statement that is cancelled as a transaction begins leaves the app’s connection fit for use', async () => {
    let cancelled = 0;
    class Cancelled extends pg.Client {
      // biome-ignore lint/suspicious/noExplicitAny: as overloaded as the method it stands for
      override query(...args: any[]): any {
        const [config] = args as [{ readonly text?: string }];
        if (cancelled > 0 || config.text?.startsWith('BEGIN') !== true) return super.query(...(args as [string]));
        cancelled += 1;
        return super.query({ text: `${config.text}; SELECT pg_cancel_backend(pg_backend_pid()); SELECT pg_sleep(60)` });
      }
    }
    const pool = new pg.Pool({ ...server.connection, Client: Cancelled, max: 1 });
    pools.push(pool);
    const port = postgresDatabase({ db: drizzle(pool), tables: contractTables, scope: 'wholeTable' });
    expect(await refusalOf(port.ping())).toEqual(AWAY);
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await port.ping();
    expect(cancelled).toBe(1);
  });
});
