import type { Collection, Item } from '../definition/types.ts';
import { InputError } from '../errors.ts';
import type { CollectionTable, Row, RowKey } from '../ports/database.ts';
import { type IdValue, idValuesOf, itemIdOf } from './item-id.ts';
import { inFormOf, isSameValue, jsonValueOf, UNSAYABLE } from './json-value.ts';
import type { FoundItem } from './recognise.ts';
import { sortByRowKey } from './row-key-order.ts';
import { fromRow, isKeyedById, itemRowKeys, toRow } from './rows.ts';

/** One row that people added, changed or deleted; `row` is `null` for deleted ones. */
export interface RowChange {
  readonly key: RowKey;
  readonly kind: 'added' | 'changed' | 'deleted';
  readonly row: Row | null;
}

/** A change that stays in the archive, and why, for people and without values. */
export interface NotCarriedOver {
  readonly key: RowKey;
  readonly reason: string;
}

/** An item of which some properties change: to these JSON texts, or go (`null`). */
export interface ItemEdit {
  readonly item: FoundItem;
  readonly properties: ReadonlyMap<string, string | null>;
}

/** An item to be added: what JSON can say, with its id properties. */
export interface AddedItem {
  readonly key: RowKey;
  readonly idValues: readonly IdValue[];
  readonly value: Item;
  /** The item for where its key there is its id: all but the id properties. */
  readonly valueWithoutId: Item;
}

/** What becomes of the items; nothing has been written yet. */
export interface Decisions {
  readonly edited: readonly ItemEdit[];
  readonly removed: readonly FoundItem[];
  /** In the order of their keys. */
  readonly added: readonly AddedItem[];
  readonly notCarriedOver: readonly NotCarriedOver[];
}

/** Thrown and caught in this file: the reason why one row is left out. */
class LeftOut extends Error {}

/** Decides what each change of a row means for the items. One bad row keeps no other back, and nothing throws. */
export function decideChanges(
  collection: Collection,
  table: CollectionTable,
  items: readonly FoundItem[],
  changes: readonly RowChange[],
): Decisions {
  const edited: ItemEdit[] = [];
  const removed: FoundItem[] = [];
  const added: AddedItem[] = [];
  const notCarriedOver: NotCarriedOver[] = [];
  const byKey = findByRowKey(collection, table, items, new Set(changes.map(({ key }) => key)));
  // Only additions can meet an id that is taken.
  const taken = new Set(changes.some(({ kind }) => kind === 'added') ? items.map((item) => item.id) : []);
  const seen = new Set<RowKey>();
  for (const change of changes) {
    try {
      if (seen.has(change.key)) throw new LeftOut('this row is listed twice');
      seen.add(change.key);
      if (change.kind === 'added') added.push(decideAdded(collection, table, byKey, taken, change));
      else if (change.kind === 'deleted') removed.push(itemFor(byKey, change.key));
      else edited.push(decideChanged(collection, table, itemFor(byKey, change.key), change));
    } catch (thrown) {
      notCarriedOver.push({ key: change.key, reason: reasonOf(thrown) });
    }
  }
  return { edited, removed, added: sortByRowKey(added), notCarriedOver };
}

/** The items that give rows with the wanted keys; `null` where several do. */
function findByRowKey(
  collection: Collection,
  table: CollectionTable,
  items: readonly FoundItem[],
  wanted: ReadonlySet<RowKey>,
): ReadonlyMap<RowKey, FoundItem | null> {
  const byKey = new Map<RowKey, FoundItem | null>();
  if (wanted.size === 0) return byKey;
  const keyOf = itemRowKeys(collection, table);
  const keyedById = isKeyedById(collection, table);
  for (const item of items) {
    try {
      const key = keyedById ? item.id : keyOf(item.value);
      if (wanted.has(key)) byKey.set(key, byKey.has(key) ? null : item);
    } catch (thrown) {
      // An item for which the app's toRow fails was never migrated: no change can be about it.
      if (collection.toRow === null) throw thrown;
    }
  }
  return byKey;
}

