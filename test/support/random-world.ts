import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { MigrationDefinition } from '../../src/definition/types.ts';
import type { MemorySchema } from '../../src/testing/index.ts';
import { changesOf, jsonOf, mergedItems, naiveMerge, unfold } from '../content/naive-merge.ts';
import { joinPieces, printJson, randomFrom, TextOf } from '../content/printed-json.ts';
import { COLUMNS, ownItem, type RandomItem, type RandomStore, randomStore, rawText } from '../content/random-store.ts';
import type { AppTables } from './run-kit.ts';

/** A storage of any content, and what people do after the migration. */
export interface RandomWorld {
  /** A collection in one key, in any shape. */
  readonly tasks: RandomStore;
  /** A collection with a key for each item. */
  readonly notes: RandomStore;
  readonly formData: readonly (readonly [string, string])[];
  readonly foreign: readonly (readonly [string, string])[];
  readonly order: number;
}

const value = fc.oneof(
  fc.string({ maxLength: 20, unit: 'binary' }),
  fc.constantFrom('', '\ud800', '\udfff\ud83d', '{"broken', '{"a":1.0}', '\u0000'),
);

const foreignName = fc
  .oneof(
    fc.constantFrom(
      'length',
      'getItem',
      '__proto__',
      'constructor',
      'hasOwnProperty',
      '',
      'Store',
      'store ',
      'note',
      'drafts',
    ),
    fc.string({ maxLength: 8, unit: 'binary' }),
  )
  .filter((name) => !/^(store$|note-|draft:|settings$|backpedal:)/s.test(name));

const unique = { selector: ([name]: readonly [string, string]) => name, maxLength: 4 };

/** Any storage, any drift. */
export const randomWorld: fc.Arbitrary<RandomWorld> = fc.record({
  tasks: randomStore,
  notes: randomStore.map((store): RandomStore => ({ ...store, shape: 'array', idIn: 'item', path: [] })),
  formData: fc.uniqueArray(
    fc.tuple(
      fc.oneof(
        fc.constant('settings'),
        fc.string({ maxLength: 4, unit: 'binary' }).map((name) => `draft:${name}`),
      ),
      value,
    ),
    unique,
  ),
  foreign: fc.uniqueArray(fc.tuple(foreignName, value), unique),
  order: fc.integer(),
});

/** The same world when nobody has done anything after the migration. */
export function withoutDrift(world: RandomWorld): RandomWorld {
  const still = (store: RandomStore): RandomStore => ({
    ...store,
    items: store.items.filter(({ fate }) => fate !== 'added').map((item) => ({ ...item, fate: 'kept' as const })),
  });
  return { ...world, tasks: still(world.tasks), notes: still(world.notes) };
}

/** The text of a note, printed in some way. */
function noteText(store: RandomStore, one: RandomItem): string {
  const item = ownItem(store, one);
  return joinPieces(printJson(store.textLevels[0] ? new TextOf(item) : item, randomFrom(store.seed)));
}

/** The content of storage, in some order. */
export function entriesOf({
  tasks,
  notes,
  formData,
  foreign,
  order,
}: RandomWorld): readonly (readonly [string, string])[] {
  const old = notes.items.filter(({ fate }) => fate !== 'added');
  const random = randomFrom(order);
  return [
    ['store', rawText(tasks)] as const,
    ...old.map((one) => [`note-${one.id}`, noteText(notes, one)] as const),
    ...formData,
    ...foreign,
  ]
    .map((entry) => ({ entry, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ entry }) => entry);
}

/** The migration of a random world. */
export function definitionOf({ tasks }: RandomWorld): MigrationDefinition {
  return {
    id: 'random',
    collections: {
      tasks: { storageKey: 'store', path: tasks.path, cachePatterns: ['task:{id}'] },
      notes: { storageKey: 'note-*' },
    },
    formData: ['draft:*', 'settings'],
  };
}

const TABLE = { columns: COLUMNS, idColumns: ['id'] };

/** The tables of a random world in memory. */
export const RANDOM_SCHEMA: MemorySchema = {
  tables: { tasks: TABLE, notes: TABLE },
  others: { users: { columns: ['id', 'name'], idColumns: ['id'] } },
  scope: 'wholeTable',
};

/** The tables of a random world, for people. */
export const RANDOM_TABLES: readonly string[] = ['tasks', 'notes', 'users'];

