import { drizzle } from 'drizzle-orm/node-postgres';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresDatabase } from '../../src/adapters/postgres/index.ts';
import { redisCache } from '../../src/adapters/redis/index.ts';
import type { DatabasePort, Fence } from '../../src/ports/database.ts';
import { CONTRACT_DDL, contractTables, ownerScope } from '../postgres/contract-schema.ts';
import { endPool } from '../support/servers/end-pool.ts';
import { type PostgresServer, postgresMissing, startPostgres } from '../support/servers/postgres.ts';
import { type RedisServer, redisMissing, startRedis } from '../support/servers/redis.ts';

const MIGRATION = 'tenants';
const ROWS = 100_000;
const BATCH = 10_000;
const missing = postgresMissing ?? redisMissing;

async function hold(port: DatabasePort, run: string): Promise<Fence> {
  const lease = await port.lease({ migration: MIGRATION, run, storage: run, mode: 'whenFree' });
  if (lease.status !== 'granted') throw new Error(`The lease is held by ${lease.run}.`);
  return { migration: MIGRATION, run, token: lease.token };
}

async function migrate(port: DatabasePort, owner: string): Promise<void> {
  const fence = await hold(port, `in-${owner}`);
  await port.begin(fence);
  for (let first = 0; first < ROWS; first += BATCH) {
    const rows = Array.from({ length: BATCH }, (_, i) => {
      const id = `${owner}${first + i}`;
      return { id, owner, title: `Task ${id}`, position: i, settings: { of: [owner, i] } };
    });
    const { rejected } = await port.copy(fence, { step: `${first}`, collection: 'tasks', rows });
    if (rejected.length > 0) throw new Error(rejected[0]?.reason);
  }
  await port.digest(fence);
  await port.release(fence);
}

// As anybody has who deletes rows that others refer to: without them Postgres reads the whole table for each row.
const INDEXES = `
CREATE INDEX ON comments ("taskId"); CREATE INDEX ON reminders ("taskId"); CREATE INDEX ON invoices ("taskId");`;

// What the other tenant writes goes into a copy as well, in the same transaction: whatever is not there in the end as
// it is in the copy was touched by somebody else.
const SHADOWS = `
CREATE SCHEMA shadow;
CREATE TABLE shadow.tasks AS SELECT * FROM tasks WHERE owner = 'b';
CREATE TABLE shadow.comments AS SELECT * FROM comments WHERE id LIKE 'b%';
CREATE INDEX ON shadow.tasks (id);`;

/** The other tenant, who adds, changes and deletes rows and dependents until told to stop; gives how many times. */
function writeOn(pool: pg.Pool, cache: Redis): { stop(): Promise<number> } {
  let going = true;
  let count = 0;
  const both = (statement: string): string =>
    `${statement}; ${statement.replaceAll('tasks', 'shadow.tasks').replaceAll('comments', 'shadow.comments')}`;
  const loop = async (): Promise<void> => {
    while (going) {
      count += 1;
      await pool.query(
        `BEGIN; ${[
          `INSERT INTO tasks (id, owner, title) VALUES ('bnew${count}', 'b', 'added meanwhile')`,
          `UPDATE tasks SET title = 'changed ${count}', position = -1 WHERE id = 'b${(count * 37) % ROWS}'`,
          `DELETE FROM tasks WHERE id = 'b${(count * 41 + 50_000) % ROWS}' AND position >= 100`,
          `INSERT INTO comments VALUES ('bmore${count}', 'b1', 'meanwhile')`,
        ]
          .map(both)
          .join('; ')}; COMMIT`,
      );
      await cache.set(`b:new${count}`, `value ${count}`);
    }
  };
  const running = loop();
  return {
    async stop() {
      going = false;
      await running;
      return count;
    },
  };
}

describe.skipIf(missing !== null)(`two tenants in the same tables${missing === null ? '' : `: ${missing}`}`, () => {
  let server: PostgresServer;
  let redis: RedisServer;
  beforeAll(async () => {
    server = await startPostgres();
    redis = await startRedis();
  });
  afterAll(async () => {
    await server.stop();
    await redis.stop();
  });

  it('PG17 one rolls back 100,000 rows while the other goes on writing: rows, dependents and cache keys of the other are untouched to the byte', async () => {
    const pool = new pg.Pool({ ...server.connection, max: 6 });
    const cache = new Redis({ port: redis.port, host: '127.0.0.1' });
    await pool.query(CONTRACT_DDL + INDEXES);
    const portOf = (owner: string): DatabasePort =>
      postgresDatabase({ db: drizzle(pool), tables: contractTables, scope: ownerScope(owner) });
    const [a, b] = [portOf('a'), portOf('b')];
    await migrate(a, 'a');
    await migrate(b, 'b');
    await pool.query(`INSERT INTO comments SELECT id || 'c', id, 'hangs on ' || id FROM tasks WHERE position < 100;
      INSERT INTO tasks (id, owner, title) VALUES ('a-added', 'a', 'after the migration'); ANALYZE`);
    await pool.query(SHADOWS);
    for (const owner of ['a', 'b']) {
      await cache.mset(Array.from({ length: 5000 }, (_, i) => [`${owner}:${i}`, `value ${i}`]).flat());
    }
    const other = writeOn(pool, cache);
    const found = await a.survey(MIGRATION, 'in-a', 5);
    const fence = await hold(a, 'out-a');
    const holding = await hold(b, 'another run of b');
    const outcome = await a.clear(fence, { undoes: 'in-a', drift: found.drift.digest });
    expect(outcome).toMatchObject({ status: 'cleared', drift: { added: 1, changed: 0, deleted: 0, dependents: 1000 } });
    expect(await redisCache(cache).invalidate(['a:*'])).toBe(5000);
    const written = await other.stop();
    expect(written).toBeGreaterThan(10);
    for (const [table, condition] of [
      ['tasks', "owner = 'b'"],
      ['comments', "id LIKE 'b%'"],
    ] as const) {
      const one = `SELECT t::text FROM ${table} AS t WHERE ${condition}`;
      const two = `SELECT t::text FROM shadow.${table} AS t`;
      const { rows } = await pool.query(`(${one} EXCEPT ALL ${two}) UNION ALL (${two} EXCEPT ALL ${one})`);
      expect([table, rows]).toEqual([table, []]);
    }
    const { rows: left } = await pool.query(`SELECT count(*)::int AS rows FROM tasks WHERE owner = 'a'`);
    expect(left).toEqual([{ rows: 0 }]);
    expect(await a.remaining(MIGRATION, 'in-a')).toBe(0);
    const keys = await cache.keys('*');
    expect([keys.length, keys.every((key) => key.startsWith('b:'))]).toEqual([5000 + written, true]);
    const values = await cache.mget(Array.from({ length: 5000 }, (_, i) => `b:${i}`));
    expect(values.every((value, i) => value === `value ${i}`)).toBe(true);
    expect((await b.survey(MIGRATION, 'in-b', 5)).drift.added).toBe(written);
    await b.release(holding);
    expect((await b.ledger(MIGRATION)).steps.some(({ run }) => run.endsWith('-a'))).toBe(false);
    expect(await b.archives(MIGRATION)).toEqual([]);
    const stolen = await b.archived({ migration: MIGRATION, run: 'out-a', content: 'all', after: null, limit: 5 });
    expect(stolen.rows).toEqual([]);
    await cache.quit();
    await endPool(pool);
  }, 240_000);
});
