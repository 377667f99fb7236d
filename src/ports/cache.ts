/** The cache in front of the database: Redis, or one in memory. */
export interface CachePort {
  /**
   * Removes every key that matches one of the glob patterns (`*` any run of characters, `?` one character, `\` makes
   * the next one literal). Idempotent.
   * @returns how many keys were removed
   * @throws CacheError `CACHE_PATTERN` for a pattern that is empty or matches everything, `CACHE_UNAVAILABLE`
   */
  invalidate(patterns: readonly string[]): Promise<number>;
  /** How many keys match one of the patterns. */
  count(patterns: readonly string[]): Promise<number>;
}
