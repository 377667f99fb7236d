import { itemRowKeys } from '../../content/rows.ts';
import type { ArchivedRow, RowKey } from '../../ports/database.ts';
import { readBackup } from '../backup-format.ts';
import { refuseForeignKeys } from '../backups-view.ts';
import { understand } from '../migration/source.ts';
import type { BackpedalOptions } from '../public-types.ts';
import { allRows } from '../rollback/drift.ts';
import { createWorld, type World } from '../world.ts';
import { refuseOtherMigration } from './same-migration.ts';

/** Where an item of a backup is in the database. */
export type Whereabouts = 'row' | 'changedRow' | 'archive' | 'changedInArchive' | 'deleted' | 'nowhere';

/** One collection of a backup against the rows in the database and in the archive. */
export interface CollectionComparison {
  readonly collection: string;
  /** Items in the backup. */
  readonly items: number;
  /** How many of them are where. */
  readonly found: Readonly<Record<Whereabouts, number>>;
  /** Rows in the scope, or in the archive, that the backup has no item for: added after the migration. */
  readonly added: number;
  /** Items that are nowhere, or not as they were: at most ten of each kind, by the keys of their rows. */
  readonly examples: Readonly<Partial<Record<Whereabouts, readonly RowKey[]>>>;
}

/** A backup against the rows of its migration and against the archive of the run that moved them. */
export interface BackupComparison {
  readonly id: string;
  /** Whether every item of the backup is in the rows or in the archive, unchanged. */
  readonly equal: boolean;
  readonly collections: readonly CollectionComparison[];
}

const EXAMPLES = 10;
const KINDS: readonly Whereabouts[] = ['row', 'changedRow', 'archive', 'changedInArchive', 'deleted', 'nowhere'];

interface Found {
  readonly where: Whereabouts;
  readonly isAdded: boolean;
}

function foundAs({ kind }: ArchivedRow, place: 'rows' | 'archive'): Found | null {
  const isRow = place === 'rows';
  if (kind === 'unchanged') return { where: isRow ? 'row' : 'archive', isAdded: false };
  if (kind === 'changed') return { where: isRow ? 'changedRow' : 'changedInArchive', isAdded: false };
  if (kind === 'deleted') return { where: 'deleted', isAdded: false };
  return kind === 'added' || kind === 'late' ? { where: isRow ? 'row' : 'archive', isAdded: true } : null;
}

/** Every row that the database has of a migration, by collection and key; what is in a table counts most. */
async function rowsOf(world: World, run: string): Promise<ReadonlyMap<string, ReadonlyMap<RowKey, Found>>> {
  const migration = world.migration.id;
  const known = new Map<string, Map<RowKey, Found>>();
  const note = (rows: readonly ArchivedRow[], place: 'rows' | 'archive'): void => {
    for (const row of rows) {
      const found = foundAs(row, place);
      const ofCollection = known.get(row.collection) ?? new Map<RowKey, Found>();
      known.set(row.collection, ofCollection);
      if (found !== null && !ofCollection.has(row.key)) ofCollection.set(row.key, found);
    }
  };
  note(await allRows((after, limit) => world.database.movable(migration, run, after, limit)), 'rows');
  const { steps } = await world.database.ledger(migration);
  const movers = steps.filter(({ step, outcome }) => step === 'clear' && undoesOf(outcome) === run);
  for (const { run: mover } of movers.reverse()) {
    const query = { migration, run: mover, content: 'all' } as const;
    note(await allRows((after, limit) => world.database.archived({ ...query, after, limit })), 'archive');
  }
  note(await allRows((after, limit) => world.database.drifted(migration, run, after, limit)), 'rows');
  return known;
}

const undoesOf = (outcome: unknown): unknown =>
  typeof outcome === 'object' && outcome !== null && 'undoes' in outcome ? outcome.undoes : undefined;

function compareKeys(
  collection: string,
  keys: readonly RowKey[],
  found: ReadonlyMap<RowKey, Found>,
): CollectionComparison {
  const counts = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Record<Whereabouts, number>;
  const examples: Partial<Record<Whereabouts, RowKey[]>> = {};
  for (const key of keys) {
    const where = found.get(key)?.where ?? 'nowhere';
    counts[where] += 1;
    if (where === 'row' || where === 'archive') continue;
    const some = examples[where] ?? [];
    examples[where] = some;
    if (some.length < EXAMPLES) some.push(key);
  }
  const own = new Set(keys);
  const added = [...found].filter(([key, { isAdded }]) => isAdded && !own.has(key)).length;
  return { collection, items: keys.length, found: counts, added, examples };
}

/**
 * Compares a downloaded backup with the rows of its migration and with the archive. Rows count as unchanged when they
 * are as the migration left them: the database keeps their digests. Changes nothing.
 * @throws BackupError for a backup that cannot be trusted, or is of another migration (`BACKUP_FOREIGN_MIGRATION`,
 *   `BACKUP_FOREIGN_KEY`); DatabaseError
 */
export async function compareBackup(text: string, options: BackpedalOptions): Promise<BackupComparison> {
  const world = createWorld(options);
  const { head, values } = await readBackup(text, world.seal, world.migration.maxBackupSize);
  refuseOtherMigration(world, head);
  refuseForeignKeys(world, head.entries);
  const keys = head.entries.map(({ key, kind }) => ({ key, kind, value: values.get(key) ?? '' }));
  const source = understand(world, keys, await world.database.tables());
  const rows = await rowsOf(world, head.id);
  const collections = source.collections.map(({ collection, table, items }) => {
    const keyOf = itemRowKeys(collection, table);
    const own = items.map(({ value }) => keyOf(value));
    return compareKeys(collection.name, own, rows.get(collection.name) ?? new Map());
  });
  const equal = collections.every(({ items, found }) => found.row + found.archive === items);
  return { id: head.id, equal, collections };
}
