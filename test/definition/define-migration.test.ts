import fc from 'fast-check';
import * as valibot from 'valibot';
import { describe, expect, it } from 'vitest';
import * as zod from 'zod/mini';
import { DEFAULTS } from '../../src/definition/defaults.ts';
import { defineMigration } from '../../src/definition/define-migration.ts';
import { isCollectionKey, isFormDataKey } from '../../src/definition/key-ownership.ts';
import type { CollectionDefinition, Migration, MigrationDefinition } from '../../src/definition/types.ts';
import { DefinitionError } from '../../src/errors.ts';

/** The faults of anything at all, as a definition. */
function faultsOf(definition: unknown): readonly string[] {
  try {
    defineMigration(definition as MigrationDefinition);
  } catch (thrown) {
    if (!(thrown instanceof DefinitionError)) throw thrown;
    expect(thrown.code).toBe('DEFINITION_INVALID');
    return thrown.faults;
  }
  return [];
}

/** The faults of a definition with one collection that has these properties besides its key. */
function faultsWith(collection: object, rest: object = {}): readonly string[] {
  return faultsOf({ id: 'm', collections: { tasks: { storageKey: 'tasks', ...collection } }, ...rest });
}

function define(rest: Partial<MigrationDefinition>): Migration {
  return defineMigration({ id: 'm', collections: {}, ...rest });
}

const own = (json: string): unknown => JSON.parse(json);

