import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import pg from 'pg';
import { redisCache } from '../src/adapters/redis/index.ts';
import { endPool } from '../test/support/servers/end-pool.ts';
import { postgresMissing } from '../test/support/servers/postgres.ts';
import { redisMissing, startRedis } from '../test/support/servers/redis.ts';
import { compare, type Side } from './measure.ts';
import { moveByHand, type PostgresWorld, portOn, postgresWorld, rollbackAtPort } from './postgres-world.ts';
import type { Row } from './rows.ts';

const MILLION = 1_000_000;
const ROUNDS = 3;

let started: Promise<PostgresWorld> | null = null;
const postgres = (): Promise<PostgresWorld> => {
  started ??= postgresWorld();
  return started;
};

/** Stops what the rows below have started. */
export async function stopServers(): Promise<void> {
  if (started !== null) await (await started).stop();
}

/** A side that works on a copy of its own each time. */
interface CopySide extends Side {
  readonly close: () => Promise<void>;
}

function onCopy(world: PostgresWorld, drift: 'none' | 'onePercent', work: (pool: pg.Pool) => Promise<void>): CopySide {
  let last: { readonly pool: pg.Pool; readonly database: pg.ClientConfig } | null = null;
  const close = async (): Promise<void> => {
    if (last === null) return;
    await endPool(last.pool);
    await world.drop(last.database);
    last = null;
  };
  return {
    close,
    prepare: async () => {
      await close();
      const database = await world.copy(MILLION, drift);
      const pool = new pg.Pool({ ...database, max: 2 });
      await pool.query('select count(*) from tasks');
      last = { pool, database };
      return () => work(pool);
    },
  };
}

const rollbackRow = (name: string, goal: number, drift: 'none' | 'onePercent'): Row => ({
  name,
  goal,
  measure: async () => {
    if (postgresMissing !== null) return { skipped: postgresMissing };
    const world = await postgres();
    const ours = onCopy(world, drift, (pool) => rollbackAtPort(portOn(pool), drift === 'none' ? 'none' : 'any'));
    const theirs = onCopy(world, drift, moveByHand);
    const found = await compare(ours, theirs, ROUNDS);
    await ours.close();
    await theirs.close();
    return found;
  },
});

async function peakMemory(world: PostgresWorld, count: number): Promise<number> {
  const database = await world.copy(count, 'onePercent');
  const args = ['--import', 'tsx', 'bench/postgres-memory.ts', JSON.stringify(database)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  await world.drop(database);
  return Number(stdout);
}

const memoryRow: Row = {
  name: 'postgres-rollback-1m-memory-vs-10k',
  goal: 1.5,
  measure: async () => {
    if (postgresMissing !== null) return { skipped: postgresMissing };
    const world = await postgres();
    const few = await peakMemory(world, 10_000);
    return { value: (await peakMemory(world, MILLION)) / few };
  },
};

const KEYS = 100_000;

async function fillRedis(client: Redis): Promise<void> {
  await client.flushall();
  for (let first = 0; first < KEYS; first += 1000) {
    const pairs = Array.from({ length: 1000 }, (_, i) => [`task:${first + i}`, '{"status":"open"}']).flat();
    await client.mset(pairs);
  }
  await client.mset(Array.from({ length: 1000 }, (_, i) => [`session:${i}`, 'x']).flat());
}

async function unlinkByHand(client: Redis): Promise<void> {
  let cursor = '0';
  do {
    const [next, keys] = await client.scan(cursor, 'MATCH', 'task:*', 'COUNT', 1000);
    if (keys.length > 0) await client.unlink(...keys);
    cursor = next;
  } while (cursor !== '0');
}

const redisRow: Row = {
  name: 'redis-100k-keys-vs-floor',
  goal: 1.3,
  measure: async () => {
    if (redisMissing !== null) return { skipped: redisMissing };
    const server = await startRedis();
    const client = new Redis({ port: server.port, host: '127.0.0.1' });
    const onFull = (work: () => Promise<unknown>): Side => ({
      prepare: async () => {
        await fillRedis(client);
        return async () => {
          await work();
          if ((await client.dbsize()) !== 1000) throw new Error('Other keys are left than those of others.');
        };
      },
    });
    const cache = redisCache(client);
    const found = await compare(
      onFull(() => cache.invalidate(['task:*'])),
      onFull(() => unlinkByHand(client)),
      9,
    );
    await client.quit();
    await server.stop();
    return found;
  },
};

/** What is measured on servers that are started for it. */
export const serverRows: readonly Row[] = [
  redisRow,
  rollbackRow('postgres-rollback-1m-vs-floor', 1.5, 'none'),
  rollbackRow('postgres-rollback-1m-drift-vs-floor', 2.25, 'onePercent'),
  memoryRow,
];
