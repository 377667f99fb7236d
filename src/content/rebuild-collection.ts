import type { Collection } from '../definition/types.ts';
import { InputError } from '../errors.ts';
import type { CollectionTable, Row, RowKey } from '../ports/database.ts';
import { mergeCollection } from './merge-collection.ts';
import type { ContentLimits } from './parse-json.ts';
import { readCollection } from './read-collection.ts';
import { itemRowKeys } from './rows.ts';

/** What a collection is to be put together from. */
export interface RebuildRequest {
  readonly collection: Collection;
  readonly table: CollectionTable;
  /** The rows that were migrated, by their keys. */
  readonly rows: ReadonlyMap<RowKey, Row>;
  /** Texts to start from: of an older backup, or what lies in storage; keys of others are not looked at. */
  readonly entries: ReadonlyMap<string, string>;
  readonly limits: ContentLimits;
}

/** How an empty store may look: as zustand's `persist` writes one, or with nothing around the items. */
function emptyStores({ path }: Collection): readonly string[] {
  const around = (items: string): string =>
    path.reduceRight((inner, name) => `{${JSON.stringify(name)}:${inner}}`, items);
  const versioned = (store: string): string => `${store.slice(0, -1)},"version":0}`;
  const stores = ['[]', '{}'].map(around);
  return path[0] === 'state' ? [...stores.map(versioned), ...stores] : stores;
}

function carryOver(request: RebuildRequest, entries: ReadonlyMap<string, string>): ReadonlyMap<string, string | null> {
  const { collection, table, rows, limits } = request;
  const keyOf = itemRowKeys(collection, table);
  const items = readCollection(collection, entries, limits).items;
  const there = new Set(items.map(({ value }) => keyOf(value)));
  const changes = [
    ...[...rows].map(([key, row]) => ({ key, kind: there.has(key) ? ('changed' as const) : ('added' as const), row })),
    ...[...there].filter((key) => !rows.has(key)).map((key) => ({ key, kind: 'deleted' as const, row: null })),
  ];
  return mergeCollection({ collection, table, entries, changes, limits }).entries;
}

/**
 * The texts that a collection may have had, put together from its rows: the most likely one first. An older text keeps
 * what the rows do not say: other fields of the store, the order of the items, properties without a column.
 * @returns one possibility or several, each with every key of the collection
 */
export function rebuildCollection(request: RebuildRequest): readonly ReadonlyMap<string, string>[] {
  const { collection, entries } = request;
  const bases: ReadonlyMap<string, string>[] = [];
  if (collection.layout === 'keyPerItem' || entries.has(collection.storageKey)) bases.push(entries);
  if (collection.layout === 'oneKey') {
    for (const store of emptyStores(collection)) bases.push(new Map([...entries, [collection.storageKey, store]]));
  }
  const possible: ReadonlyMap<string, string>[] = [];
  for (const base of bases) {
    try {
      const texts = [...carryOver(request, base)].filter((entry): entry is [string, string] => entry[1] !== null);
      possible.push(new Map(texts));
    } catch (error) {
      // A text that is not one of the app's any more is no base; the next one may be.
      if (!(error instanceof InputError)) throw error;
    }
  }
  return possible;
}
