import { describe, expect, it } from 'vitest';
import { type CollectionContent, readCollection } from '../../src/content/read-collection.ts';
import { fromRow, rowKey, toRow } from '../../src/content/rows.ts';
import { defineMigration } from '../../src/definition/define-migration.ts';
import type { Collection, CollectionDefinition } from '../../src/definition/types.ts';
import { InputError } from '../../src/errors.ts';
import type { CollectionTable } from '../../src/ports/database.ts';

const SECRET = 'geheim';

function collectionWith(definition: Partial<CollectionDefinition>): Collection {
  const [collection] = defineMigration({
    id: 'm',
    collections: { tasks: { storageKey: 'k', ...definition } },
  }).collections;
  if (collection === undefined) throw new Error('no collection');
  return collection;
}

function read(
  entries: Readonly<Record<string, string>>,
  definition: Partial<CollectionDefinition> = {},
  maxDepth = 200,
): CollectionContent {
  return readCollection(collectionWith(definition), new Map(Object.entries(entries)), { maxDepth });
}

function idsOf(
  entries: Readonly<Record<string, string>>,
  definition: Partial<CollectionDefinition> = {},
): readonly string[] {
  return read(entries, definition).items.map(({ id }) => id);
}

function errorOf(
  entries: Readonly<Record<string, string>>,
  definition: Partial<CollectionDefinition> = {},
): InputError {
  try {
    read(entries, definition, 20);
  } catch (thrown) {
    if (thrown instanceof InputError) return thrown;
    throw thrown;
  }
  throw new Error('was accepted');
}

const tableOf = (columns: readonly string[], ...idColumns: readonly string[]): CollectionTable => ({
  collection: 'tasks',
  table: 'tasks',
  columns,
  idColumns,
});

