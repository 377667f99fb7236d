import { describe, expect, it } from 'vitest';
import type { NotCarriedOver, RowChange } from '../../src/content/decide-changes.ts';
import { mergeCollection } from '../../src/content/merge-collection.ts';
import { defineMigration } from '../../src/definition/define-migration.ts';
import type { Collection, CollectionDefinition } from '../../src/definition/types.ts';
import type { Row } from '../../src/ports/database.ts';

const LIMITS = { maxDepth: 200 };

interface Case {
  readonly definition?: Partial<CollectionDefinition>;
  readonly columns?: readonly string[];
  readonly idColumns?: readonly string[];
  readonly changes: readonly RowChange[];
}

interface Result {
  readonly entries: Readonly<Record<string, string | null>>;
  readonly left: readonly NotCarriedOver[];
}

function collectionWith(definition: Partial<CollectionDefinition>): Collection {
  const [collection] = defineMigration({
    id: 'm',
    collections: { tasks: { storageKey: 'k', ...definition } },
  }).collections;
  if (collection === undefined) throw new Error('no collection');
  return collection;
}

function mergeEntries(raw: Readonly<Record<string, string>>, { definition = {}, changes, ...rest }: Case): Result {
  const { columns = ['id', 'title', 'done'], idColumns = ['id'] } = rest;
  const merged = mergeCollection({
    collection: collectionWith(definition),
    table: { collection: 'tasks', table: 'tasks', columns, idColumns },
    entries: new Map(Object.entries(raw)),
    changes,
    limits: LIMITS,
  });
  return { entries: Object.fromEntries(merged.entries), left: merged.notCarriedOver };
}

function merge(raw: string, given: Case): string | null | undefined {
  const { entries, left } = mergeEntries({ k: raw }, given);
  expect(left).toEqual([]);
  return entries.k;
}

const changed = (row: Row, ...id: readonly unknown[]): RowChange => ({
  key: JSON.stringify(id.length > 0 ? id : [row.id]),
  kind: 'changed',
  row,
});
const added = (row: Row): RowChange => ({ ...changed(row), kind: 'added' });
const deleted = (...id: readonly unknown[]): RowChange => ({ key: JSON.stringify(id), kind: 'deleted', row: null });

