import { BackupError, DatabaseError } from '../../errors.ts';
import type { RollbackContext, RollbackEvent } from '../../machines/rollback/types.ts';
import type { CachePort } from '../../ports/cache.ts';
import type { ClearOutcome, RowKey } from '../../ports/database.ts';
import { type MigratedDigests, readDigests } from '../backup-store.ts';
import { cachePatterns, needsIds } from '../cache-patterns.ts';
import { within } from '../execution/deadline.ts';
import type { Work } from '../execution/types.ts';
import { fenceOf, takeOver } from '../lease.ts';
import type { World } from '../world.ts';
import { allRows, figuresOf } from './drift.ts';
import type { RollbackMemory } from './memory.ts';

type Cleared = Extract<ClearOutcome, { status: 'cleared' }>;

/** What the database recorded of the clearing of this run, in the same transaction as its effect; `null` if none. */
export async function recordedClear(world: World, context: RollbackContext): Promise<Cleared | null> {
  const { steps } = await world.database.ledger(context.migration);
  const step = steps.find(({ run, step: name }) => run === context.run && name === 'clear');
  return (step?.outcome as Cleared | undefined) ?? null;
}

function clearedEvent(context: RollbackContext, outcome: Cleared, token: number): RollbackEvent {
  const storage = { digest: context.drift?.storage ?? 'none', keys: context.drift?.storageKeys ?? 0 };
  return {
    type: 'CLEARED',
    token,
    rows: outcome.collections.reduce((sum, { rows }) => sum + rows, 0),
    drift: figuresOf(outcome.drift, storage),
  };
}

/** Moves the rows to the archive, in one transaction, if their drift is the one that was decided upon. */
export async function clearDatabase(context: RollbackContext, { world }: Work): Promise<RollbackEvent> {
  const request = { undoes: context.undoes, drift: context.approved.rows };
  const outcome = await world.database.clear(fenceOf(context), request);
  return outcome.status === 'drifted' ? { type: 'DRIFTED' } : clearedEvent(context, outcome, context.token);
}

/** Shuts out the orphaned transaction first, and looks then (hazard H17). */
export async function resolveClear(context: RollbackContext, { world }: Work): Promise<RollbackEvent> {
  const token = await takeOver(world, context);
  const outcome = await recordedClear(world, context);
  return outcome === null ? { type: 'NOT_CLEARED', token } : clearedEvent(context, outcome, token);
}

/** Fetches the lease back with a higher token. */
export async function reclaimLease(context: RollbackContext, { world }: Work): Promise<RollbackEvent> {
  return { type: 'LEASED', token: await takeOver(world, context) };
}

/** What was migrated; `null` when the backup that it lies beside is damaged or gone. */
async function digestsIn(world: World, undoes: string): Promise<MigratedDigests | null> {
  try {
    return await readDigests(world, undoes);
  } catch (error) {
    if (error instanceof BackupError) return null;
    throw error;
  }
}

/** The rows whose cache keys may be stale: those that were migrated, and those that were added or changed since. */
export async function clearedIds(
  world: World,
  context: RollbackContext,
): Promise<(collection: string) => readonly RowKey[]> {
  const ids = new Map<string, Set<RowKey>>();
  const note = (collection: string, key: RowKey): void => {
    const known = ids.get(collection) ?? new Set();
    ids.set(collection, known.add(key));
  };
  if (!needsIds(world)) return () => [];
  const migrated = await digestsIn(world, context.undoes);
  for (const [collection, rows] of Object.entries(migrated?.rows ?? {}))
    for (const { key } of rows) note(collection, key);
  const { migration, run } = context;
  // Where nothing is kept of what was migrated, the archive knows, though it takes longer to tell.
  const content = migrated === null ? 'all' : 'drift';
  const moved = await allRows((after, limit) => world.database.archived({ migration, run, content, after, limit }));
  for (const { collection, key } of moved) note(collection, key);
  return (collection) => [...(ids.get(collection) ?? [])];
}

/** At most this many patterns go to the cache in one call. */
const PATTERNS = 500;

/**
 * How long the cache may take to answer one call, in milliseconds. Far less than a command may: clients wait for ever
 * for a cache that is gone, and meanwhile the app stands still.
 */
const CACHE_PATIENCE = 60_000;

/** A cache that is not waited for longer than that. @throws BackpedalError `OPERATION_TIMED_OUT` (transient) */
const inTime = ({ clock }: World, cache: CachePort): CachePort => ({
  invalidate: (patterns) => within(clock, 'The cache', cache.invalidate(patterns), CACHE_PATIENCE),
  count: (patterns) => within(clock, 'The cache', cache.count(patterns), CACHE_PATIENCE),
});

/** Removes cached copies of the rows that were moved; only now that the database has committed (hazard H19). */
export async function invalidateCache(context: RollbackContext, { world, report }: Work): Promise<RollbackEvent> {
  if (world.cache === null) return { type: 'INVALIDATED', keys: 0 };
  const cache = inTime(world, world.cache);
  const patterns = cachePatterns(world, await clearedIds(world, context));
  let keys = 0;
  for (let at = 0; at < patterns.length; at += PATTERNS) {
    keys += await cache.invalidate(patterns.slice(at, at + PATTERNS));
    report((at + PATTERNS) / patterns.length);
  }
  return { type: 'INVALIDATED', keys };
}

/** Removes what is cached although it was invalidated, and says how many keys are there even then. */
export async function staleKeys(context: RollbackContext, world: World): Promise<number> {
  if (world.cache === null) return 0;
  const cache = inTime(world, world.cache);
  const patterns = cachePatterns(world, await clearedIds(world, context));
  let keys = 0;
  for (let at = 0; at < patterns.length; at += PATTERNS) {
    const some = patterns.slice(at, at + PATTERNS);
    if ((await cache.count(some)) > 0) await cache.invalidate(some);
    keys += await cache.count(some);
  }
  return keys;
}

/** The tables behind the collections, asked for once. */
export async function tablesOf(world: World, memory: RollbackMemory): Promise<NonNullable<RollbackMemory['tables']>> {
  memory.tables ??= await world.database.tables();
  const known = new Set(memory.tables.map(({ collection }) => collection));
  const missing = world.migration.collections.find(({ name }) => !known.has(name));
  if (missing === undefined) return memory.tables;
  throw new DatabaseError(
    'DATABASE_SCHEMA',
    `The database has no table for the collection ${missing.name}. Give it one in the adapter’s tables.`,
  );
}
