/** Numbers that look random and are the same on every run. */
export interface SeededRandom {
  /** An integer from 0 up to, not including, `limit`. */
  below(limit: number): number;
  /** One of these. */
  pick<T>(values: readonly [T, ...T[]]): T;
}

/** A linear congruential generator with the constants of Numerical Recipes; its upper bits are the good ones. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return { below, pick: (values) => values[below(values.length)] ?? values[0] };
}