describe('merging', () => {
  it.each([
    ['{}', '[{"id":"a","title":"x"}]'],
    ['"[]"', '[{"id":"a","title":"x"}]'],
    ['[{"id":"a","title":"other"}]', '[{"id":"a","title":"x"}]'],
    ['[1,{"a":[]}]', '{"a":{"id":"a","title":"x"}}'],
    ['0', '{"ids":["a"],"entities":{"a":{"id":"a","title":"x"}}}'],
  ])('MG3 writes into the last of a name that is there twice, whatever the first holds: %s', (first, last) => {
    const raw = (title: string): string =>
      `{"s":${first},"s":5,"s":{"t":${first},"t":${last.replace('"x"', title)}},"z":[]}`;
    const given = { definition: { path: 's.t' }, changes: [changed({ id: 'a', title: 'new' })] };
    expect(merge(raw('"x"'), given)).toBe(raw('"new"'));
  });

  it('MG3 replaces one property and keeps every other character', () => {
    const raw =
      ' {"a":1.0,"tasks" : [ {"id":"a", "title":"\\u0026 \\/", "n":1.0 } ,\n{"id":"b","title":"x" , "title" : "old"}],"z":"\\u0041"}\n';
    const row = { id: 'b', title: 'new "x"', done: null };
    expect(merge(raw, { definition: { path: 'tasks' }, changes: [changed(row)] })).toBe(
      raw.replace('"old"', '"new \\"x\\""'),
    );
  });

  it('MG3 replaces within JSON within JSON and escapes only what is new', () => {
    const raw =
      '{"tasks":"[{\\"id\\":\\"a\\",\\"title\\":\\"old\\"},\\u007b\\"id\\":\\"b\\",\\"t\\":\\"\\\\u0026\\/\\"}]","_persist":"{}"}';
    const row = { id: 'a', title: 'a"b', done: null };
    const expected = raw.replace('\\"old\\"', '\\"a\\\\\\"b\\"');
    expect(merge(raw, { definition: { path: 'tasks' }, changes: [changed(row)] })).toBe(expected);
  });

  it('MG2 cuts deleted items with one comma each, wherever they are', () => {
    const raw = '[ {"id":1} , {"id":2} , {"id":3} , {"id":4} ]';
    expect(merge(raw, { changes: [deleted(1)] })).toBe('[ {"id":2} , {"id":3} , {"id":4} ]');
    expect(merge(raw, { changes: [deleted(1), deleted(2)] })).toBe('[ {"id":3} , {"id":4} ]');
    expect(merge(raw, { changes: [deleted(2), deleted(3)] })).toBe('[ {"id":1} , {"id":4} ]');
    expect(merge(raw, { changes: [deleted(4)] })).toBe('[ {"id":1} , {"id":2} , {"id":3} ]');
    expect(merge(raw, { changes: [1, 2, 3, 4].map((id) => deleted(id)) })).toBe('[  ]');
  });

  it('MG6 appends added items in the order of their keys, numbers before texts', () => {
    const changes = ['b', 10, 'a', 9].map((id) => added({ id, title: 'x' }));
    const tail = '{"id":9,"title":"x"},{"id":10,"title":"x"},{"id":"a","title":"x"},{"id":"b","title":"x"}';
    expect(merge('[{"id":99}\n]', { changes })).toBe(`[{"id":99},${tail}\n]`);
    expect(merge('[ ]', { changes })).toBe(`[${tail} ]`);
    expect(merge('[{"id":1}]', { changes: [...changes, deleted(1)] })).toBe(`[${tail}]`);
  });

  it('MG6 adds to both parts of { ids, entities } and takes from both', () => {
    const raw = '{"ids":[1, 2],"entities":{"1":{"id":1},"2":{"id":2}}}';
    const changes = [deleted(1), added({ id: 3, title: 'x' })];
    expect(merge(raw, { changes })).toBe('{"ids":[2,3],"entities":{"2":{"id":2},"3":{"id":3,"title":"x"}}}');
  });

  it('MG6 an item added where ids are only names says its id nowhere else', () => {
    const changes = [added({ id: 'c"', title: 'x' })];
    expect(merge('{"a":{"title":"y"}}', { changes })).toBe('{"a":{"title":"y"},"c\\"":{"title":"x"}}');
    expect(merge('{}', { changes })).toBe('{"c\\"":{"id":"c\\"","title":"x"}}');
  });

  it('MG4 writes only what differs, adds what is new, and keeps what has no column', () => {
    const raw = '[{"title":"x","id":1,"messages":[1.0],"done":false}]';
    const row = { id: 1, title: 'x', done: true };
    expect(merge(raw, { changes: [changed(row)] })).toBe('[{"title":"x","id":1,"messages":[1.0],"done":true}]');
    expect(merge('[{"id":1}]', { changes: [changed(row)] })).toBe('[{"id":1,"title":"x","done":true}]');
  });

  it('MG4 compares what fromRow makes of the rows, not the columns', () => {
    const definition: Partial<CollectionDefinition> = {
      toRow: (item) => ({ id: item.id, title: item.name, done: 0 }),
      fromRow: (row) => ({ id: row.id, name: row.title }),
    };
    const row = { id: 1, title: 'new', done: 0 };
    expect(merge('[{"id":1,"name":"old","x":1.0}]', { definition, changes: [changed(row)] })).toBe(
      '[{"id":1,"name":"new","x":1.0}]',
    );
  });

  it('MG4 a property that fromRow leaves out now is cut out, however often it is there', () => {
    const definition: Partial<CollectionDefinition> = {
      fromRow: (row) => ({ id: row.id, title: row.title, ...(row.done === null ? {} : { done: row.done }) }),
    };
    const row = { id: 1, title: 'x', done: null };
    const raw = '[{"done":1, "id":1 ,"done":2,"title":"x"}]';
    expect(merge(raw, { definition, changes: [changed(row)] })).toBe('[{"id":1,"title":"x"}]');
  });

  it('MG5 takes null for nothing, 0 and 1 for truth values, and dates for times', () => {
    const columns = ['id', 'title', 'done', 'at', 'due', 'n'];
    const raw = '[{"id":1,"done":true,"at":"2024-01-01T00:00:00Z","due":1704067200000,"n":5,"title":"x"}]';
    const at = new Date('2024-01-01T00:00:00Z');
    const same = { id: 1, title: 'y', done: 1, at, due: at, n: 5n, extra: null };
    expect(merge(raw, { columns, changes: [changed(same)] })).toBe(raw.replace('"x"', '"y"'));
  });

  it('MG5 writes new values in the form of the old ones', () => {
    const columns = ['id', 'done', 'at', 'due', 'n'];
    const raw = '[{"id":1,"done":true,"at":"2024-01-01T00:00:00Z","due":1704067200000,"n":5}]';
    const at = new Date('2024-01-02T00:00:00Z');
    expect(merge(raw, { columns, changes: [changed({ id: 1, done: 0, at, due: at, n: 6n })] })).toBe(
      '[{"id":1,"done":false,"at":"2024-01-02T00:00:00.000Z","due":1704153600000,"n":6}]',
    );
  });

  it('MG5 tells a truth value from other numbers, a time from other times, null from 0', () => {
    const columns = ['id', 'done', 'at', 'n'];
    const raw = '[{"id":1,"done":true,"at":"no time","n":0}]';
    const row = { id: 1, done: 2, at: new Date(0), n: null };
    expect(merge(raw, { columns, changes: [changed(row)] })).toBe(
      '[{"id":1,"done":2,"at":"1970-01-01T00:00:00.000Z","n":null}]',
    );
  });

  it('MG8 deletes all members of a name in a map, or the first would come to light', () => {
    const raw = '{"a":{"id":"a","old":1},"b":{"id":"b"}, "a":{"id":"a"}}';
    expect(merge(raw, { changes: [deleted('a')] })).toBe('{"b":{"id":"b"}}');
  });

  it('MG7 gives an added item the key that its id makes, and writes nothing else', () => {
    const raw = { 'note-1': ' {"id":1} ', other: 'x' };
    const given = { definition: { storageKey: 'note-*' }, changes: [added({ id: 2, title: 'x' })] };
    expect(mergeEntries(raw, given)).toEqual({
      entries: { 'note-1': ' {"id":1} ', 'note-2': '{"id":2,"title":"x"}' },
      left: [],
    });
  });

  it('MG7 fills in composite ids star by star, and wraps texts as the others are wrapped', () => {
    const definition = { storageKey: 'n-*-*', idField: ['p', 'q'] };
    const raw = { 'n-a-1': JSON.stringify('{"p":"a","q":1}') };
    const change: RowChange = { key: '["b",2]', kind: 'added', row: { p: 'b', q: 2 } };
    const { entries, left } = mergeEntries(raw, {
      definition,
      columns: ['p', 'q'],
      idColumns: ['p', 'q'],
      changes: [change],
    });
    expect(left).toEqual([]);
    expect(entries['n-b-2']).toBe(JSON.stringify('{"p":"b","q":2}'));
  });

  it('MG7 leaves out what has no key of its own to go to', () => {
    const definition = { storageKey: 'note-*' };
    const reasonFor = (raw: Readonly<Record<string, string>>, id: unknown, more: object = {}): string | undefined => {
      const { entries, left } = mergeEntries(raw, { definition: { ...definition, ...more }, changes: [added({ id })] });
      expect(entries).toEqual(raw);
      return left[0]?.reason;
    };
    expect(reasonFor({ 'note-1': '{"id":1}' }, '1')).toContain('taken');
    expect(reasonFor({ 'note-2': '{"id":2}', 'note-3': 'null' }, 3)).toContain('taken');
    expect(reasonFor({ 'note-x': '{"id":1}' }, 2)).toContain('not made from the id');
    expect(reasonFor({ 'note-1': '{"state":{"id":1}}' }, 2, { path: 'state' })).toContain('around the item');
    expect(reasonFor({}, 'kpedal:x', { storageKey: 'bac*' })).toContain('not made from the id');
  });

  it('MG1 gives every key of the collection back as it was when nothing changed', () => {
    const raw = { 'note-1': '{"id":1}', 'note-2': ' {"id":2,"title":"\\u0041"}', 'note-3': 'null' };
    const { entries } = mergeEntries({ ...raw, other: 'x' }, { definition: { storageKey: 'note-*' }, changes: [] });
    expect(entries).toEqual(raw);
  });

  it('MG8 removes a key with all that is in it', () => {
    const raw = { 'n-1': '{"s":{"id":1},"version":0}', 'n-2': '{"s": {"id":2,"title":"x"} }' };
    const changes = [deleted(1), changed({ id: 2, title: 'y', done: null })];
    expect(mergeEntries(raw, { definition: { storageKey: 'n-*', path: 's' }, changes })).toEqual({
      entries: { 'n-1': null, 'n-2': '{"s": {"id":2,"title":"y"} }' },
      left: [],
    });
  });

  it('MG11 merges several collections of one key one after the other', () => {
    const raw = '{"tasks":"[{\\"id\\":1}]","notes":{"a":{"id":"a"}},"v":1.0}';
    const first = mergeEntries({ k: raw }, { definition: { path: 'tasks' }, changes: [deleted(1), added({ id: 2 })] });
    const second = mergeEntries(
      { k: first.entries.k ?? '' },
      { definition: { path: 'notes' }, changes: [changed({ id: 'a', title: 't', done: null })] },
    );
    expect(second.entries.k).toBe('{"tasks":"[{\\"id\\":2}]","notes":{"a":{"id":"a","title":"t"}},"v":1.0}');
  });
});

