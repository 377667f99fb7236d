import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { redisCache } from '../../src/adapters/redis/index.ts';
import type { CacheError } from '../../src/errors.ts';
import { redisMissing, startRedis } from '../support/servers/redis.ts';

const failureOf = (call: Promise<unknown>): Promise<CacheError | null> =>
  call.then(
    () => null,
    (thrown: CacheError) => thrown,
  );

describe('redisCache', () => {
  it('RC1 refuses what is no client, and a batch that is no number', () => {
    expect(() => redisCache({} as never)).toThrow('neither `call` (ioredis) nor `sendCommand` (redis)');
    const client = { sendCommand: async () => ['0', []] };
    for (const batch of [0, -1, 1.5, Number.NaN, 1e9]) expect(() => redisCache(client, { batch })).toThrow('`batch`');
  });

  it('RC2 sends only SCAN, UNLINK and EXISTS, one SCAN for any number of patterns', async () => {
    const sent: string[][] = [];
    const client = {
      sendCommand: async (command: readonly string[]) => {
        sent.push([...command]);
        return command[0] === 'SCAN' ? ['0', ['app:task:7:a', 'app:task:8']] : command.length - 1;
      },
    };
    const cache = redisCache(client, { keyPrefix: 'app:' });
    const patterns = Array.from({ length: 500 }, (_, i) => `task:${i}:*`);
    expect(await cache.invalidate([...patterns, 'settings'])).toBe(2);
    expect(sent).toEqual([
      ['UNLINK', 'app:settings'],
      ['SCAN', '0', 'MATCH', 'app:task:*', 'COUNT', '1000'],
      ['UNLINK', 'app:task:7:a'],
    ]);
  });

  it('RC2 a question mark is one character, also where Redis takes it for one byte', async () => {
    const client = {
      sendCommand: async (command: readonly string[]) =>
        command[0] === 'SCAN' ? ['0', ['task:é', 'task:ab', 'task:1']] : command.length - 1,
    };
    expect(await redisCache(client).count(['task:?'])).toBe(2);
  });
});

const title = redisMissing === null ? '' : `: ${redisMissing}`;

describe.skipIf(redisMissing !== null)(`redisCache on a server that dies${title}`, () => {
  it('RC3 a Redis that is killed is a transient failure, and the same call gets through when it is back', async () => {
    const server = await startRedis();
    const client = new Redis({
      port: server.port,
      host: '127.0.0.1',
      maxRetriesPerRequest: 0,
      retryStrategy: () => 20,
    });
    client.on('error', () => undefined);
    const cache = redisCache(client);
    await client.set('task:1', 'x');
    await server.kill();
    const failure = await failureOf(cache.invalidate(['task:*']));
    expect([failure?.code, failure?.persistence]).toEqual(['CACHE_UNAVAILABLE', 'transient']);
    await server.restart();
    const back = new Promise((resolve) => client.once('ready', resolve));
    if (client.status !== 'ready') await back;
    await client.mset('task:1', 'x', 'other:1', 'x');
    expect(await cache.invalidate(['task:*'])).toBe(1);
    expect(await client.keys('*')).toEqual(['other:1']);
    client.disconnect();
    await server.stop();
  });
});
