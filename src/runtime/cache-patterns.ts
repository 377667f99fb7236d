import { fillCachePattern, patternHolds } from '../definition/cache-pattern.ts';
import { CacheError } from '../errors.ts';
import type { RowKey } from '../ports/database.ts';
import type { World } from './world.ts';

/** An id as it stands in cache keys: the values of the id columns, joined by a colon. */
const idText = (key: RowKey): string => (JSON.parse(key) as unknown[]).map(String).join(':');

/**
 * The patterns to invalidate, placeholders filled in. In a scope that is not the whole table, a pattern that names
 * neither scope nor id would hit other people's keys and is refused.
 * @param ids the rows of each collection, for patterns that hold `{id}`
 * @throws CacheError `CACHE_PATTERN`
 */
export function cachePatterns(world: World, ids: (collection: string) => readonly RowKey[]): readonly string[] {
  const { scope } = world.database;
  const values = scope.kind === 'condition' ? { scope: scope.name } : {};
  const patterns: string[] = [];
  for (const collection of world.migration.collections) {
    for (const pattern of collection.cachePatterns) {
      const perRow = patternHolds(pattern, 'id');
      if (scope.kind === 'condition' && !perRow && !patternHolds(pattern, 'scope')) {
        throw new CacheError(
          'CACHE_PATTERN',
          `The cache pattern ${JSON.stringify(pattern)} of ${collection.name} would hit keys of others: the database is cleared in the scope ${JSON.stringify(scope.name)} only. Put {scope} or {id} into it.`,
        );
      }
      const filled = perRow
        ? ids(collection.name).map((key) => fillCachePattern(pattern, { ...values, id: idText(key) }))
        : [fillCachePattern(pattern, values)];
      for (const text of filled) {
        if (text === null)
          throw new CacheError(
            'CACHE_PATTERN',
            `The cache pattern ${JSON.stringify(pattern)} of ${collection.name} asks for {scope}, but the database is cleared as a whole. Leave {scope} out.`,
          );
        patterns.push(text);
      }
    }
  }
  return patterns;
}

/** Whether any pattern needs the ids of the rows. */
export const needsIds = (world: World): boolean =>
  world.migration.collections.some(({ cachePatterns: patterns }) =>
    patterns.some((pattern) => patternHolds(pattern, 'id')),
  );
