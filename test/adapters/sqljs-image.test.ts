import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { describe, expect, it } from 'vitest';
import { openSqlJsImage, type SqlJsImage, sqlJsDatabase } from '../../src/adapters/sqljs/index.ts';
import { DatabaseError } from '../../src/errors.ts';
import type { ImageStore } from '../../src/ports/image-store.ts';
import { hold, migrate, SQL } from './sqljs-harness.ts';

const notes = sqliteTable('notes', { id: text('id').primaryKey(), body: text('body') });

type Fault = 'refuses' | 'failsBefore' | 'failsAfter' | 'isGone';

/** An image in memory; `faults` are taken one by one by the saves, `conflicts` by somebody who is quicker. */
function memoryImages() {
  let current: { bytes: Uint8Array; version: string } | null = null;
  let saves = 0;
  let gone = false;
  const faults: Fault[] = [];
  const beforeSave: (() => Promise<void>)[] = [];
  const store: ImageStore = {
    failureDomain: 'test',
    version: async () => current?.version ?? null,
    load: async () => {
      if (gone) throw new DatabaseError('DATABASE_UNAVAILABLE', 'gone');
      return current === null ? null : { ...current, bytes: current.bytes.slice() };
    },
    save: async (bytes, base) => {
      await beforeSave.shift()?.();
      const fault = faults.shift();
      if (fault === 'isGone') gone = true;
      if (fault === 'refuses') throw new DatabaseError('DATABASE_UNAVAILABLE', 'no room');
      if (fault === 'failsBefore' || fault === 'isGone') throw new DatabaseError('DATABASE_OUTCOME_UNKNOWN', 'lost');
      if ((current?.version ?? null) !== base) return { status: 'conflict' };
      saves += 1;
      current = { bytes, version: String(saves) };
      if (fault === 'failsAfter') throw new DatabaseError('DATABASE_OUTCOME_UNKNOWN', 'lost');
      return { status: 'saved', version: current.version };
    },
  };
  const comeBack = (): void => {
    gone = false;
  };
  return { store, faults, beforeSave, comeBack, saves: () => saves };
}

const open = (store: ImageStore) => openSqlJsImage({ SQL, store, schema: { notes }, pragmas: ['foreign_keys = ON'] });

const create = (image: SqlJsImage<{ notes: typeof notes }>) =>
  image.transact((db) => void db.run('CREATE TABLE IF NOT EXISTS notes (id TEXT PRIMARY KEY, body TEXT)'));

const add = (image: SqlJsImage<{ notes: typeof notes }>, id: string) =>
  image.transact(
    (db) =>
      void db
        .insert(notes)
        .values({ id, body: `of ${id}` })
        .run(),
  );

async function idsIn(store: ImageStore): Promise<string[]> {
  const image = await open(store);
  const ids = image.db.select().from(notes).all();
  await image.close();
  return ids.map(({ id }) => id).sort();
}