describe('defineMigration', () => {
  it('DF1 accepts the definition of the public face and fills it in', () => {
    const migration = defineMigration({
      id: 'tasks-to-database',
      collections: {
        tasks: { storageKey: 'task-store', path: 'state.tasks', cachePatterns: ['task:*'] },
        environments: { storageKey: 'environments', path: 'state.environments', cachePatterns: ['environment:*'] },
      },
      formData: ['draft:*', 'settings'],
    });
    expect(migration.collections[0]).toEqual({
      name: 'tasks',
      storageKey: 'task-store',
      layout: 'oneKey',
      path: ['state', 'tasks'],
      idFields: ['id'],
      schema: null,
      toRow: null,
      fromRow: null,
      cachePatterns: ['task:*'],
    });
    expect(migration.formData).toEqual(['draft:*', 'settings']);
  });

  it('DF1 lists every fault with its place, in one go', () => {
    const faults = faultsOf({
      id: 'no spaces',
      collections: {
        'a b': { storageKey: '', path: 'x..y', idField: [], toRow: 7 },
        c: { storageKey: 'c', cachePatterns: ['*', ''] },
      },
      formData: ['*'],
      retention: { days: -1 },
      surprise: true,
    });
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual([
      'the',
      'id',
      'collections["a',
      'collections["a',
      'collections["a',
      'collections["a',
      'collections["a',
      'collections["c"].cachePatterns[0]',
      'collections["c"].cachePatterns[1]',
      'formData[0]',
      'retention.days',
    ]);
  });

  it('DF1 refuses whatever is no definition, and nothing but DefinitionError comes out', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withDate: true, withMap: true }), (anything) => {
        expect(faultsOf(anything).length).toBeGreaterThan(0);
        expect(faultsOf({ id: 'm', collections: { c: anything } }).length).toBeGreaterThan(0);
        faultsOf({ id: 'm', collections: {}, formData: anything, triggers: anything, maxDepth: anything });
        faultsWith({ path: anything, idField: anything, schema: anything, cachePatterns: anything });
      }),
      { numRuns: 500 },
    );
  });

  it.each(['', ' ', 'a b', '../x', '.', '..', '.hidden', '-x', 'a/b', 'ä', 'x'.repeat(65), '__proto__', 'constructor'])(
    'DF2 refuses %j as an id and as a name',
    (name) => {
      expect(faultsOf({ id: name, collections: {} })).toHaveLength(1);
      const collections = Object.fromEntries([[name, { storageKey: 'k' }]]);
      expect(faultsOf({ id: 'm', collections })).toHaveLength(1);
    },
  );

  it.each(['a', 'tasks-to-database', 'v2.0_x', '1', 'x'.repeat(64)])('DF2 accepts %j', (name) => {
    expect(faultsOf({ id: name, collections: Object.fromEntries([[name, { storageKey: 'k' }]]) })).toEqual([]);
  });

  it.each(['__proto__', 'constructor', 'prototype'])('DF3 refuses %s in paths and id fields', (name) => {
    expect(faultsWith({ path: `state.${name}` })).toHaveLength(1);
    expect(faultsWith({ path: [name] })).toHaveLength(1);
    expect(faultsWith({ idField: name })).toHaveLength(1);
    expect(faultsWith({ idField: ['a', name] })).toHaveLength(1);
  });

  it('DF3 reads nothing from prototypes and takes no object that has one of its own', () => {
    expect(faultsOf(own('{"id":"m","collections":{},"__proto__":{"onDrift":"merge"}}'))).toHaveLength(1);
    expect(faultsOf(own('{"id":"m","collections":{"__proto__":{"storageKey":"k"}}}'))).toHaveLength(1);
    expect(faultsOf(Object.create({ id: 'm', collections: {} }))).toHaveLength(1);
    expect(faultsOf({ id: 'm', collections: { c: Object.create({ storageKey: 'k' }) } })).toHaveLength(1);
    expect(faultsOf({ id: 'm', collections: Object.create(null) })).toEqual([]);
  });

  it('DF4 refuses unknown properties at every level', () => {
    expect(faultsWith({ sotrageKey: 'x' })[0]).toContain('"sotrageKey"');
    expect(faultsWith({}, { formdata: [] })[0]).toContain('"formdata"');
    expect(faultsWith({}, { triggers: { timeOut: 1 } })[0]).toContain('"timeOut"');
    expect(faultsWith({}, { retention: { keep: 1 } })[0]).toContain('"keep"');
    expect(faultsWith({ [Symbol('s')]: 1 })).toHaveLength(1);
  });

  it('DF5 reads dotted paths and lists of segments', () => {
    const pathOf = (path: string | readonly string[]): readonly string[] | undefined =>
      define({ collections: { c: { storageKey: 'k', path } } }).collections[0]?.path;
    expect(pathOf('')).toEqual([]);
    expect(pathOf('a.b')).toEqual(['a', 'b']);
    expect(pathOf(['a.b', ''])).toEqual(['a.b', '']);
  });

  it.each([['a..b'], ['.a'], ['a.'], [7], [{}], [['a', 1]], [Array.from({ length: 65 }, () => 'a')]])(
    'DF5 refuses the path %j',
    (path) => {
      expect(faultsWith({ path })).toHaveLength(1);
    },
  );

  it.each([[''], [7], [[]], [['']], [['a', 'a']], [Array.from({ length: 17 }, (_, index) => `f${index}`)]])(
    'DF6 refuses the id field %j',
    (idField) => {
      expect(faultsWith({ idField })).toHaveLength(1);
    },
  );

  it('DF7 takes schemas of every Standard Schema library, functions too', () => {
    expect(faultsWith({ schema: zod.object({ id: zod.string() }) })).toEqual([]);
    expect(faultsWith({ schema: valibot.object({ id: valibot.string() }) })).toEqual([]);
    const callable = Object.assign(() => true, { '~standard': { version: 1, vendor: 'x', validate: () => ({}) } });
    expect(faultsWith({ schema: callable, toRow: () => ({}), fromRow: () => ({}) })).toEqual([]);
  });

  it.each([{}, null, 'schema', () => true, { '~standard': {} }, { '~standard': { version: 2, validate: () => ({}) } }])(
    'DF7 refuses as a schema %o',
    (schema) => {
      expect(faultsWith({ schema })).toHaveLength(1);
    },
  );

  it('DF7 refuses toRow and fromRow that are no functions', () => {
    expect(faultsWith({ toRow: 'x', fromRow: null })).toHaveLength(2);
  });

  it.each([
    ['timeout', 0],
    ['timeout', -1],
    ['timeout', 1.5],
    ['timeout', Number.NaN],
    ['timeout', Number.POSITIVE_INFINITY],
    ['timeout', '5'],
    ['timeout', 1e15],
    ['timeoutItems', 0],
    ['memory', 0],
    ['memory', 1.1],
    ['validationFailures', -0.1],
    ['validationFailures', 10],
    ['validationFailures', Number.NaN],
  ])('DF12 refuses the trigger %s of %s', (name, value) => {
    expect(faultsWith({}, { triggers: { [name]: value } })).toEqual([expect.stringContaining(`triggers.${name} must`)]);
  });

  it.each([
    ['settleAfter', -1],
    ['cacheGrace', Number.NaN],
    ['maxDepth', 0],
    ['maxDepth', 1_001],
    ['maxBackupSize', -5],
    ['onDrift', 'maybe'],
    ['source', true],
  ])('DF12 refuses %s of %s', (name, value) => {
    expect(faultsWith({}, { [name]: value })).toEqual([expect.stringContaining(`definition.${name} must`)]);
  });

  it('DF12 refuses retention without a backup, of negative time, or beyond all reason', () => {
    expect(faultsWith({}, { retention: { days: -1, backups: 0 } })).toHaveLength(2);
    expect(faultsWith({}, { retention: { days: 1e9, backups: 1.5 } })).toHaveLength(2);
    expect(faultsWith({}, { retention: { days: 0, backups: 1 } })).toEqual([]);
  });

  it("DF13 has the user's numbers where nothing is said", () => {
    const { triggers, onDrift, retention, source, settleAfter, cacheGrace, maxDepth, maxBackupSize } = define({});
    expect({ triggers, onDrift, retention, source, settleAfter, cacheGrace, maxDepth, maxBackupSize }).toEqual(
      DEFAULTS,
    );
    expect(triggers).toEqual({ validationFailures: 0.1, memory: 0.9, timeout: 300_000, timeoutItems: 10_000 });
    expect([onDrift, source, retention]).toEqual(['ask', 'clear', { days: 30, backups: 3 }]);
    expect(define({ triggers: { memory: 0.5 } }).triggers).toEqual({ ...triggers, memory: 0.5 });
  });

  it('DF14 freezes all that it returns, and leaves what it was given alone', () => {
    const schema = zod.object({});
    const collections = { c: { storageKey: 'k', path: ['a'], idField: ['i'], cachePatterns: ['c:*'], schema } };
    const given = { id: 'm', collections, formData: ['f'] };
    const migration = defineMigration(given);
    const parts: unknown[] = [migration, ...Object.values(migration), ...migration.collections];
    for (const collection of migration.collections) {
      parts.push(collection.path, collection.idFields, collection.cachePatterns);
    }
    for (const part of parts) expect(Object.isFrozen(part)).toBe(true);
    expect(Object.isFrozen(migration.collections[0]?.schema)).toBe(false);
    expect([given, given.formData, collections.c.path].some(Object.isFrozen)).toBe(false);
  });

  it('DF15 gives definitions of the same data the same digest, in any order', () => {
    const a: CollectionDefinition = { storageKey: 'a', path: 'x.y' };
    const b: CollectionDefinition = { storageKey: 'b' };
    const one = define({ collections: { a, b }, formData: ['f', 'g'] });
    const other = define({ collections: { b, a: { ...a, path: ['x', 'y'], idField: 'id' } }, formData: ['g', 'f'] });
    expect(one.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(other.digest).toBe(one.digest);
    const policies = define({
      collections: { a: { ...a, schema: zod.object({}), fromRow: (row) => row, cachePatterns: ['a:*'] }, b },
      formData: ['f', 'g'],
      onDrift: 'merge',
      triggers: { timeout: 5 },
      source: 'keep',
    });
    expect(policies.digest).toBe(one.digest);
  });

  it('DF15 gives definitions of other data another digest', () => {
    const a: CollectionDefinition = { storageKey: 'a', path: 'x.y' };
    const variants = [
      define({ collections: { a } }),
      define({ id: 'n', collections: { a } }),
      define({ collections: { b: a } }),
      define({ collections: { a: { ...a, storageKey: 'b' } } }),
      define({ collections: { a: { ...a, path: ['x.y'] } } }),
      define({ collections: { a: { ...a, idField: 'key' } } }),
      define({ collections: { a: { storageKey: 'a*' } } }),
      define({ collections: { a: { storageKey: 'a\\*' } } }),
      define({ collections: { a }, formData: ['f'] }),
    ];
    expect(new Set(variants.map(({ digest }) => digest)).size).toBe(variants.length);
  });
});

