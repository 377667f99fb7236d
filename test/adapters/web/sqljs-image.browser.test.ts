import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { openDB } from 'idb';
import { describe, expect, it } from 'vitest';
import { openSqlJsImage, sqlJsDatabase } from '../../../src/adapters/sqljs/index.ts';
import { indexedDbImageStore } from '../../../src/adapters/web/index.ts';
import type { ImageStore } from '../../../src/ports/image-store.ts';
import { databaseContract } from '../../../src/testing/database-contract.ts';
import {
  CONTRACT_DDL,
  contractAppSide,
  contractScope,
  contractTables,
  faultyWrites,
} from '../sqljs-contract-schema.ts';
import './buffer.ts';
import { SQL } from './sql-js.ts';
import { deleteDatabase, unusedName } from './unused-name.ts';

databaseContract(
  { describe, it, expect },
  {
    name: 'sql.js in IndexedDB',
    supports: ['foreignKeys', 'bytes', 'faults'],
    create: async (scope) => {
      const name = unusedName();
      const faults = faultyWrites();
      class Watched extends SQL.Database {
        constructor(bytes?: ArrayLike<number> | null) {
          super(bytes);
          faults.watch(this);
        }
      }
      const store = indexedDbImageStore(name);
      const image = await openSqlJsImage({ SQL: { ...SQL, Database: Watched }, store, pragmas: ['foreign_keys = ON'] });
      await image.transact((db) => {
        for (const statement of CONTRACT_DDL.split(';').filter((part) => part.trim() !== '')) db.run(statement);
      });
      const port = sqlJsDatabase({ image, tables: contractTables, scope: contractScope(scope) });
      const app = contractAppSide(image.db);
      return {
        port,
        rows: app.rows,
        insert: (table, row) => image.transact(() => app.insert(table, row)),
        update: (table, id, changes) => image.transact(() => app.update(table, id, changes)),
        remove: (table, id) => image.transact(() => app.remove(table, id)),
        failWrite: faults.fail,
        dispose: async () => {
          await image.close();
          await deleteDatabase(name);
        },
      };
    },
  },
);

const bytesOf = (...bytes: number[]): Uint8Array => new Uint8Array(bytes);

async function savedVersion(store: ImageStore, bytes: Uint8Array, base: string | null): Promise<string> {
  const outcome = await store.save(bytes, base);
  if (outcome.status !== 'saved') throw new Error('It was a conflict.');
  return outcome.version;
}

describe('an image in IndexedDB', () => {
  it('WI1 is what was saved last, in another tab too', async () => {
    const name = unusedName();
    const [store, other] = [indexedDbImageStore(name), indexedDbImageStore(name)];
    expect([await store.version(), await store.load()]).toEqual([null, null]);
    const first = await savedVersion(store, bytesOf(1, 2, 3), null);
    expect(await other.load()).toEqual({ bytes: bytesOf(1, 2, 3), version: first });
    // A view on the middle of something larger.
    const second = await savedVersion(other, new Uint8Array([9, 4, 5, 9]).subarray(1, 3), first);
    expect(second).not.toBe(first);
    expect([await store.version(), (await store.load())?.bytes]).toEqual([second, bytesOf(4, 5)]);
  });

  it('WI2 a save upon an older version is a conflict and changes nothing', async () => {
    const name = unusedName();
    const store = indexedDbImageStore(name);
    const first = await savedVersion(store, bytesOf(1), null);
    const second = await savedVersion(store, bytesOf(2), first);
    for (const base of [null, first, 'another'])
      expect(await store.save(bytesOf(3), base)).toEqual({ status: 'conflict' });
    expect(await store.load()).toEqual({ bytes: bytesOf(2), version: second });
  });

  it('WI2 of many saves upon one version exactly one wins', async () => {
    const name = unusedName();
    const base = await savedVersion(indexedDbImageStore(name), bytesOf(0), null);
    const stores = Array.from({ length: 10 }, () => indexedDbImageStore(name));
    const outcomes = await Promise.all(stores.map((store, index) => store.save(bytesOf(index + 1), base)));
    const winners = outcomes.flatMap(({ status }, index) => (status === 'saved' ? [index] : []));
    expect(winners.length).toBe(1);
    expect((await indexedDbImageStore(name).load())?.bytes).toEqual(bytesOf((winners[0] ?? 0) + 1));
  });

  it('WI3 what two tabs commit is all there', async () => {
    const notes = sqliteTable('notes', { id: text('id').primaryKey() });
    const name = unusedName();
    const open = () => openSqlJsImage({ SQL, store: indexedDbImageStore(name) });
    const tabs = [await open(), await open(), await open()];
    await tabs[0]?.transact((db) => void db.run('CREATE TABLE notes (id TEXT PRIMARY KEY)'));
    await Promise.all(
      tabs.flatMap((tab, index) =>
        ['a', 'b', 'c'].map((id) =>
          tab.transact(
            (db) =>
              void db
                .insert(notes)
                .values({ id: `${id}${index}` })
                .run(),
          ),
        ),
      ),
    );
    const ids = (await open()).db.select().from(notes).all();
    expect(ids.map(({ id }) => id).sort()).toEqual(['a0', 'a1', 'a2', 'b0', 'b1', 'b2', 'c0', 'c1', 'c2']);
  });

  it('WI4 an image that grows and shrinks is saved by the pages that have changed, and each is what was saved', async () => {
    const name = unusedName();
    const [store, other] = [indexedDbImageStore(name), indexedDbImageStore(name)];
    let version: string | null = null;
    for (const length of [200_000, 200_001, 70_000, 0, 65_536, 131_072]) {
      const bytes = new Uint8Array(length).fill(length % 251, length >> 1);
      version = await savedVersion(length % 2 === 0 ? store : other, bytes, version);
      if (length % 2 === 0) await other.load();
      else await store.load();
      expect(await indexedDbImageStore(name).load()).toEqual({ bytes, version });
    }
  });

  it('WI4 an image of which the browser has lost a part is refused, not opened', async () => {
    const name = unusedName();
    const store = indexedDbImageStore(name);
    await savedVersion(store, new Uint8Array(200_000), null);
    const db = await openDB(name);
    await db.delete('entries', 'page/00000001');
    db.close();
    await expect(indexedDbImageStore(name).load()).rejects.toMatchObject({ code: 'DATABASE_FAILED' });
  });
});
