import { describe, expect, it } from 'vitest';
import type { Fence, Row } from '../../src/ports/database.ts';
import { databaseContractSchema } from '../../src/testing/database-contract/subject.ts';
import { databaseContract } from '../../src/testing/database-contract.ts';
import type { MemoryTable } from '../../src/testing/memory-database/schema.ts';
import type { MemoryDatabase } from '../../src/testing/memory-database/types.ts';
import { memoryDatabase } from '../../src/testing/memory-database.ts';

databaseContract(
  { describe, it, expect },
  {
    name: 'memoryDatabase',
    supports: ['foreignKeys', 'bytes', 'faults'],
    create: (scope) => {
      const owned = { name: 'mine', selects: ({ owner }: Row) => owner === 'me' };
      const database = memoryDatabase({ ...databaseContractSchema, scope: scope === 'owner' ? owned : 'wholeTable' });
      return { ...database, port: database };
    },
  },
);

const wholeTable = 'wholeTable' as const;

async function take(database: MemoryDatabase, run: string): Promise<Fence> {
  const outcome = await database.lease({ migration: 'm', run, storage: 's', mode: 'takeOver' });
  if (outcome.status !== 'granted') throw new Error('not granted');
  return { migration: 'm', run, token: outcome.token };
}

async function bring(database: MemoryDatabase, rows: Readonly<Record<string, readonly Row[]>>): Promise<void> {
  const fence = await take(database, 'in');
  await database.begin(fence);
  for (const [collection, list] of Object.entries(rows)) {
    await database.copy(fence, { step: `copy:${collection}`, collection, rows: list });
  }
  await database.digest(fence);
}