describe('keys of a definition', () => {
  it.each(['', '*', '**', 'backpedal:x', 'backpedal:*', 7, null])('DF10 refuses the storage key %j', (storageKey) => {
    expect(faultsWith({ storageKey })).toHaveLength(1);
  });

  it.each(['*', '***', 'backpedal:', 7])('DF10 refuses %j as form data', (glob) => {
    expect(faultsOf({ id: 'm', collections: {}, formData: [glob] })).toHaveLength(1);
  });

  it('DF10 accepts keys with any characters, also those with names that are refused elsewhere', () => {
    expect(faultsOf({ id: 'm', collections: {}, formData: ['', 'a\nb', '__proto__', '\ud800', '\\*', 'x*'] })).toEqual(
      [],
    );
  });

  it.each([
    ['the same key', { storageKey: 'k' }, { storageKey: 'k' }],
    ['a path within another', { storageKey: 'k', path: 'a' }, { storageKey: 'k', path: 'a.b' }],
    ['a pattern that matches a key', { storageKey: 'k*' }, { storageKey: 'key', path: 'a' }],
    ['one pattern at different paths', { storageKey: 'k*', path: 'a' }, { storageKey: 'k*', path: 'b' }],
    ['a pattern and a key at different paths', { storageKey: 'k*', path: 'a' }, { storageKey: 'key', path: 'b' }],
    ['two patterns', { storageKey: 'a*' }, { storageKey: '*z' }],
    ['two patterns that only seem to differ', { storageKey: 'a*b*' }, { storageKey: 'ab*c' }],
  ])('DF11 refuses two collections with %s', (_, one, other) => {
    expect(faultsOf({ id: 'm', collections: { one, other } })).toEqual([
      expect.stringContaining('claim the same data'),
    ]);
    expect(faultsOf({ id: 'm', collections: { other, one } })).toHaveLength(1);
  });

  it.each([
    ['different paths in one key', { storageKey: 'k', path: 'a.b' }, { storageKey: 'k', path: 'a.c' }],
    ['different patterns', { storageKey: 'a-*' }, { storageKey: 'b-*' }],
    ['an escaped star', { storageKey: 'a\\*' }, { storageKey: 'ab' }],
  ])('DF11 accepts two collections with %s', (_, one, other) => {
    expect(faultsOf({ id: 'm', collections: { one, other } })).toEqual([]);
  });

  it('DF11 refuses form data that matches a collection, or that is listed twice', () => {
    expect(faultsWith({}, { formData: ['task*'] })).toHaveLength(1);
    expect(faultsWith({ storageKey: 'note-*' }, { formData: ['*-1'] })).toHaveLength(1);
    expect(faultsWith({}, { formData: ['a', 'a'] })).toHaveLength(1);
    expect(faultsWith({}, { formData: ['a*', 'ab'] })).toEqual([]);
  });

  it('DF16 keeps its own keys out of collections and form data', () => {
    const [collection] = define({ collections: { c: { storageKey: 'b*' } } }).collections;
    if (collection === undefined) throw new Error('no collection');
    const isOwned = ['b', 'b1', 'xb', 'backpedal:m'].map((key) => isCollectionKey(collection, key));
    expect(isOwned).toEqual([true, true, false, false]);
    const migration = define({ formData: ['*:x'] });
    expect(['a:x', 'backpedal:x', 'b'].map((key) => isFormDataKey(migration, key))).toEqual([true, false, false]);
  });
});
