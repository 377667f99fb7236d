import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Discovery, discoverCollections } from '../../src/content/discover.ts';
import { readCollection } from '../../src/content/read-collection.ts';
import { defineMigration } from '../../src/definition/define-migration.ts';
import { globMatches } from '../../src/definition/glob.ts';
import { isCollectionKey, isFormDataKey } from '../../src/definition/key-ownership.ts';
import { jsonValue, randomStore, rawText } from './random-store.ts';

const LIMITS = { maxDepth: 200 };

function discover(entries: Readonly<Record<string, string>>): Discovery {
  return discoverCollections(new Map(Object.entries(entries)));
}

/** Checks everything that a discovery promises, and gives the number of items in its collections. */
function checkPromises(entries: ReadonlyMap<string, string>): number {
  const migration = defineMigration({ id: 'dump', ...discoverCollections(entries) });
  let items = 0;
  for (const collection of migration.collections) {
    const content = readCollection(collection, entries, LIMITS);
    expect(content.items.length).toBeGreaterThan(0);
    items += content.items.length;
  }
  for (const key of entries.keys()) {
    const isInCollection = migration.collections.some((collection) => isCollectionKey(collection, key));
    expect([isInCollection, isFormDataKey(migration, key)].filter(Boolean)).toHaveLength(
      key.startsWith('backpedal:') ? 0 : 1,
    );
  }
  return items;
}

