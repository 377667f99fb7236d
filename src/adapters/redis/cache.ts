import { BackpedalError, CacheError, InputError } from '../../errors.ts';
import type { CachePort } from '../../ports/cache.ts';
import { cachePatternFault } from '../../ports/cache-pattern.ts';
import { connectionOver, type RedisClient, type RedisConnection } from './connection.ts';
import { escapeGlob, type KeySearch, searchFor } from './glob.ts';

/** Options of `redisCache`. */
export interface RedisCacheOptions {
  /**
   * What the app itself puts before every key, and the patterns do not have. A `keyPrefix` of the client is known
   * anyway, and comes before it. Default none.
   */
  readonly keyPrefix?: string;
  /** How many keys SCAN looks at in one step, and so at most about how many one UNLINK names. Default 1000. */
  readonly batch?: number;
}

const refused = (pattern: string, fault: string): CacheError =>
  new CacheError('CACHE_PATTERN', `The cache pattern ${JSON.stringify(pattern)} is refused: ${fault}.`);

function check(patterns: readonly string[]): void {
  for (const pattern of patterns) {
    const fault = cachePatternFault(pattern);
    if (fault !== null) throw refused(pattern, fault);
  }
}

/** Whether Redis answered, and refused; anything else is the connection, which may be there again. */
const isReply = (thrown: unknown): boolean =>
  thrown instanceof Error &&
  /^[A-Z]{3,} /.test(thrown.message) &&
  !/^(LOADING|BUSY|TRYAGAIN|CLUSTERDOWN|MASTERDOWN|READONLY|MOVED|ASK) /.test(thrown.message);

function asCacheError(thrown: unknown): BackpedalError {
  if (thrown instanceof BackpedalError) return thrown;
  if (isReply(thrown)) {
    return new CacheError('CACHE_UNAVAILABLE', 'Redis refuses SCAN, UNLINK or EXISTS; grant the user these commands.', {
      cause: thrown,
    });
  }
  return new CacheError('CACHE_UNAVAILABLE', 'Redis cannot be reached; see that it runs, and try again.', {
    cause: thrown,
    persistence: 'transient',
  });
}

const chunksOf = (keys: readonly string[], size: number): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(keys.length / size) }, (_, i) => keys.slice(i * size, (i + 1) * size));

/** A cache of one app: its prefix and how much is done at a time. */
interface Setting {
  readonly connection: RedisConnection;
  readonly prefix: string;
  readonly batch: number;
}

/** Calls `visit` with the keys that are found, as Redis knows them, server after server; a key may come twice. */
async function scan(
  { connection, prefix, batch }: Setting,
  { glob, matches }: KeySearch,
  visit: (keys: readonly string[]) => Promise<void>,
): Promise<void> {
  if (glob === null) return;
  for (const node of await connection.nodes()) {
    let visited: Promise<void> = Promise.resolve();
    for (let cursor = '0', begun = false; !begun || cursor !== '0'; begun = true) {
      const step = node.scan(cursor, escapeGlob(prefix) + glob, batch);
      // While Redis removes what the last step found, the next one is on its way.
      const [found] = await Promise.all([step, visited]);
      const meant = found.keys.filter((key) => matches(key.slice(prefix.length)));
      visited = meant.length === 0 ? Promise.resolve() : visit(meant);
      cursor = found.cursor;
    }
    await visited;
  }
}

async function invalidate(setting: Setting, patterns: readonly string[]): Promise<number> {
  const { connection, prefix, batch } = setting;
  const search = searchFor(patterns);
  let removed = 0;
  const unlink = async (keys: readonly string[]): Promise<void> => {
    for (const chunk of chunksOf(keys, batch)) removed += await connection.each('UNLINK', chunk);
  };
  await unlink(search.keys.map((key) => prefix + key));
  await scan(setting, search, unlink);
  return removed;
}

async function count(setting: Setting, patterns: readonly string[]): Promise<number> {
  const { connection, prefix, batch } = setting;
  const search = searchFor(patterns);
  let there = 0;
  for (const chunk of chunksOf(search.keys, batch)) {
    there += await connection.each(
      'EXISTS',
      chunk.map((key) => prefix + key),
    );
  }
  const found = new Set<string>();
  await scan(setting, search, async (keys) => {
    for (const key of keys) found.add(key);
  });
  return there + found.size;
}

/**
 * The cache port on Redis: SCAN and UNLINK in batches, never KEYS, never FLUSH; other keys are not touched. Clients of
 * `redis` and `ioredis`, single or in a cluster, are told apart by what they can do. The client is the app's: it is
 * neither connected nor closed here, and how long it waits for a lost connection is its own setting.
 *
 *     redisCache(createClient(), { keyPrefix: 'app:' })
 *
 * @throws InputError `INPUT_ARGUMENT` for something that is no client, or a batch that is no number
 */
export function redisCache(client: RedisClient, options: RedisCacheOptions = {}): CachePort {
  const connection = connectionOver(client);
  const { keyPrefix = '', batch = 1000 } = options;
  if (!Number.isSafeInteger(batch) || batch < 1 || batch > 100_000) {
    throw new InputError('INPUT_ARGUMENT', '`batch` of redisCache is no whole number from 1 to 100000.');
  }
  const prefix = connection.keyPrefix + keyPrefix;
  const setting: Setting = { connection, prefix, batch };
  const run = async (
    work: (setting: Setting, patterns: readonly string[]) => Promise<number>,
    patterns: readonly string[],
  ): Promise<number> => {
    check(patterns);
    try {
      return await work(setting, patterns);
    } catch (thrown) {
      throw asCacheError(thrown);
    }
  };
  return {
    invalidate: (patterns) => run(invalidate, patterns),
    count: (patterns) => run(count, patterns),
  };
}