describe('memoryDatabase', () => {
  it('DB58 what was committed survives a crash, and the dead handle answers nobody', async () => {
    const schema = { tables: { notes: { columns: ['id', 'text'], idColumns: ['id'] } }, scope: wholeTable };
    const first = memoryDatabase(schema);
    await bring(first, { notes: [{ id: 1, text: 'a' }] });
    first.crash();
    await expect(first.ping()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', persistence: 'transient' });
    await expect(take(first, 'x')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    const second = memoryDatabase({ store: first.store });
    expect(second.rows('notes')).toEqual([{ id: 1, text: 'a' }]);
    expect((await second.survey('m', 'in', 10)).drift.digest).toBe('none');
    expect((await second.ledger('m')).holder).toEqual({ run: 'in', storage: 's' });
  });

  it('DB58 two handles share rows, tokens and archive', async () => {
    const first = memoryDatabase({ ...databaseContractSchema, scope: wholeTable });
    const second = memoryDatabase({ store: first.store });
    await bring(first, { environments: [{ id: 'e', name: 'E' }] });
    const old = await take(first, 'out');
    const fence = await take(second, 'out');
    await expect(first.clear(old, { undoes: 'in', drift: 'any' })).rejects.toMatchObject({ code: 'DATABASE_FENCED' });
    await second.clear(fence, { undoes: 'in', drift: 'none' });
    expect(first.rows('environments')).toEqual([]);
    expect(await first.archives('m')).toEqual([
      { run: 'out', collection: 'environments', table: 'environments', rows: 1 },
    ]);
  });

  it('DB59 the ids 1 and "1" are two rows', async () => {
    const database = memoryDatabase({
      tables: { notes: { columns: ['id', 'text'], idColumns: ['id'] } },
      scope: wholeTable,
    });
    const notes = [
      { id: 1, text: 'number' },
      { id: '1', text: 'text' },
    ];
    await bring(database, { notes });
    database.update('notes', { id: '1' }, { text: 'changed' });
    const { entries } = await database.survey('m', 'in', 10);
    expect(entries.map(({ key }) => key)).toEqual(['["1"]']);
    expect(await database.compare('in', 'notes', notes)).toEqual({
      equal: 1,
      missing: 0,
      different: 1,
      keys: ['["1"]'],
    });
  });

  it('DB59 a tree in one table and a circle of two tables are cleared and put back', async () => {
    const cascade = 'cascade' as const;
    const database = memoryDatabase({
      tables: {
        folders: {
          columns: ['id', 'parent', 'cover'],
          idColumns: ['id'],
          references: [
            { columns: ['parent'], table: 'folders', onDelete: 'restrict' },
            { columns: ['cover'], table: 'files', onDelete: 'setNull' },
          ],
        },
        files: {
          columns: ['id', 'folder'],
          idColumns: ['id'],
          references: [{ columns: ['folder'], table: 'folders', onDelete: cascade }],
        },
      },
      scope: wholeTable,
    });
    expect((await database.tables()).map(({ collection }) => collection)).toEqual(['folders', 'files']);
    await bring(database, { folders: [{ id: 1 }, { id: 2, parent: 1 }], files: [{ id: 1, folder: 2 }] });
    database.update('folders', { id: 1 }, { cover: 1 });
    database.insert('files', { id: 2, folder: 2 });
    const before = [database.rows('folders'), database.rows('files')];
    const { dependents, drift } = await database.survey('m', 'in', 10);
    expect([dependents, drift.changed, drift.added]).toEqual([[], 1, 1]);
    const fence = await take(database, 'out');
    await database.clear(fence, { undoes: 'in', drift: 'any' });
    expect([database.rows('folders'), database.rows('files')]).toEqual([[], []]);
    await database.undoClear(fence);
    expect([database.rows('folders'), database.rows('files')]).toEqual(before);
  });

  it('DB59 cascades are followed to their end, and a row that is removed anyway is not detached', async () => {
    const database = memoryDatabase({
      tables: { a: { columns: ['id'], idColumns: ['id'] } },
      others: {
        b: {
          columns: ['id', 'a', 'also'],
          idColumns: ['id'],
          references: [
            { columns: ['also'], table: 'a', onDelete: 'setNull' },
            { columns: ['a'], table: 'a', onDelete: 'cascade' },
          ],
        },
        c: {
          columns: ['id', 'b'],
          idColumns: ['id'],
          references: [{ columns: ['b'], table: 'b', onDelete: 'cascade' }],
        },
      },
      scope: wholeTable,
    });
    await bring(database, { a: [{ id: 1 }] });
    database.insert('b', { id: 1, a: 1, also: 1 });
    database.insert('c', { id: 1, b: 1 });
    const before = [database.rows('a'), database.rows('b'), database.rows('c')];
    expect((await database.survey('m', 'in', 10)).dependents).toEqual([
      { table: 'b', collection: 'a', rows: 1, effect: 'moved' },
      { table: 'c', collection: 'a', rows: 1, effect: 'moved' },
    ]);
    const fence = await take(database, 'out');
    await database.clear(fence, { undoes: 'in', drift: 'any' });
    expect([database.rows('b'), database.rows('c')]).toEqual([[], []]);
    await database.undoClear(fence);
    expect([database.rows('a'), database.rows('b'), database.rows('c')]).toEqual(before);
  });

  it('DB59 a row of others that a cascade takes along does not count as kept', async () => {
    const database = memoryDatabase({
      tables: {
        folders: { columns: ['id'], idColumns: ['id'] },
        files: {
          columns: ['id', 'folder'],
          idColumns: ['id'],
          references: [{ columns: ['folder'], table: 'folders', onDelete: 'cascade' }],
        },
      },
      scope: wholeTable,
    });
    for (const id of [1, 2]) database.insert('files', { id });
    await bring(database, { folders: [{ id: 1 }] });
    database.update('files', { id: 1 }, { folder: 1 });
    const { collections, dependents } = await database.survey('m', 'in', 10);
    expect(collections[1]).toEqual({ collection: 'files', rows: 0, added: 0, changed: 0, deleted: 0, kept: 1 });
    expect(dependents).toEqual([{ table: 'files', collection: 'folders', rows: 1, effect: 'moved' }]);
  });

  it('DB9 what is copied in, read or archived shares nothing with what is stored', async () => {
    const database = memoryDatabase({
      tables: { notes: { columns: ['id', 'tags'], idColumns: ['id'] } },
      scope: wholeTable,
    });
    const tags = ['a'];
    await bring(database, { notes: [{ id: 1, tags }] });
    tags.push('b');
    for (const row of database.rows('notes')) (row.tags as string[]).push('c');
    expect(database.rows('notes')).toEqual([{ id: 1, tags: ['a'] }]);
  });

  it('DB10 a row of others is not what the run copied, whatever it holds', async () => {
    const database = memoryDatabase({ tables: { notes: { columns: ['id'], idColumns: ['id'] } }, scope: wholeTable });
    database.insert('notes', { id: 1 });
    await bring(database, { notes: [{ id: 1 }, { id: 2 }] });
    const outcome = await database.compare('in', 'notes', [{ id: 1 }, { id: 2 }]);
    expect(outcome).toEqual({ equal: 1, missing: 1, different: 0, keys: ['[1]'] });
  });

  it('DB12 a row outside the condition is not copied in, since it could not be taken back', async () => {
    const database = memoryDatabase({
      tables: { notes: { columns: ['id', 'owner'], idColumns: ['id'] } },
      scope: { name: 'mine', selects: ({ owner }) => owner === 'me' },
    });
    const fence = await take(database, 'in');
    const rows = [
      { id: 1, owner: 'you' },
      { id: 2, owner: 'me' },
    ];
    const { inserted, rejected } = await database.copy(fence, { step: 'copy', collection: 'notes', rows });
    expect([inserted, rejected.map(({ index }) => index)]).toEqual([1, [0]]);
  });

  it('DB60 a declaration that cannot be used is refused with its table and fault', () => {
    const notes = { columns: ['id'], idColumns: ['id'] };
    const faulty: [MemoryTable, string][] = [
      [{ ...notes, idColumns: ['key'] }, 'Table "notes" uses column "key"'],
      [{ ...notes, idColumns: [] }, 'Table "notes" has no id columns'],
      [{ ...notes, required: ['text'] }, 'Table "notes" uses column "text"'],
      [{ ...notes, references: [{ columns: ['id'], table: 'x', onDelete: 'cascade' }] }, 'refers to "x"'],
    ];
    for (const [table, message] of faulty) {
      expect(() => memoryDatabase({ tables: { notes: table }, scope: wholeTable })).toThrow(message);
    }
  });

  it('DB60 a table that was not declared is refused', async () => {
    const database = memoryDatabase({ tables: { notes: { columns: ['id'], idColumns: ['id'] } }, scope: wholeTable });
    expect(() => database.rows('nothing')).toThrow('There is no table "nothing"');
    await expect(database.compare('in', 'nothing', [])).rejects.toMatchObject({ code: 'DATABASE_SCHEMA' });
  });
});
