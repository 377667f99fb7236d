import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RedisClient, redisCache } from '../../src/adapters/redis/index.ts';
import { type Backpedal, createBackpedal, defineMigration } from '../../src/index.ts';
import type { CachePort } from '../../src/ports/cache.ts';
import { type ManualClock, manualClock, memoryStorage, memoryVault, seededIdentity } from '../../src/testing/index.ts';
import { SMALL_DEFINITION, SMALL_STORAGE, smallDatabase } from '../support/run-kit.ts';
import { type RedisServer, redisMissing, startRedis } from '../support/servers/redis.ts';

const GRACE = 120_000;
const KEYS = 3000;

/** A world in memory whose cache is a Redis, and time that passes only while nothing is asked of it. */
interface World {
  readonly clock: ManualClock;
  readonly storage: ReturnType<typeof memoryStorage>;
  readonly database: ReturnType<typeof smallDatabase>;
  start(name: string, cache: CachePort): Backpedal;
  /** Lets time pass until the work has settled. */
  through<T>(work: Promise<T>): Promise<T>;
}

/** Whether an answer of Redis is waited for that will come. */
type IsBusy = () => boolean;

function createWorld(isBusy: IsBusy): World {
  const clock = manualClock();
  const storage = memoryStorage({ entries: SMALL_STORAGE });
  const vault = memoryVault();
  const database = smallDatabase();
  return {
    clock,
    storage,
    database,
    start: (name, cache) =>
      createBackpedal({
        migration: defineMigration({ ...SMALL_DEFINITION, cacheGrace: GRACE }),
        storage,
        database,
        vault,
        cache,
        clock,
        identity: seededIdentity(name),
      }),
    async through(work) {
      let settled = false;
      const note = (): void => {
        settled = true;
      };
      work.then(note, note);
      while (!settled) {
        await new Promise((resolve) => setImmediate(resolve));
        if (!settled && !isBusy()) await clock.advance(1000);
      }
      return work;
    },
  };
}

const missing = redisMissing === null ? '' : `: ${redisMissing}`;

