import { readCollection } from '../../content/read-collection.ts';
import { rowMaker } from '../../content/rows.ts';
import { isCollectionKey, isFormDataKey, namedKeys } from '../../definition/key-ownership.ts';
import type { Collection, Item } from '../../definition/types.ts';
import { DatabaseError } from '../../errors.ts';
import type { CollectionTable, Row } from '../../ports/database.ts';
import type { BackupItem } from '../backup-format.ts';
import type { World } from '../world.ts';

/** An item of the source on its way into the database. */
export interface SourceItem {
  readonly id: string;
  readonly storageKey: string;
  readonly value: Item;
}

/** A collection of the source with its table. */
export interface SourceCollection {
  readonly collection: Collection;
  readonly table: CollectionTable;
  readonly items: readonly SourceItem[];
}

/** The users' data as it was found: every key of the migration, and the items in the order in which they are copied. */
export interface Source {
  readonly keys: readonly BackupItem[];
  /** Collections whose tables others refer to come first. */
  readonly collections: readonly SourceCollection[];
  readonly items: number;
  /** UTF-16 code units of all values. */
  readonly size: number;
}

/** The raw values of every key that belongs to the migration. One that it names need not be listed to be found. */
export async function readKeys(world: World): Promise<readonly BackupItem[]> {
  const { migration, storage } = world;
  const kinds = new Map<string, BackupItem['kind']>();
  for (const key of new Set([...(await storage.keys()), ...namedKeys(migration)])) {
    if (migration.collections.some((collection) => isCollectionKey(collection, key))) kinds.set(key, 'collection');
    else if (isFormDataKey(migration, key)) kinds.set(key, 'formData');
  }
  const values = await storage.read([...kinds.keys()]);
  const items: BackupItem[] = [];
  for (const [key, kind] of kinds) {
    const value = values.get(key);
    if (typeof value === 'string') items.push({ key, kind, value });
  }
  return items;
}

/**
 * Understands raw values as collections of items. Nothing is written.
 * @throws InputError for content that cannot be understood; DatabaseError `DATABASE_SCHEMA`
 */
export function understand(world: World, keys: readonly BackupItem[], tables: readonly CollectionTable[]): Source {
  const entries = new Map(keys.filter(({ kind }) => kind === 'collection').map(({ key, value }) => [key, value]));
  const collections: SourceCollection[] = [];
  for (const collection of world.migration.collections) {
    const table = tables.find((candidate) => candidate.collection === collection.name);
    if (table === undefined) {
      throw new DatabaseError(
        'DATABASE_SCHEMA',
        `The database has no table for the collection ${collection.name}. Give it one in the adapter’s tables.`,
      );
    }
    collections.push({ collection, table, items: readCollection(collection, entries, world.migration).items });
  }
  const rank = new Map(tables.map(({ collection }, index) => [collection, index]));
  collections.sort((a, b) => (rank.get(a.collection.name) ?? 0) - (rank.get(b.collection.name) ?? 0));
  return {
    keys,
    collections,
    items: collections.reduce((sum, { items }) => sum + items.length, 0),
    size: keys.reduce((sum, { value }) => sum + value.length, 0),
  };
}

const madeRows = new WeakMap<SourceItem, Row>();

/** The rows of some items, made once and used for copying and for comparing. */
export function rowsOf({ collection, table }: SourceCollection, items: readonly SourceItem[]): readonly Row[] {
  const make = rowMaker(collection, table);
  return items.map((item) => {
    const made = madeRows.get(item) ?? make(item.value);
    madeRows.set(item, made);
    return made;
  });
}

/** A run of items of one collection: what a batch holds, and where it is in the order of all items. */
export interface Batch {
  readonly source: SourceCollection;
  readonly items: readonly SourceItem[];
  /** Where the items after this batch begin. */
  readonly next: number;
}

/** The batch that begins at item `from`; a batch never crosses from one collection into the next. */
export function batchAt(source: Source, from: number, size: number): Batch | null {
  let before = 0;
  for (const collection of source.collections) {
    const end = before + collection.items.length;
    if (from < end) {
      const items = collection.items.slice(from - before, from - before + size);
      return { source: collection, items, next: from + items.length };
    }
    before = end;
  }
  return null;
}

const SMALLEST_BATCH = 500;
const LARGEST_BATCH = 25_000;
const BATCHES = 4;
const BATCHES_IN_PAGE = 20;

/**
 * Few batches, because an embedded database is saved as a whole after each; small ones, because people wait, all the
 * more where the thread that copies is also the one that answers them.
 */
export const batchSize = (items: number, { clock }: Pick<World, 'clock'>): number => {
  const batches = clock.breathe === undefined ? BATCHES : BATCHES_IN_PAGE;
  return Math.min(LARGEST_BATCH, Math.max(SMALLEST_BATCH, Math.ceil(items / batches)));
};