describe('reading a collection', () => {
  it.each([
    ['array', '[{"id":"a"},{"id":"b"}]', ''],
    ['array', '{"state":{"tasks":[{"id":"a"},{"id":"b"}]},"version":3}', 'state.tasks'],
    ['array', '{"tasks":"[{\\"id\\":\\"a\\"},{\\"id\\":\\"b\\"}]","_persist":"{}"}', 'tasks'],
    [
      'array',
      JSON.stringify(JSON.stringify({ a: JSON.stringify({ b: JSON.stringify('[{"id":"a"},{"id":"b"}]') }) })),
      'a.b',
    ],
    ['array', '[0,{"list":[{"id":"a"},{"id":"b"}]}]', '1.list'],
    ['map', '{"a":{"id":"a"},"b":{"id":"b"}}', ''],
    ['map', '{"x":{"id":"a"},"y":{"id":"b"}}', ''],
    ['entities', '{"ids":["b","a"],"entities":{"a":{"id":"a"},"b":{"id":"b"}},"loading":false}', ''],
  ])('CO1 finds the items of an %s in %s', (shape, raw, path) => {
    const content = read({ k: raw }, { path });
    expect(content.shape).toBe(shape);
    expect(content.items.map(({ id, storageKey }) => [id, storageKey])).toEqual([
      ['["a"]', 'k'],
      ['["b"]', 'k'],
    ]);
    expect(content.items[0]?.value).toEqual({ id: 'a' });
  });

  it('CO1 finds items with a key each, also deep in their values', () => {
    const entries = {
      'note-1': '{"state":{"id":1}}',
      other: 'not json',
      'note-2': '{"state":"{\\"id\\":2}"}',
      'note-3': '{}',
    };
    const content = read(entries, { storageKey: 'note-*', path: 'state' });
    expect(content.shape).toBe('keyPerItem');
    expect(content.items.map(({ id, storageKey }) => [id, storageKey])).toEqual([
      ['[1]', 'note-1'],
      ['[2]', 'note-2'],
    ]);
  });

  it('CO1 takes the last of a name that is there twice, as JSON.parse does', () => {
    expect(idsOf({ k: '{"t":[{"id":1}],"t":[{"id":2,"id":3}]}' }, { path: 't' })).toEqual(['[3]']);
  });

  it('CO2 takes __proto__ in values for what it is: content', () => {
    const content = read({ k: '[{"id":"a","__proto__":{"admin":true},"constructor":1}]' });
    const value = content.items[0]?.value ?? {};
    expect(Object.keys(value)).toEqual(['id', '__proto__', 'constructor']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect('admin' in {}).toBe(false);
    const inMap = read({ k: '{"__proto__":{"admin":true},"b":{}}' });
    expect(inMap.items.map(({ id }) => id)).toEqual(['["__proto__"]', '["b"]']);
    expect(toRow(collectionWith({}), value, tableOf(['id', '__proto__', 'toString'], 'id'))).toEqual(
      JSON.parse('{"id":"a","__proto__":{"admin":true}}'),
    );
  });

  it.each([
    [{}, ''],
    [{ k: 'null' }, ''],
    [{ k: '"null"' }, ''],
    [{ k: '{}' }, 'state.tasks'],
    [{ k: '{"state":null}' }, 'state.tasks'],
    [{ k: '{"state":7}' }, 'state.tasks'],
    [{ k: '{"state":{"tasks":null}}' }, 'state.tasks'],
    [{ other: '[]' }, ''],
  ])('CO3 %o at %j is absent', (entries: Readonly<Record<string, string>>, path) => {
    expect(read(entries, { path })).toMatchObject({ shape: 'absent', items: [] });
    expect(read({}, { storageKey: 'note-*' })).toMatchObject({ shape: 'absent', items: [] });
  });

  it('CO3 inherits nothing on the way', () => {
    expect(read({ k: '{}' }, { path: 'toString' }).shape).toBe('absent');
    expect(read({ k: '[]' }, { path: 'length' }).shape).toBe('absent');
  });

  it.each(['7', 'true', '"5"', '[1]', '[[]]', '[null]', '[{"id":1},"x"]', '{"a":1}', '{"a":{"id":1},"b":[]}'])(
    'CO4 refuses %s',
    (raw) => {
      const error = errorOf({ k: raw });
      expect(error.code).toBe('INPUT_SHAPE_UNKNOWN');
      expect(error.message).toContain('"k"');
    },
  );

  it.each([
    ['', 0],
    ['[{"id":"geheim"}', 16],
    ['[{"id":"geheim",}]', 16],
    ['geheim', 0],
    ['[{"id":"geheim"}] geheim', 18],
  ])('CO5 refuses %j and names key and position', (raw, position) => {
    const error = errorOf({ k: raw });
    expect(error.code).toBe('INPUT_JSON_INVALID');
    expect(error.details).toMatchObject({ position });
    expect(error.message).toContain(`"k"`);
    expect(error.message).toContain(`position ${position} of ${raw.length}`);
  });

  it('CO5 says in which inner text it is', () => {
    const error = errorOf({ k: '{"tasks":"[{]"}' }, { path: 'tasks' });
    expect(error.message).toContain('in the text at "tasks"');
    expect(error.details).toMatchObject({ position: 2 });
  });

  it.each([
    [{ k: '[{"id":"geheim"},{"id":"geheim"}]' }, {}],
    [{ k: '{"a":{"id":1},"b":{"id":1}}' }, {}],
    [{ k: '{"b":{"id":"a"},"a":{}}' }, {}],
    [{ 'n-1': '{"id":5}', 'n-2': '{"id":5}' }, { storageKey: 'n-*' }],
    [{ k: '[{"a":1,"b":2},{"b":2,"a":1.0}]' }, { idField: ['a', 'b'] }],
  ])('CO6 refuses doubled ids in %o', (entries: Readonly<Record<string, string>>, definition) => {
    expect(errorOf(entries, definition).code).toBe('INPUT_DUPLICATE_ID');
  });

  it('CO6 takes 1 and "1" for different ids', () => {
    expect(idsOf({ k: '[{"id":1},{"id":"1"}]' })).toEqual(['[1]', '["1"]']);
  });

  it.each(['{}', '{"id":null}', '{"id":true}', '{"id":{}}', '{"id":[1]}', '{"id":1e999}', '{"__proto__":{"id":1}}'])(
    'CO7 refuses the item %s',
    (item) => {
      const error = errorOf({ k: `[{"id":1},${item}]` });
      expect(error.code).toBe('INPUT_ID_MISSING');
      expect(error.message).toContain('item 1');
    },
  );

  it('CO7 refuses an id that is there and is none, even where the key could stand in for it', () => {
    expect(errorOf({ k: '{"a":{"id":null}}' }).code).toBe('INPUT_ID_MISSING');
    expect(errorOf({ k: '{"a":{"x":1}}' }, { idField: ['x', 'y'] }).code).toBe('INPUT_ID_MISSING');
  });

  it('CO8 refuses nesting over the limit and takes the limit itself', () => {
    const nested = (levels: number): string => `[{"id":1,"x":${'['.repeat(levels)}${']'.repeat(levels)}}]`;
    expect(read({ k: nested(18) }, {}, 20).items).toHaveLength(1);
    expect(errorOf({ k: nested(19) }).code).toBe('INPUT_TOO_DEEP');
    expect(errorOf({ k: nested(1_000_000) }).code).toBe('INPUT_TOO_DEEP');
    expect(errorOf({ k: `{"t":${JSON.stringify(nested(19))}}` }, { path: 't' }).code).toBe('INPUT_TOO_DEEP');
  });

  it.each([
    `[{"id":"${SECRET}"},{"id":"${SECRET}"}]`,
    `[{"name":"${SECRET}"}]`,
    `["${SECRET}"]`,
    `{"x":"${SECRET}"`,
    SECRET,
    `{"${SECRET}":1}`,
    `"${SECRET}"`,
  ])('CO9 the error about %s holds nothing of it', (raw) => {
    const error = errorOf({ k: raw });
    const said = JSON.stringify([error.message, error.details, String(error.cause)]);
    expect(said).not.toContain(SECRET);
    expect(said).toContain('k');
  });

  it('CO10 takes the key for the id where the item has none, and toRow sees it', () => {
    const content = read({ k: '{"a":{"title":"x"},"7":{"title":"y"}}' });
    expect(content.items.map(({ id, value }) => [id, value])).toEqual([
      ['["7"]', { title: 'y', id: '7' }],
      ['["a"]', { title: 'x', id: 'a' }],
    ]);
    const notes = read({ 'n-1-x': '{"t":1}' }, { storageKey: 'n-*-x', idField: 'key' });
    expect(notes.items.map(({ id, value }) => [id, value])).toEqual([['["1"]', { t: 1, key: '1' }]]);
  });

  it('CO10 asks the list of { ids, entities } whether an id is a number', () => {
    const raw = '{"ids":[2,"1"],"entities":{"1":{},"2":{},"3":{}}}';
    expect(idsOf({ k: raw })).toEqual(['["1"]', '[2]', '["3"]']);
  });

  it('CO11 knows integer ids, composite ones, and other names', () => {
    expect(idsOf({ k: '[{"id":1.0},{"id":-0},{"id":1e2}]' })).toEqual(['[1]', '[0]', '[100]']);
    expect(idsOf({ k: '[{"p":"a","q":1},{"p":"a","q":2}]' }, { idField: ['p', 'q'] })).toEqual(['["a",1]', '["a",2]']);
    expect(idsOf({ k: '[{"uuid":"\\ud800"}]' }, { idField: 'uuid' })).toEqual(['["\\ud800"]']);
  });

  it('CO15 looks at no other key', () => {
    const entries = { k: '[{"id":1}]', k2: '{broken', 'k*': '[[[' };
    expect(idsOf(entries)).toEqual(['[1]']);
    expect(idsOf({ ...entries, 'a*': '[{"id":5}]', ab: '{' }, { storageKey: 'a\\*' })).toEqual(['[5]']);
  });
});

describe('rows', () => {
  it('CO13 makes a row of the properties with a column, and an item of the columns with a value', () => {
    const collection = collectionWith({});
    const table = tableOf(['id', 'title', 'due'], 'id');
    expect(toRow(collection, { id: 1, title: 'x', other: 2, due: undefined }, table)).toEqual({ id: 1, title: 'x' });
    expect(fromRow(collection, { id: 1, title: null, due: undefined }, table)).toEqual({ id: 1, title: null });
  });

  it('CO13 gives the id to a single primary key column of another name, and takes it back', () => {
    const collection = collectionWith({ idField: 'id' });
    const table = tableOf(['task_id', 'title'], 'task_id');
    expect(toRow(collection, { id: 't1', title: 'x' }, table)).toEqual({ task_id: 't1', title: 'x' });
    expect(fromRow(collection, { task_id: 't1', title: 'x' }, table)).toEqual({ id: 't1', title: 'x' });
  });

  it('CO13 leaves a primary key alone when the table has a column for the id, or one of them is composite', () => {
    const table = tableOf(['pk', 'id'], 'pk');
    expect(toRow(collectionWith({}), { id: 't1' }, table)).toEqual({ id: 't1' });
    expect(toRow(collectionWith({ idField: ['a', 'b'] }), { a: 1, b: 2 }, tableOf(['pk', 'a'], 'pk'))).toEqual({
      a: 1,
    });
    expect(toRow(collectionWith({}), { id: 1, a: 2 }, tableOf(['a', 'b'], 'a', 'b'))).toEqual({ a: 2 });
  });

  it('CO13 keys of rows are the JSON text of their id columns', () => {
    expect(rowKey({ b: 'x"', a: 7 }, ['a', 'b'])).toBe('[7,"x\\""]');
    expect(rowKey({ a: 7n }, ['a', 'b'])).toBe('[7,null]');
  });

  it("CO14 names the collection when the app's mapping fails, and keeps the cause", () => {
    const cause = new Error(SECRET);
    const throws = (): never => {
      throw cause;
    };
    const failing = collectionWith({ toRow: throws, fromRow: () => 7 as never });
    const table = tableOf(['id'], 'id');
    const thrownBy = (call: () => unknown): unknown => {
      try {
        return call();
      } catch (thrown) {
        return thrown;
      }
    };
    const error = thrownBy(() => toRow(failing, { id: 1 }, table)) as InputError;
    expect(error).toMatchObject({ code: 'INPUT_ARGUMENT', cause, details: { collection: 'tasks', mapping: 'toRow' } });
    expect(error.message).not.toContain(SECRET);
    expect(thrownBy(() => fromRow(failing, { id: 1 }, table))).toMatchObject({ code: 'INPUT_ARGUMENT' });
  });
});
