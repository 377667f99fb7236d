import type { Row, RowKey } from '../../ports/database.ts';
import { allRows } from '../rollback/drift.ts';
import type { World } from '../world.ts';

/** What the database still knows of a migration. */
export interface MigratedRows {
  /** The rows that are left, by collection: in their tables, or in the archive of a run that moved them. */
  readonly rows: ReadonlyMap<string, ReadonlyMap<RowKey, Row>>;
  /** The keys of all rows that were migrated; `null` where the database has forgotten the run. */
  readonly brought: ReadonlyMap<string, ReadonlySet<RowKey>> | null;
}

const PAGE = 5000;

async function broughtKeys(world: World, undoes: string, collection: string): Promise<ReadonlySet<RowKey>> {
  const keys = new Set<RowKey>();
  for (let after: RowKey | null = null; ; ) {
    const page = await world.database.rowDigests(undoes, collection, after, PAGE);
    for (const { key } of page) keys.add(key);
    after = page.at(-1)?.key ?? null;
    if (after === null) return keys;
  }
}

/**
 * Every migrated row that is left, as it is now. Rows that were added later are none: they are drift, and come back
 * with that.
 * @param movers runs that may have moved the rows into their archives
 */
export async function migratedRows(world: World, undoes: string, movers: readonly string[]): Promise<MigratedRows> {
  const { id: migration, collections } = world.migration;
  const rows = new Map<string, Map<RowKey, Row>>(collections.map(({ name }) => [name, new Map()]));
  const pages = [
    await allRows((after, limit) => world.database.movable(migration, undoes, after, limit)),
    ...(await Promise.all(
      movers.map((run) =>
        allRows((after, limit) => world.database.archived({ migration, run, content: 'all', after, limit })),
      ),
    )),
  ];
  for (const { collection, kind, key, row } of pages.flat()) {
    const isMigrated = kind === 'unchanged' || kind === 'changed';
    const known = rows.get(collection);
    if (isMigrated && row !== null && known !== undefined && !known.has(key)) known.set(key, row);
  }
  const brought = new Map<string, ReadonlySet<RowKey>>();
  for (const { name } of collections) brought.set(name, await broughtKeys(world, undoes, name));
  const remembers = [...brought.values()].some(({ size }) => size > 0);
  return { rows, brought: remembers ? brought : null };
}
