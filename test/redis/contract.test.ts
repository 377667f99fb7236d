import { Cluster, Redis } from 'ioredis';
import { createClient, createCluster } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RedisCacheOptions, type RedisClient, redisCache } from '../../src/adapters/redis/index.ts';
import { cacheContract } from '../../src/testing/cache-contract.ts';
import { type RedisServer, redisMissing, startRedis, startRedisCluster } from '../support/servers/redis.ts';

/** A client of either package, as the tests use it. */
interface TestClient {
  readonly client: RedisClient;
  /** Sets keys as the app does, by the client's own method. */
  set(keys: readonly string[]): Promise<unknown>;
  /** Every key, as Redis knows it. */
  keys(): Promise<readonly string[]>;
  flush(): Promise<unknown>;
  close(): Promise<unknown>;
}

const onIoRedis = (client: Redis): TestClient => ({
  client,
  set: (keys) => Promise.all(keys.map((key) => client.set(key, 'x'))),
  keys: () => client.keys('*'),
  flush: () => client.flushall(),
  close: () => client.quit(),
});

async function onNodeRedis(port: number, keyPrefix: string): Promise<TestClient> {
  const client = createClient({ socket: { port, host: '127.0.0.1' }, ...(keyPrefix === '' ? {} : { keyPrefix }) });
  await client.connect();
  return {
    client: client as unknown as RedisClient,
    set: (keys) => Promise.all(keys.map((key) => client.set(key, 'x'))),
    keys: async () => ((await client.sendCommand(['KEYS', '*'])) as unknown[]).map(String),
    flush: () => client.flushAll(),
    close: () => client.close(),
  };
}

const title = redisMissing === null ? '' : `: ${redisMissing}`;

/** The contract through one kind of client; before every test the servers are emptied. */
function contractThrough(name: string, prefix: string, open: () => Promise<TestClient>, options?: RedisCacheOptions) {
  describe(name, () => {
    let client: TestClient;
    beforeAll(async () => {
      client = await open();
    });
    afterAll(() => client.close());
    cacheContract(
      { describe, it, expect },
      {
        name,
        supports: [],
        create: async (keys) => {
          await client.flush();
          await client.set(keys);
          return {
            cache: redisCache(client.client, options),
            keys: async () =>
              (await client.keys()).filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length)),
          };
        },
      },
    );
  });
}

describe.skipIf(redisMissing !== null)(`on a server${title}`, () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());
  const ioredis = async (keyPrefix?: string): Promise<TestClient> =>
    onIoRedis(new Redis({ port: server.port, host: '127.0.0.1', ...(keyPrefix === undefined ? {} : { keyPrefix }) }));

  contractThrough('redisCache on ioredis', '', () => ioredis());
  contractThrough('redisCache on ioredis with a keyPrefix', 'app[1]*:', () => ioredis('app[1]*:'));
  contractThrough('redisCache on redis', '', () => onNodeRedis(server.port, ''));
  contractThrough('redisCache on redis with a keyPrefix', 'app?:', () => onNodeRedis(server.port, 'app?:'));
  contractThrough('redisCache on ioredis in batches of one', '', () => ioredis(), { batch: 1 });
});

describe.skipIf(redisMissing !== null)(`on a cluster${title}`, () => {
  let cluster: Awaited<ReturnType<typeof startRedisCluster>>;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  afterAll(() => cluster.stop());

  const onAll = async <T>(work: (node: Redis) => Promise<T>): Promise<T[]> => {
    const nodes = cluster.ports.map((port) => new Redis({ port, host: '127.0.0.1' }));
    const results = await Promise.all(nodes.map(work));
    await Promise.all(nodes.map((node) => node.quit()));
    return results;
  };
  const flush = () => onAll((node) => node.flushall());
  const keys = async () => (await onAll((node) => node.keys('*'))).flat();

  contractThrough('redisCache on a cluster of ioredis', 'app:', async () => {
    const client = new Cluster([{ host: '127.0.0.1', port: cluster.ports[0] as number }], { keyPrefix: 'app:' });
    return {
      client: client as unknown as RedisClient,
      set: (wanted) => Promise.all(wanted.map((key) => client.set(key, 'x'))),
      keys,
      flush,
      close: () => client.quit(),
    };
  });
  contractThrough('redisCache on a cluster of redis', '', async () => {
    const client = createCluster({ rootNodes: [{ url: `redis://127.0.0.1:${cluster.ports[0]}` }] });
    await client.connect();
    return {
      client: client as unknown as RedisClient,
      set: (wanted) => Promise.all(wanted.map((key) => client.set(key, 'x'))),
      keys,
      flush,
      close: () => client.close(),
    };
  });
});
