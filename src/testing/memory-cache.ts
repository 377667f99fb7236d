import { CacheError } from '../errors.ts';
import type { CachePort } from '../ports/cache.ts';
import { cachePatternFault, cachePatternMatcher } from '../ports/cache-pattern.ts';
import { type FaultHooks, simulate } from './simulated-process.ts';

/** The operations of `memoryCache` that fault hooks see; the subject is the patterns, separated by blanks. */
export type CacheOperation = 'invalidate' | 'count';

/** Options of `memoryCache`. */
export interface MemoryCacheOptions {
  /** What is cached at the beginning. Default nothing. */
  readonly entries?: Iterable<readonly [string, string]> | Readonly<Record<string, string>>;
  readonly faults?: FaultHooks<CacheOperation>;
}

/** A cache in memory, as a port and as the app sees it. */
export interface MemoryCache extends CachePort {
  get(key: string): string | null;
  set(key: string, value: string): void;
  keys(): string[];
}

/** A cache in memory. */
export function memoryCache(options: MemoryCacheOptions = {}): MemoryCache {
  const given = options.entries ?? [];
  const content = new Map(
    Symbol.iterator in given ? (given as Iterable<readonly [string, string]>) : Object.entries(given),
  );
  const matching = (patterns: readonly string[]): string[] => {
    const matchers = patterns.map((pattern) => {
      const fault = cachePatternFault(pattern);
      if (fault === null) return cachePatternMatcher(pattern);
      throw new CacheError('CACHE_PATTERN', `The cache pattern ${JSON.stringify(pattern)} is refused: ${fault}.`);
    });
    return [...content.keys()].filter((key) => matchers.some((matches) => matches(key)));
  };
  const run = <Result>(operation: CacheOperation, patterns: readonly string[], effect: () => Result): Promise<Result> =>
    simulate({ operation, subject: patterns.join(' '), effect, life: () => true, hooks: options.faults });
  return {
    invalidate: (patterns) =>
      run('invalidate', patterns, () => matching(patterns).filter((key) => content.delete(key)).length),
    count: (patterns) => run('count', patterns, () => matching(patterns).length),
    get: (key) => content.get(key) ?? null,
    set: (key, value) => void content.set(key, value),
    keys: () => [...content.keys()],
  };
}
