import { isDeepStrictEqual } from 'node:util';
import type { RowChange } from '../../src/content/decide-changes.ts';
import type { Row } from '../../src/ports/database.ts';
import { COLUMNS, hasIdsInKeysOnly, idOf, ownItem, type RandomItem, type RandomStore } from './random-store.ts';

type Json = Record<string, unknown>;

/** The changes that a random store's fates stand for, as a database would report them. */
export function changesOf(store: RandomStore): readonly RowChange[] {
  return store.items.flatMap((one): readonly RowChange[] => {
    if (one.fate === 'kept') return [];
    const key = JSON.stringify([idOf(store, one)]);
    return [{ key, kind: one.fate, row: one.fate === 'deleted' ? null : rowNow(store, one) }];
  });
}

/** The raw value with every text on the path, and the target's, unfolded into what it says. */
export function unfold(raw: string, path: readonly string[]): unknown {
  let value: unknown = JSON.parse(raw);
  while (typeof value === 'string') value = JSON.parse(value);
  const [segment, ...rest] = path;
  if (segment === undefined) return value;
  const parent = value as Json;
  return withMember(parent, segment, unfold(JSON.stringify(parent[segment]), rest));
}

/** What the store must be after the merge, worked out on parsed values without any regard for texts. */
export function naiveMerge(store: RandomStore, unfolded: unknown, path: readonly string[] = store.path): unknown {
  const [segment, ...rest] = path;
  if (segment !== undefined) {
    const parent = unfolded as Json;
    return withMember(parent, segment, naiveMerge(store, parent[segment], rest));
  }
  if (store.shape === 'array') return mergedItems(store).map(({ item }) => item);
  const map = Object.fromEntries(mergedItems(store).map(({ one, item }) => [String(one.id), item]));
  if (store.shape === 'map') return map;
  const ids = mergedItems(store).map(({ one }) => one.id);
  return withMember(withMember(unfolded as Json, 'ids', ids), 'entities', map);
}

/** The keys of the changes that change nothing which an item could show. */
export function idleChanges(store: RandomStore): readonly string[] {
  return store.items
    .filter((one) => one.fate === 'changed' && isDeepStrictEqual(mergedItem(store, one), jsonOf(ownItem(store, one))))
    .map((one) => JSON.stringify([idOf(store, one)]));
}

/** The items after the merge, in their order. */
export function mergedItems(store: RandomStore): readonly { readonly one: RandomItem; readonly item: unknown }[] {
  const stay = store.items.filter((one) => one.fate === 'kept' || one.fate === 'changed');
  const added = store.items.filter((one) => one.fate === 'added').sort(inKeyOrder(store));
  const hasOld = store.items.some((one) => one.fate !== 'added');
  return [
    ...stay.map((one) => ({ one, item: mergedItem(store, one) })),
    ...added.map((one) => {
      const { id, ...rest } = rowNow(store, one);
      return { one, item: jsonOf(hasIdsInKeysOnly(store) && hasOld ? rest : { id, ...rest }) };
    }),
  ];
}

function inKeyOrder(store: RandomStore): (one: RandomItem, other: RandomItem) => number {
  return (one, other) => {
    const [a, b] = [idOf(store, one), idOf(store, other)];
    if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
    return a < b ? -1 : 1;
  };
}

function mergedItem(store: RandomStore, one: RandomItem): unknown {
  let item = jsonOf(ownItem(store, one)) as Json;
  if (one.fate === 'kept') return item;
  const now = jsonOf(rowNow(store, one)) as Json;
  for (const column of COLUMNS) {
    if (column === 'id' || isDeepStrictEqual(item[column] ?? null, now[column] ?? null)) continue;
    item = withMember(item, column, now[column]);
  }
  return item;
}

/** Every column of the row as the database has it now: what the item brought, then what was written. */
function rowNow(store: RandomStore, one: RandomItem): Row {
  const brought = one.fate === 'added' ? {} : one.own;
  const columns = COLUMNS.filter((column) => column !== 'id').map((column) => {
    const value = Object.hasOwn(one.columns, column) ? one.columns[column] : (brought as Row)[column];
    return [column, value ?? null] as const;
  });
  return { id: idOf(store, one), ...Object.fromEntries(columns) };
}

function withMember(object: Json, name: string, value: unknown): Json {
  const members = Object.entries(object).filter(([other]) => other !== name);
  return Object.fromEntries([...members, [name, value]]);
}

/** The value as JSON gives it back; -0 becomes 0. */
export function jsonOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