function itemFor(byKey: ReadonlyMap<RowKey, FoundItem | null>, key: RowKey): FoundItem {
  const item = byKey.get(key);
  if (item === undefined) throw new LeftOut('there is no item for this row');
  if (item === null) throw new LeftOut('several items give this row');
  return item;
}

function decideAdded(
  collection: Collection,
  table: CollectionTable,
  byKey: ReadonlyMap<RowKey, FoundItem | null>,
  taken: Set<string>,
  change: RowChange,
): AddedItem {
  if (byKey.has(change.key)) throw new LeftOut('an item that was not migrated has the same id');
  const item = itemOf(collection, contentOf(change), table);
  const properties: [string, unknown][] = [];
  for (const name of Object.keys(item)) {
    const value = sayable(name, item[name]);
    if (value !== undefined) properties.push([name, value]);
  }
  const value: Item = Object.fromEntries(properties);
  const idValues = idValuesOf(value, collection.idFields);
  if (idValues === null) throw new LeftOut(`its item has no ${collection.idFields.join(', ')}`);
  const id = itemIdOf(idValues);
  const rest = properties.filter(([name]) => !collection.idFields.includes(name));
  if (taken.has(id)) throw new LeftOut('another item has the same id');
  taken.add(id);
  return { key: change.key, idValues, value, valueWithoutId: Object.fromEntries(rest) };
}

function decideChanged(collection: Collection, table: CollectionTable, item: FoundItem, change: RowChange): ItemEdit {
  const row = contentOf(change);
  const base = toRow(collection, item.value, table);
  const before = itemOf(collection, base, table);
  const now = itemOf(collection, row, table);
  refuseDroppedColumns(collection, table, { base, before, row });
  const properties = new Map<string, string | null>();
  for (const name of differences(before, now)) {
    if (collection.idFields.includes(name)) throw new LeftOut('its item has another id now');
    const value = sayable(name, inFormOf(own(item.own, name), own(now, name)));
    properties.set(name, value === undefined ? null : JSON.stringify(value));
  }
  if (properties.size === 0) throw new LeftOut('what changed in the row has no place in the item');
  return { item, properties };
}

/** A column that came from the item and changed, but that `fromRow` makes nothing of, would be lost in silence. */
function refuseDroppedColumns(
  collection: Collection,
  table: CollectionTable,
  rows: { readonly base: Row; readonly before: Item; readonly row: Row },
): void {
  if (collection.fromRow === null) return;
  for (const column of Object.keys(rows.base)) {
    if (isSameValue(rows.base[column], own(rows.row, column))) continue;
    const probe = { ...rows.base, [column]: own(rows.row, column) };
    if (differences(rows.before, itemOf(collection, probe, table)).length > 0) continue;
    throw new LeftOut(`fromRow makes nothing of the column ${column}, which changed`);
  }
}

function itemOf(collection: Collection, row: Row, table: CollectionTable): Item {
  if (collection.toRow !== null && collection.fromRow === null) {
    throw new LeftOut('the collection has toRow but no fromRow');
  }
  return fromRow(collection, row, table);
}

function contentOf(change: RowChange): Row {
  if (change.row === null) throw new LeftOut('the content of the row is not known');
  return change.row;
}

function sayable(name: string, value: unknown): unknown {
  const json = jsonValueOf(value);
  if (json === UNSAYABLE) throw new LeftOut(`its property ${name} holds what JSON cannot say`);
  return json;
}

function differences(before: Item, now: Item): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names].filter((name) => !isSameValue(own(before, name), own(now, name)));
}

function own(record: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function reasonOf(thrown: unknown): string {
  if (thrown instanceof LeftOut || thrown instanceof InputError) return thrown.message;
  return `reading it failed unexpectedly (${thrown instanceof Error ? thrown.name : typeof thrown})`;
}