/** Rows that were there before any run and belong to others. */
export function settle(database: AppTables): void {
  const row = { title: 'somebody else’s', done: true, n: 1, data: { a: [] }, note: null };
  for (const table of ['tasks', 'notes'])
    database.insert(table, { id: 'a row that was there before every run', ...row });
  database.insert('users', { id: 'u1', name: 'Ada' });
}

/** Does to the rows what the fates of the items say. */
export function applyDrift({ tasks, notes }: RandomWorld, database: AppTables): void {
  for (const [table, store] of [
    ['tasks', tasks],
    ['notes', notes],
  ] as const) {
    for (const { key, kind, row } of changesOf(store)) {
      const id = { id: (JSON.parse(key) as unknown[])[0] };
      if (kind === 'deleted') database.remove(table, id);
      else if (row !== null && kind === 'added') database.insert(table, row);
      else if (row !== null) database.update(table, id, row);
    }
  }
}

/** How many rows people have touched. */
export const driftSize = ({ tasks, notes }: RandomWorld): number => changesOf(tasks).length + changesOf(notes).length;

/** Rows that were added or changed, by table and id, as the archive has to hold them. */
export const changedRows = ({ tasks, notes }: RandomWorld) => ({ tasks: changesOf(tasks), notes: changesOf(notes) });

/**
 * What a merge has got wrong, key by key, judged by a merge of parsed values that knows nothing of texts; items that
 * nobody touched must still be there character by character.
 */
export function mergeFaults(world: RandomWorld, found: ReadonlyMap<string, string>): readonly string[] {
  const { tasks, notes } = world;
  const faults: string[] = [];
  const original = new Map(entriesOf(world));
  const text = found.get('store');
  if (text === undefined) return ['the store is missing'];
  if (!changesOf(tasks).length && text !== original.get('store')) faults.push('the store was touched');
  const expected = jsonOf(naiveMerge(tasks, unfold(rawText(tasks), tasks.path)));
  if (!isDeepStrictEqual(jsonOf(unfold(text, tasks.path)), expected)) faults.push('the store is merged wrongly');
  const merged = new Map(mergedItems(notes).map(({ one, item }) => [`note-${one.id}`, { one, item }]));
  for (const one of notes.items) {
    const key = `note-${one.id}`;
    const now = found.get(key);
    const wanted = merged.get(key);
    if (wanted === undefined && now !== undefined) faults.push(`the deleted note ${key} is back`);
    if (wanted === undefined) continue;
    if (now === undefined) faults.push(`the note ${key} is missing`);
    else if (one.fate === 'kept' && now !== original.get(key)) faults.push(`the note ${key} was touched`);
    else if (!isDeepStrictEqual(jsonOf(unfold(now, [])), jsonOf(wanted.item))) faults.push(`the note ${key} is wrong`);
  }
  const others = [...world.formData, ...world.foreign].filter(([key, old]) => found.get(key) !== old);
  faults.push(...others.map(([key]) => `the key ${JSON.stringify(key)} was touched`));
  if (found.size !== 1 + merged.size + world.formData.length + world.foreign.length)
    faults.push('there are other keys');
  return faults;
}

const holdable = (text: string): string => text.toWellFormed().replaceAll('\u0000', '0');

function holdableValue(value: unknown): unknown {
  if (typeof value === 'string') return holdable(value);
  if (Array.isArray(value)) return value.map(holdableValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [holdable(name), holdableValue(inner)]));
}

/** An item with an id that a text column takes for what it is. */
function holdableItem(one: RandomItem, index: number): RandomItem {
  const text = String(one.id);
  const isHoldable = typeof one.id === 'string' && holdable(text) === text;
  return {
    ...one,
    id: isHoldable ? one.id : `${holdable(text)}~${index}`,
    own: holdableValue(one.own) as RandomItem['own'],
    columns: holdableValue(one.columns) as RandomItem['columns'],
  };
}

/** The world with what SQLite's text columns hold exactly: no lone surrogates, no U+0000, no numbers for ids. */
export function holdableBySqlite(world: RandomWorld): RandomWorld {
  const change = (store: RandomStore): RandomStore => ({ ...store, items: store.items.map(holdableItem) });
  return { ...world, tasks: change(world.tasks), notes: change(world.notes) };
}
