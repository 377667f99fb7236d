import { refuseLimit } from './refusal.ts';

/** What the rates are counted by. */
export interface RateLimits {
  readonly requestsPerMinute: number;
  readonly burst: number;
  readonly concurrent: number;
}

interface Bucket {
  tokens: number;
  at: number;
  underWay: number;
}

const MINUTE = 60_000;

/** So many callers are remembered before those are forgotten who are at rest. */
const MOST_CALLERS = 10_000;

/** Counts the requests of each caller. */
export interface Rates {
  /** Lets a request in; the returned function says that it has ended. @throws RequestRefused `rate`, `concurrent` */
  enter(caller: string): () => void;
}

/**
 * A token bucket for each caller: `burst` requests at once, and so many a minute in the long run.
 * @param now milliseconds that never go backwards
 */
export function createRates(limits: RateLimits, now: () => number): Rates {
  const buckets = new Map<string, Bucket>();
  const { requestsPerMinute, burst, concurrent } = limits;
  const filled = ({ tokens, at }: Bucket): number =>
    Math.min(burst, tokens + (Math.max(0, now() - at) * requestsPerMinute) / MINUTE);

  const forgetThoseAtRest = (): void => {
    if (buckets.size < MOST_CALLERS) return;
    for (const [caller, bucket] of buckets)
      if (bucket.underWay === 0 && filled(bucket) >= burst) buckets.delete(caller);
  };

  return {
    enter(caller) {
      forgetThoseAtRest();
      const bucket = buckets.get(caller) ?? { tokens: burst, at: now(), underWay: 0 };
      buckets.set(caller, bucket);
      bucket.tokens = filled(bucket);
      bucket.at = now();
      if (bucket.underWay >= concurrent) refuseLimit(429, 'concurrent', { retryAfter: 1 }, 'transient');
      if (bucket.tokens < 1) {
        const retryAfter = Math.ceil(((1 - bucket.tokens) * 60) / requestsPerMinute);
        refuseLimit(429, 'rate', { retryAfter }, 'transient');
      }
      bucket.tokens -= 1;
      bucket.underWay += 1;
      return () => {
        bucket.underWay -= 1;
      };
    },
  };
}