describe('an image', () => {
  it('DB30 is saved before a transaction is told to be done, and not when nothing has changed', async () => {
    const { store, saves } = memoryImages();
    const image = await open(store);
    await create(image);
    await add(image, 'a');
    expect(await idsIn(store)).toEqual(['a']);
    const before = saves();
    expect(await image.transact((db) => db.query.notes.findFirst().sync()?.body)).toBe('of a');
    const port = sqlJsDatabase({ image, tables: { notes }, scope: 'wholeTable' });
    await port.survey('m', 'in', 9);
    expect(saves()).toBe(before);
    expect(port.failureDomain).toBe('test');
  });

  it('DB30 is loaded anew when somebody else has saved, with its settings', async () => {
    const { store } = memoryImages();
    const [one, two] = [await open(store), await open(store)];
    await create(one);
    await add(two, 'a');
    await one.refresh();
    expect(one.db.select().from(notes).all()).toEqual([{ id: 'a', body: 'of a' }]);
    expect(one.db.get<{ foreign_keys: number }>('PRAGMA foreign_keys')).toEqual({ foreign_keys: 1 });
  });

  it('DB31 of two who commit upon the same image, the slower one commits again upon the other', async () => {
    const { store, beforeSave } = memoryImages();
    const [one, two] = [await open(store), await open(store)];
    await create(one);
    await two.refresh();
    beforeSave.push(async () => void (await add(two, 'from two')));
    await add(one, 'from one');
    expect(await idsIn(store)).toEqual(['from one', 'from two']);
    await Promise.all(['a', 'b', 'c', 'd'].flatMap((id) => [add(one, `1${id}`), add(two, `2${id}`)]));
    expect((await idsIn(store)).length).toBe(10);
  });

  it('DB31 a token that was taken over elsewhere is seen before anything is written', async () => {
    const { store, beforeSave } = memoryImages();
    const [one, two] = [await open(store), await open(store)];
    await create(one);
    const ports = [one, two].map((image) => sqlJsDatabase({ image, tables: { notes }, scope: 'wholeTable' }));
    const [stale, fresh] = ports as [(typeof ports)[0], (typeof ports)[0]];
    await migrate(stale, { notes: [{ id: 'a' }] });
    const fence = await hold(stale, 'out');
    beforeSave.push(async () => void (await hold(fresh, 'another')));
    await expect(stale.clear(fence, { undoes: 'in', drift: 'any' })).rejects.toMatchObject({ code: 'DATABASE_FENCED' });
    expect(await idsIn(store)).toEqual(['a']);
  });

  it('DB32 a save that was refused leaves the image, and what is in memory, as they were', async () => {
    const { store, faults } = memoryImages();
    const image = await open(store);
    await create(image);
    faults.push('refuses');
    await expect(add(image, 'a')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(image.db.select().from(notes).all()).toEqual([]);
    await add(image, 'b');
    expect(await idsIn(store)).toEqual(['b']);
  });

  it('DB32 where nobody knows whether a save has happened, looking tells', async () => {
    const { store, faults } = memoryImages();
    const image = await open(store);
    await create(image);
    faults.push('failsAfter');
    await add(image, 'a');
    faults.push('failsBefore');
    await expect(add(image, 'b')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', persistence: 'transient' });
    expect(await idsIn(store)).toEqual(['a']);
    await add(image, 'b');
    expect(await idsIn(store)).toEqual(['a', 'b']);
  });

  it('DB32 where looking fails as well, the outcome is unknown', async () => {
    const { store, faults, comeBack } = memoryImages();
    const image = await open(store);
    await create(image);
    faults.push('isGone');
    await expect(add(image, 'a')).rejects.toMatchObject({ code: 'DATABASE_OUTCOME_UNKNOWN' });
    await expect(add(image, 'b')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    comeBack();
    await add(image, 'c');
    expect(await idsIn(store)).toEqual(['c']);
  });

  it('DB34 asynchronous work is refused, and what work throws undoes it and is thrown on', async () => {
    const { store } = memoryImages();
    const image = await open(store);
    await create(image);
    const lazy = image.transact(async (db) => void db.insert(notes).values({ id: 'a' }).run());
    await expect(lazy).rejects.toMatchObject({ code: 'DATABASE_FAILED' });
    const own = new Error('of the app');
    const failing = image.transact((db) => {
      db.insert(notes).values({ id: 'b' }).run();
      throw own;
    });
    await expect(failing).rejects.toBe(own);
    expect(await idsIn(store)).toEqual([]);
  });

  it('DB34 a closed image and bytes that are no database are told', async () => {
    const { store } = memoryImages();
    const image = await open(store);
    await image.close();
    await image.close();
    await expect(image.transact(() => 1)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    const bytes = new TextEncoder().encode('no database at all, but long enough to be looked at'.repeat(50));
    const broken: ImageStore = { ...store, version: async () => '1', load: async () => ({ bytes, version: '1' }) };
    await expect(open(broken)).rejects.toMatchObject({ code: 'DATABASE_FAILED' });
  });
});
