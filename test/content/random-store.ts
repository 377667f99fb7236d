import fc from 'fast-check';
import type { Collection } from '../../src/definition/types.ts';
import type { CollectionTable, Row } from '../../src/ports/database.ts';
import { joinPieces, Members, type Piece, printJson, randomFrom, Tagged, TextOf } from './printed-json.ts';

export const COLUMNS: readonly string[] = ['id', 'title', 'done', 'n', 'data', 'note'];

export const TABLE: CollectionTable = { collection: 'tasks', table: 'tasks', columns: COLUMNS, idColumns: ['id'] };

export const LIMITS = { maxDepth: 200 };

/** One item of a random store: its properties, and what happened to its row. */
export interface RandomItem {
  readonly id: string | number;
  readonly own: Readonly<Record<string, unknown>>;
  readonly fate: 'kept' | 'changed' | 'deleted' | 'added';
  readonly columns: Row;
}

/** A random store in one of the shapes. */
export interface RandomStore {
  readonly shape: 'array' | 'map' | 'entities';
  readonly idIn: 'item' | 'key';
  readonly path: readonly string[];
  readonly textLevels: readonly boolean[];
  readonly siblings: Readonly<Record<string, unknown>>;
  readonly items: readonly RandomItem[];
  readonly seed: number;
}

const name = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'prototype', '', 'ids', 'toString', 'a"b', 'a\\b', '\ud800', 'é/漢', '0'),
  fc.string({ maxLength: 6, unit: 'binary' }),
);
const text = fc.oneof(
  fc.string({ maxLength: 12, unit: 'binary' }),
  fc.constantFrom('\ud83d', '{"id":1}', '\\u0026', ']'),
);
const scalar = fc.oneof(text, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean());

/** Any JSON value, names that reach for prototypes included. */
export const jsonValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    fc.oneof(scalar, fc.constant(null)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(name, tie('value')), { maxLength: 4 }).map((members) => Object.fromEntries(members)),
  ),
})).value;

const container = jsonValue.filter((value) => typeof value === 'object');

const properties = fc
  .record({ title: text, done: fc.boolean(), n: fc.integer(), data: container, note: text }, { requiredKeys: [] })
  .chain((known) =>
    fc
      .dictionary(fc.constantFrom('extra', '__proto__', 'messages', 'a b'), jsonValue, {
        maxKeys: 2,
        noNullPrototype: true,
      })
      .map((others): Readonly<Record<string, unknown>> => ({ ...others, ...known })),
  );

const columns = fc.record(
  { title: text, done: fc.boolean(), n: fc.integer(), data: container, note: fc.oneof(text, fc.constant(null)) },
  { requiredKeys: [] },
);

const id = fc.oneof(
  fc.integer({ min: -5, max: 99_999 }),
  fc.constantFrom('__proto__', 'constructor', 't"1', 'é'),
  text,
);

const item = fc.record({
  id,
  own: properties,
  fate: fc.constantFrom('kept', 'kept', 'changed', 'deleted', 'added'),
  columns,
}) satisfies fc.Arbitrary<RandomItem>;

/** A random store, with what happened to its rows. */
export const randomStore: fc.Arbitrary<RandomStore> = fc.record({
  shape: fc.constantFrom('array', 'map', 'entities'),
  idIn: fc.constantFrom('item', 'item', 'key'),
  path: fc.array(fc.constantFrom('state', 'tasks', 'a.b', '', 'é"'), { maxLength: 3 }),
  textLevels: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  siblings: fc.dictionary(fc.constantFrom('version', '__proto__', 'filters'), jsonValue, { noNullPrototype: true }),
  items: fc.uniqueArray(item, { selector: (one) => String(one.id), maxLength: 8 }),
  seed: fc.integer(),
}) satisfies fc.Arbitrary<RandomStore>;

/** The collection of a random store. */
export function collectionOf(store: RandomStore): Collection {
  return {
    name: 'tasks',
    storageKey: 'store',
    layout: 'oneKey',
    path: store.path,
    idFields: ['id'],
    schema: null,
    toRow: null,
    fromRow: null,
    cachePatterns: [],
  };
}

/** Whether ids of this store are only names in a map. */
export function hasIdsInKeysOnly(store: RandomStore): boolean {
  return store.shape !== 'array' && store.idIn === 'key';
}

/** The id that the library gives the item: names are strings unless a list says otherwise. */
export function idOf(store: RandomStore, one: RandomItem): string | number {
  return store.shape === 'map' && hasIdsInKeysOnly(store) ? String(one.id) : one.id;
}

/** The item as it lies in the text. */
export function ownItem(store: RandomStore, one: RandomItem): Readonly<Record<string, unknown>> {
  return hasIdsInKeysOnly(store) ? one.own : { id: one.id, ...one.own };
}

/** Prints the store, the items tagged with their ids. */
export function printStore(store: RandomStore): readonly Piece[] {
  const items = store.items.filter((one) => one.fate !== 'added');
  const tagged = items.map((one) => new Tagged(JSON.stringify(one.id), ownItem(store, one)));
  const named = new Members(items.map((one, index) => [String(one.id), tagged[index]]));
  const ids = items.map((one) => one.id);
  let value: unknown = store.shape === 'array' ? tagged : named;
  if (store.shape === 'entities')
    value = new Members([...Object.entries(store.siblings), ['ids', ids], ['entities', named]]);
  if (store.textLevels[0]) value = new TextOf(value);
  for (const [index, segment] of [...store.path].reverse().entries()) {
    const siblings = Object.entries(store.siblings).filter(([sibling]) => sibling !== segment);
    value = new Members([...siblings, [segment, value]]);
    if (store.textLevels[index + 1]) value = new TextOf(value);
  }
  return printJson(value, randomFrom(store.seed));
}

/** The raw text of a store. */
export function rawText(store: RandomStore): string {
  return joinPieces(printStore(store));
}