describe('what is not carried over', () => {
  const RAW = '[{"id":1,"title":"geheim"},{"id":2,"title":"b"}]';
  const GOOD = changed({ id: 2, title: 'good', done: null });
  const AFTER = RAW.replace('"b"', '"good"');

  /** The reason why a change is left out, after seeing that the good one beside it was not. */
  function reasonFor(change: RowChange, given: Partial<Case> = {}, after: string = AFTER): string {
    const { entries, left } = mergeEntries({ k: RAW }, { ...given, changes: [change, GOOD] });
    expect(entries.k).toBe(after);
    expect(left.map(({ key }) => key)).toContain(change.key);
    expect(JSON.stringify(left)).not.toContain('geheim');
    return left.find(({ key }) => key === change.key)?.reason ?? '';
  }

  it('MG9 a change for which there is no item', () => {
    expect(reasonFor(deleted(7))).toContain('no item');
    expect(reasonFor(changed({ id: '1', title: 'x' }))).toContain('no item');
  });

  it('MG9 an added row whose id an item has, and a row that is listed twice', () => {
    expect(reasonFor(added({ id: 1, title: 'x' }))).toContain('same id');
    const [one, other] = [added({ id: 3 }), added({ id: 3, title: 'again' })];
    const { left } = mergeEntries({ k: '[]' }, { changes: [one, other] });
    expect(left).toEqual([{ key: '[3]', reason: 'this row is listed twice' }]);
  });

  it('MG9 an added row that only gives an id, or only has a key, of an item that is there', () => {
    const definition: Partial<CollectionDefinition> = {
      toRow: (item) => ({ id: `row ${item.id}`, title: item.title }),
      fromRow: (row) => ({ id: row.title === 'x' ? 1 : 99, title: row.title }),
    };
    const sameId = mergeEntries({ k: RAW }, { definition, changes: [added({ id: 'row 7', title: 'x' })] });
    expect(sameId.left).toEqual([{ key: '["row 7"]', reason: 'another item has the same id' }]);
    const sameKey = mergeEntries({ k: RAW }, { definition, changes: [added({ id: 'row 1', title: 'y' })] });
    expect(sameKey.left).toEqual([{ key: '["row 1"]', reason: 'an item that was not migrated has the same id' }]);
  });

  it('MG10 a row whose content is not known, or that lacks its id', () => {
    expect(reasonFor({ key: '[1]', kind: 'changed', row: null })).toContain('not known');
    expect(reasonFor({ key: '[9]', kind: 'added', row: { title: 'x' } })).toContain('no id');
  });

  it.each([
    ['bytes', new Uint8Array([1])],
    ['bytes that would say themselves', Buffer.from('geheim')],
    ['NaN', Number.NaN],
    ['a large bigint', 2n ** 80n],
    ['a date that is none', new Date(Number.NaN)],
    ['a map', new Map([['geheim', 1]])],
    ['a function', () => 'geheim'],
    ['bytes deep inside', [{ x: new Uint8Array([1]) }]],
  ])('MG10 a row that holds %s, the property named', (_, value) => {
    expect(reasonFor(changed({ id: 1, title: value, done: null }))).toContain('title');
    expect(reasonFor(added({ id: 9, title: value }))).toContain('title');
  });

  it('MG10 a value without an end', () => {
    const endless: Record<string, unknown> = {};
    endless.self = endless;
    expect(reasonFor(changed({ id: 1, title: endless, done: null }))).toContain('JSON cannot say');
  });

  it('MG10 toRow without fromRow: changed and added rows, but not deleted ones', () => {
    const definition: Partial<CollectionDefinition> = { toRow: (item) => ({ ...item }) };
    const changes = [changed({ id: 1, title: 'x' }), added({ id: 9 }), deleted(2)];
    const { entries, left } = mergeEntries({ k: RAW }, { definition, changes });
    expect(entries.k).toBe('[{"id":1,"title":"geheim"}]');
    expect(left.map(({ reason }) => reason)).toEqual(Array(2).fill('the collection has toRow but no fromRow'));
  });

  it('MG10 a row for which fromRow throws or returns nothing', () => {
    const fromRow = (row: Row): Row => {
      if (row.title === 'x') throw new Error('geheim');
      return row.title === 'y' ? (null as never) : row;
    };
    expect(reasonFor(changed({ id: 1, title: 'x', done: null }), { definition: { fromRow } })).toContain('fromRow');
    expect(reasonFor(changed({ id: 1, title: 'y', done: null }), { definition: { fromRow } })).toContain('no object');
  });

  it('MG10 a change that fromRow would lose, alone or beside one that it keeps', () => {
    const definition: Partial<CollectionDefinition> = {
      toRow: (item) => ({ id: item.id, title: item.title, done: 'n' }),
      fromRow: (row) => ({ id: row.id, title: row.title }),
    };
    const good = { definition };
    const { left } = mergeEntries({ k: RAW }, { ...good, changes: [changed({ id: 1, title: 'x', done: 'y' })] });
    expect(left).toEqual([{ key: '[1]', reason: 'fromRow makes nothing of the column done, which changed' }]);
    const unmapped = mergeEntries(
      { k: RAW },
      {
        definition: { fromRow: ({ id, title }) => ({ id, title }) },
        changes: [changed({ id: 1, title: 'geheim', done: 1 })],
      },
    );
    expect(unmapped.left[0]?.reason).toContain('no place in the item');
  });

  it('MG10 a row whose item has another id', () => {
    const fromRow = (row: Row): Row => (row.title === 'x' ? { ...row, id: 77 } : row);
    expect(reasonFor(changed({ id: 1, title: 'x', done: null }), { definition: { fromRow } })).toContain('another id');
  });

  it('MG10 two items that give one row, and items that give none', () => {
    const definition: Partial<CollectionDefinition> = {
      toRow: (item) => {
        if (item.title === 'b') throw new Error('geheim');
        return { id: 5 };
      },
    };
    const raw = '[{"id":1},{"id":2},{"id":3,"title":"b"}]';
    const { entries, left } = mergeEntries({ k: raw }, { definition, changes: [deleted(5), deleted(3)] });
    expect(entries.k).toBe(raw);
    expect(left.map(({ reason }) => reason)).toEqual(['several items give this row', 'there is no item for this row']);
  });

  it.each([[{}], [{ k: 'null' }], [{ k: '{"other":1}' }]])(
    'MG10 everything, where there was no collection: %o',
    (raw) => {
      const result = mergeEntries(raw as Readonly<Record<string, string>>, {
        definition: { path: 'tasks' },
        changes: [added({ id: 1 }), deleted(2)],
      });
      expect(result.entries).toEqual(raw);
      expect(result.left.map(({ key }) => key)).toEqual(['[1]', '[2]']);
    },
  );

  it('MG10 an item that would be added to a map whose names are not ids, or are taken', () => {
    const slugs = mergeEntries({ k: '{"slug":{"id":1}}' }, { changes: [added({ id: 2 })] });
    expect(slugs.left[0]?.reason).toContain('not made from the id');
    const twice = mergeEntries({ k: '{"1":{"id":1}}' }, { changes: [added({ id: '1' })] });
    expect(twice).toEqual({
      entries: { k: '{"1":{"id":1}}' },
      left: [{ key: '["1"]', reason: 'its name in the map of items is taken' }],
    });
  });

  it('MG9 keeps names that reach for prototypes as names', () => {
    const row = JSON.parse('{"id":"__proto__","title":{"__proto__":{"admin":true}}}') as Row;
    const { entries, left } = mergeEntries({ k: '{}' }, { changes: [added(row)] });
    expect(left).toEqual([]);
    expect(entries.k).toBe('{"__proto__":{"id":"__proto__","title":{"__proto__":{"admin":true}}}}');
    expect('admin' in {}).toBe(false);
  });
});
