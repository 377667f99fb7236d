import type { Collection } from '../definition/types.ts';
import { InputError } from '../errors.ts';
import type { CollectionTable, Row, RowKey } from '../ports/database.ts';
import { mergeCollection } from './merge-collection.ts';
import type { ContentLimits } from './parse-json.ts';
import { readCollection } from './read-collection.ts';
import { itemRowKeys } from './rows.ts';

/** A collection with what its database still knows of it. */
export interface RebuildMember {
  readonly collection: Collection;
  readonly table: CollectionTable;
  /** The rows that were migrated and are left, by their keys. */
  readonly rows: ReadonlyMap<RowKey, Row>;
  /** The keys of all rows that were migrated, deleted ones too; `null` where the database has forgotten. */
  readonly brought: ReadonlySet<RowKey> | null;
}

/** What collections that lie in the same keys are to be put together from. */
export interface RebuildRequest {
  readonly members: readonly RebuildMember[];
  /** What lies in storage now; keys of others are not looked at. */
  readonly storage: ReadonlyMap<string, string>;
  /** What older backups hold. */
  readonly older: ReadonlyMap<string, string>;
  /** What the damaged backup itself holds, as far as it can be read. */
  readonly damaged: ReadonlyMap<string, string>;
  readonly limits: ContentLimits;
}

/** Texts that the keys may have had. */
export interface RebuiltTexts {
  readonly entries: ReadonlyMap<string, string>;
  /** Rows that could not be turned back into items; they are in the database only. */
  readonly leftOut: number;
  /** Nothing but the definition says that there was such a store: it may be believed only where a hash proves it. */
  readonly isInvented: boolean;
}

/** Texts to start from. */
interface Base {
  readonly isInvented: boolean;
  readonly entries: ReadonlyMap<string, string>;
  /** Whether a key's text is an older one, whose items may have been gone when the migration came. */
  readonly isOlder: (key: string) => boolean;
}

type Tree = Map<string, Tree | string>;

const written = (tree: Tree | string): string =>
  typeof tree === 'string'
    ? tree
    : `{${[...tree].map(([name, inner]) => `${JSON.stringify(name)}:${written(inner)}`).join(',')}}`;

/** A store in which every collection is this text, at its path. */
function storeOf(members: readonly RebuildMember[], items: string): string {
  const root: Tree = new Map();
  for (const { collection } of members) {
    const last = collection.path.at(-1);
    if (last === undefined) return items;
    let place = root;
    for (const name of collection.path.slice(0, -1)) {
      const inner = place.get(name);
      const next: Tree = inner === undefined || typeof inner === 'string' ? new Map() : inner;
      place.set(name, next);
      place = next;
    }
    place.set(last, items);
  }
  return written(root);
}

/** How an empty store may look: as zustand's `persist` writes one, or with nothing around the items. */
function emptyStores(members: readonly RebuildMember[]): readonly string[] {
  const stores = ['[]', '{}', '{"ids":[],"entities":{}}'].map((items) => storeOf(members, items));
  const versioned = (store: string): string => `${store.slice(0, -1)},"version":0}`;
  const isPersisted = members.every(({ collection }) => collection.path.length > 1 && collection.path[0] === 'state');
  return isPersisted ? [...stores.map(versioned), ...stores] : stores;
}

/** The rows' keys of the items in these texts, each with the key of storage that it lies in. */
function keysIn(
  { collection, table }: RebuildMember,
  entries: ReadonlyMap<string, string>,
  limits: ContentLimits,
): ReadonlyMap<RowKey, string> {
  const keyOf = itemRowKeys(collection, table);
  const keys = new Map<RowKey, string>();
  for (const { value, storageKey } of readCollection(collection, entries, limits).items) {
    try {
      keys.set(keyOf(value), storageKey);
    } catch (error) {
      // An item for which the app's toRow fails was never migrated, so no row is about it.
      if (!(error instanceof InputError) || collection.toRow === null) throw error;
    }
  }
  return keys;
}