describe.skipIf(redisMissing !== null)(`a Redis that is killed in a rollback${missing}`, () => {
  let redis: RedisServer;
  let isUp = true;
  /** Sets and reads keys besides the client that is tested. */
  let app: Redis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  const connect = (): Redis => {
    const client = new Redis({ port: redis.port, host: '127.0.0.1', maxRetriesPerRequest: 0, retryStrategy: () => 10 });
    client.on('error', () => undefined);
    return client;
  };
  const kill = async (): Promise<void> => {
    isUp = false;
    await redis.kill();
  };
  const ready = async (client: Redis): Promise<void> => {
    if (client.status !== 'ready') await new Promise((resolve) => client.once('ready', resolve));
  };
  const fill = async (): Promise<void> => {
    const keys = Array.from({ length: KEYS }, (_, i) => `environment:${i}`);
    await app.mset(['task:a', 'task:b', 'user:1', ...keys].flatMap((key) => [key, 'x']));
  };
  /** Starts Redis again; its keys come back, as from a disk or by readers that fill them. */
  const comeBack = async (): Promise<void> => {
    await redis.restart();
    isUp = true;
    await ready(app);
    await fill();
  };
  beforeEach(async () => {
    app = connect();
    await ready(app);
    await app.flushall();
    await fill();
  });
  afterEach(async () => {
    if (!isUp) await comeBack();
    app.disconnect();
  });

  const own = (storage: World['storage']): ReadonlyMap<string, string> =>
    new Map(storage.entries().filter(([key]) => !key.startsWith('backpedal:')));

  /** A client of Redis that tells of every command before it is sent. */
  function watched(client: Redis, before: (command: string) => Promise<void> | undefined): RedisClient {
    return {
      options: {},
      call: async (command, ...args) => {
        await before(command);
        return client.call(command, ...args);
      },
    };
  }

  /** A cache that counts what is asked of it and not yet answered. */
  function counted(cache: CachePort): { readonly cache: CachePort; readonly isBusy: IsBusy } {
    let open = 0;
    const count = async <T>(work: Promise<T>): Promise<T> => {
      open += 1;
      try {
        return await work;
      } finally {
        open -= 1;
      }
    };
    return {
      cache: {
        invalidate: (patterns) => count(cache.invalidate(patterns)),
        count: (patterns) => count(cache.count(patterns)),
      },
      isBusy: () => open > 0,
    };
  }

  /** When Redis dies: before which command, and how often that has to come. */
  const DEATHS = [
    ['before it is asked for anything', 'UNLINK', 1],
    ['in the middle of the keys that are removed', 'UNLINK', 3],
    ['when it is looked at again in Verify Data', 'EXISTS', 1],
  ] as const;

  it.each(DEATHS)(
    'RC4 %s: the data is back, the rollback says that it is PARTIAL and why, and the next start makes up for it',
    async (_, command, at) => {
      const client = connect();
      let seen = 0;
      const disturbing = watched(client, (sent) => {
        if (sent !== command) return undefined;
        seen += 1;
        return seen === at ? kill() : undefined;
      });
      const { cache, isBusy } = counted(redisCache(disturbing, { batch: 500 }));
      const world = createWorld(isBusy);
      await world.start('p0', cache).migrate();
      const first = world.start('p1', cache);
      const result = await world.through(first.rollback({ reason: 'USER_REQUEST' }));
      expect([result.outcome, result.finalStatus, result.success]).toEqual(['rolledBack', 'PARTIAL', false]);
      const codes = result.warnings.map(({ code }) => code);
      expect(codes).toEqual(command === 'EXISTS' ? ['CACHE_STALE'] : ['CACHE_UNAVAILABLE', 'CACHE_STALE']);
      expect(own(world.storage)).toEqual(new Map(SMALL_STORAGE));
      expect(world.database.rows('tasks').map(({ id }) => id)).toEqual(['before']);
      await first.close();
      await world.clock.advance(GRACE);

      const still = world.start('p2', cache);
      expect(await world.through(still.recover())).toMatchObject({ action: 'nothingToDo' });
      await still.close();
      await comeBack();
      await ready(client);
      const next = world.start('p3', cache);
      expect(await world.through(next.recover())).toMatchObject({ action: 'debtsPaid' });
      expect(await app.keys('*')).toEqual(['user:1']);
      await next.close();
      client.disconnect();
    },
  );

  it('RC4 one that is back before the attempts are used up is emptied, and nobody is warned', async () => {
    const client = connect();
    let calls = 0;
    const under = redisCache(client);
    const { cache, isBusy } = counted({
      ...under,
      invalidate: async (patterns) => {
        calls += 1;
        if (calls === 1) await kill();
        if (calls === 2) {
          await comeBack();
          await ready(client);
        }
        return under.invalidate(patterns);
      },
    });
    const world = createWorld(isBusy);
    await world.start('p0', cache).migrate();
    const backpedal = world.start('p1', cache);
    const result = await world.through(backpedal.rollback({ reason: 'USER_REQUEST' }));
    expect([result.outcome, result.finalStatus, result.warnings]).toEqual(['rolledBack', 'SUCCESS', []]);
    expect([calls, await app.keys('*')]).toEqual([2, ['user:1']]);
    await backpedal.close();
    client.disconnect();
  });

  it('RB40 a client that waits for ever for a Redis that is gone does not keep the rollback from its end', async () => {
    const client = createClient({ socket: { port: redis.port, host: '127.0.0.1', reconnectStrategy: () => 10 } });
    client.on('error', () => undefined);
    await client.connect();
    const { cache, isBusy } = counted(redisCache(client as unknown as RedisClient));
    const world = createWorld(() => isUp && isBusy());
    await world.start('p0', cache).migrate();
    await kill();
    const first = world.start('p1', cache);
    const result = await world.through(first.rollback({ reason: 'USER_REQUEST' }));
    expect([result.outcome, result.finalStatus]).toEqual(['rolledBack', 'PARTIAL']);
    await first.close();
    await world.clock.advance(GRACE);
    await comeBack();
    const next = world.start('p2', cache);
    expect(await world.through(next.recover())).toMatchObject({ action: 'debtsPaid' });
    expect(await app.keys('*')).toEqual(['user:1']);
    await next.close();
    client.destroy();
  });
});