describe('finding collections by looking', () => {
  it.each([
    ['an array', '[{"id":1},{"id":2}]', [], 'id'],
    ['an array with another id field', '[{"uuid":"a","x":1}]', [], 'uuid'],
    ["zustand's persist", '{"state":{"tasks":[{"id":"a"}],"filter":{}},"version":3}', ['state', 'tasks'], 'id'],
    ["redux-persist's texts", '{"tasks":"[{\\"id\\":1}]","_persist":"{\\"version\\":-1}"}', ['tasks'], 'id'],
    ['a text of its own', '"[{\\"id\\":1}]"', [], 'id'],
    ['a map whose items say their names', '{"a":{"id":"a"},"b":{"id":"b"}}', [], 'id'],
    ['a map with numbers', '{"1":{"_id":1},"2":{"_id":2}}', [], '_id'],
    ['a map with numbered names', '{"t1":{"title":"x"},"t2":{"title":"y"}}', [], 'id'],
    ['{ ids, entities }', '{"x":{"ids":["a"],"entities":{"a":{"title":"x"}}}}', ['x'], 'id'],
  ])('CO16 finds %s', (_, raw, path, idField) => {
    const { collections, formData } = discover({ store: raw });
    expect(Object.values(collections)).toEqual([{ storageKey: 'store', path, idField }]);
    expect(formData).toEqual([]);
    expect(checkPromises(new Map([['store', raw]]))).toBeGreaterThan(0);
  });

  it('CO16 finds several in one key, and gives them different names', () => {
    const { collections } = discover({
      root: '{"a":{"tasks":[{"id":1}]},"b":{"tasks":[{"id":1}],"Tasks":[{"id":2}]}}',
      sqlite_x: '[{"id":1}]',
      constructor: '[{"id":1}]',
      '***': '[{"id":1}]',
    });
    expect(Object.keys(collections)).toEqual(['tasks', 'root_b_tasks', 'Tasks_2', 'c_sqlite_x', 'c_constructor', 'c_']);
    expect(collections.c_?.storageKey).toBe('\\*\\*\\*');
  });

  it('CO16 finds groups of keys that hold one object each', () => {
    const { collections, formData } = discover({
      'note-1': '{"id":1}',
      'note-2': '{"id":2,"tags":[{"id":1}]}',
      notes: '2',
    });
    expect(collections).toEqual({ note: { storageKey: 'note-*', path: [], idField: 'id' } });
    expect(formData).toEqual(['notes']);
  });

  it.each([
    ['a key with the same beginning', { 'note-1': '{"id":1}', 'note-2': '{"id":2}', 'note-last': '2' }],
    ['only one key', { 'note-1': '{"id":1}' }],
    ['keys that are not made from the ids', { 'note-1': '{"id":5}', 'note-2': '{"id":6}' }],
    ['ids of two types', { 'note-1': '{"id":1}', 'note-2': '{"id":"2"}' }],
    ['no prefix that ends', { note1: '{"id":1}', note2: '{"id":2}' }],
  ])('CO17 makes no group of %s', (_, entries) => {
    const { collections, formData } = discover(entries);
    expect(collections).toEqual({});
    expect(formData).toEqual(Object.keys(entries));
  });

  it.each([
    ['doubled ids', '[{"id":1},{"id":1}]'],
    ['a missing id', '[{"id":1},{"title":"x"}]'],
    ['ids of two types', '[{"id":1},{"id":"2"}]'],
    ['a fraction as an id', '[{"id":1.5}]'],
    ['an id that no number holds', '[{"id":9007199254740993}]'],
    ['an empty id', '[{"id":""}]'],
    ['a lone surrogate as an id', '[{"id":"\\ud800"}]'],
    ['U+0000 in an id', '[{"id":"a\\u0000"}]'],
    ['a mixed array', '[{"id":1},2]'],
    ['an array in an array', '[[{"id":1}]]'],
    ['an empty array', '[]'],
    ['an empty map', '{}'],
    ['one object', '{"id":"a","title":"x"}'],
    ['settings', '{"window":{"width":1},"theme":{"dark":true}}'],
    ['a map of which one item says another name', '{"a":{"id":"a"},"b":{"id":"c"}}'],
    ['broken JSON', '[{"id":1}'],
    ['text', 'not json'],
    ['nothing', ''],
    ['a number', '17'],
    ['a list at a path that is refused', '{"__proto__":[{"id":1}]}'],
    ['very deep JSON', '['.repeat(5_000) + ']'.repeat(5_000)],
    ['a very long value', JSON.stringify([{ id: 1, text: 'x'.repeat(700_000) }])],
  ])('CO17 keeps %s as form data', (_, raw) => {
    expect(discover({ store: raw })).toEqual({ collections: {}, formData: ['store'] });
  });

  it('CO17 makes no tables out of a map of many stores', () => {
    const users = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`user ${n}`, { tasks: [{ id: n }] }]));
    expect(discover({ store: JSON.stringify(users) }).formData).toEqual(['store']);
  });

  it('CO17 escapes what form data keys hold', () => {
    const { formData } = discover({ 'a*': 'x', 'b\\': 'y', '': 'z', 'https://x.example/?a=1\n': '' });
    expect(formData).toEqual(['a\\*', 'b\\\\', '', 'https://x.example/?a=1\n']);
    expect(['a*', 'b\\', ''].map((key) => formData.filter((glob) => globMatches(glob, key)).length)).toEqual([1, 1, 1]);
  });

  it("CO18 leaves backpedal's own keys out", () => {
    expect(discover({ 'backpedal:m': '[{"id":1}]', x: '1' })).toEqual({ collections: {}, formData: ['x'] });
  });

  it('CO18 what it finds is accepted, can be read, and covers every key once, for random stores', () => {
    const store = fc.oneof(
      { weight: 3, arbitrary: randomStore.map(rawText) },
      jsonValue.map((value) => JSON.stringify(value)),
      fc.string(),
    );
    const key = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '',
        '*',
        'a*',
        'a\\',
        '__proto__',
        'length',
        'backpedal:',
        'store',
        'STORE',
        'sqlite_a',
        'a-',
        'a-b-',
      ),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(key, store), { maxLength: 6 }), (entries) => {
        checkPromises(new Map(entries));
      }),
      { numRuns: 500 },
    );
  });

  it('CO18 the same for keys that begin alike and hold objects with ids', () => {
    const id = fc.oneof(fc.nat({ max: 12 }), fc.constantFrom('1', 'a', 'a-1', '*', '\\'));
    const prefix = fc.constantFrom('n-', 'n-n-', 'm:', '*-', '\\-', '', 'backpedal:');
    const entry = fc
      .tuple(prefix, id, fc.constantFrom('id', 'key', 'x'))
      .map(
        ([start, value, field]) => [`${start}${value}`, JSON.stringify({ [field]: value, tags: [{ id: 1 }] })] as const,
      );
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 10 }), (entries) => {
        checkPromises(new Map(entries));
      }),
      { numRuns: 1_000 },
    );
  });
});