/** Carries one collection's rows over into texts; what the database does not know of stays as the texts have it. */
function carryOver(member: RebuildMember, base: Base, limits: ContentLimits): Omit<RebuiltTexts, 'isInvented'> {
  const { collection, table, rows, brought } = member;
  const there = keysIn(member, base.entries, limits);
  const gone = [...there].filter(([key, place]) => brought?.has(key) === false && base.isOlder(place));
  const changes = [
    ...[...rows].map(([key, row]) => ({ key, kind: there.has(key) ? ('changed' as const) : ('added' as const), row })),
    ...gone.filter(([key]) => !rows.has(key)).map(([key]) => ({ key, kind: 'deleted' as const, row: null })),
  ];
  const merged = mergeCollection({ collection, table, entries: base.entries, changes, limits });
  const entries = new Map(base.entries);
  for (const [key, text] of merged.entries) {
    if (text === null) entries.delete(key);
    else entries.set(key, text);
  }
  const leftOut = merged.notCarriedOver.filter(({ key }) => rows.has(key) && !there.has(key)).length;
  return { entries, leftOut };
}

/** Where several collections lie in one key, what came of one is what the next one starts from. */
function carryAllOver(members: readonly RebuildMember[], base: Base, limits: ContentLimits): RebuiltTexts {
  let entries = base.entries;
  let leftOut = 0;
  for (const member of members) {
    const one = carryOver(member, { ...base, entries }, limits);
    entries = one.entries;
    leftOut += one.leftOut;
  }
  return { entries, leftOut, isInvented: base.isInvented };
}

/** Whether what lies in storage has all that was migrated, so that it is the text that the migration had left there. */
function isStorageLikelier({ members, storage, older, limits }: RebuildRequest): boolean {
  try {
    return members.every((member) => {
      const there = keysIn(member, storage, limits);
      const { brought } = member;
      if (brought !== null && brought.size > 0) return [...brought].every((key) => there.has(key));
      return there.size > 0 && there.size >= keysIn(member, older, limits).size;
    });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return false;
  }
}

function basesOf(request: RebuildRequest): readonly Base[] {
  const { members, storage, older, damaged } = request;
  const isOlder = (key: string): boolean => older.has(key) && !storage.has(key);
  const isInvented = false;
  const fromStorage: Base = { entries: new Map([...older, ...storage]), isOlder, isInvented };
  const fromOlder: Base = { entries: new Map([...storage, ...older]), isOlder: (key) => older.has(key), isInvented };
  // An item whose id is damaged is none that was migrated; the item itself comes from its row.
  const fromDamaged: Base = { entries: new Map([...storage, ...older, ...damaged]), isOlder: () => true, isInvented };
  const others = damaged.size === 0 ? [fromOlder] : [fromDamaged, fromOlder];
  const known = isStorageLikelier(request) ? [fromStorage, ...others] : [...others, fromStorage];
  const { layout, storageKey } = (members[0] as RebuildMember).collection;
  if (layout === 'keyPerItem') return known;
  const stores = emptyStores(members).map((store) => ({
    entries: new Map([[storageKey, store]]),
    isOlder: () => false,
    isInvented: members.every(({ rows }) => rows.size === 0),
  }));
  return [...known.filter(({ entries }) => entries.has(storageKey)), ...stores];
}

/**
 * The texts that the keys of collections may have had, put together from their rows: the most likely ones first. A
 * text in storage or in an older backup keeps what the rows do not say: other fields of the store, the order of the
 * items, properties without a column.
 * @param request collections with the same `storageKey`, at least one
 * @returns one possibility or several, each with every key of the collections
 */
export function rebuildCollections(request: RebuildRequest): readonly RebuiltTexts[] {
  const possible: RebuiltTexts[] = [];
  for (const base of basesOf(request)) {
    try {
      possible.push(carryAllOver(request.members, base, request.limits));
    } catch (error) {
      // A text that is not one of the app's any more is no base; the next one may be.
      if (!(error instanceof InputError)) throw error;
    }
  }
  return possible;
}
