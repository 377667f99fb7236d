import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openSqlJsImage, sqlJsDatabase } from '../../../src/adapters/sqljs/index.ts';
import { indexedDbImageStore, indexedDbVault } from '../../../src/adapters/web/index.ts';
import type { VaultPort } from '../../../src/ports/vault.ts';
import { mortal } from '../../runtime/mortal.ts';
import { browserWorld, FOREIGN, found, isRestored, OWNED, rowsIn } from './browser-world.ts';
import { watchConnections } from './dropped-connections.ts';
import { SQL } from './sql-js.ts';
import { deleteDatabase, unusedName } from './unused-name.ts';

afterEach(() => {
  vi.restoreAllMocks();
  localStorage.clear();
});

const tables = {
  tasks: sqliteTable('tasks', {
    id: text('id').primaryKey(),
    title: text('title'),
    done: text('done', { mode: 'json' }),
  }),
  environments: sqliteTable('environments', { id: text('id').primaryKey(), name: text('name') }),
};

/** The app's database in IndexedDB, as another tab opens it. */
async function openDatabase(name: string) {
  const image = await openSqlJsImage({ SQL, store: indexedDbImageStore(name) });
  await image.transact((db) => {
    db.run('CREATE TABLE IF NOT EXISTS tasks (id TEXT PRIMARY KEY, title TEXT, done TEXT)');
    db.run('CREATE TABLE IF NOT EXISTS environments (id TEXT PRIMARY KEY, name TEXT)');
  });
  const count = async (): Promise<number> => {
    await image.refresh();
    return image.db.select().from(tables.tasks).all().length + image.db.select().from(tables.environments).all().length;
  };
  return { image, count, database: sqlJsDatabase({ image, tables, scope: 'wholeTable' }) };
}

/** What a text column of SQLite can hold (hazard H15b), and everything else as it was. */
const WELL_FORMED = OWNED.map(
  ([key, value]) => [key, key === 'environments' ? value.replace('\\ud800', 'Zwei') : value] as const,
);

const isBack = (): boolean => WELL_FORMED.every(([key, value]) => localStorage.getItem(key) === value);

function wellFormedWorld() {
  const world = browserWorld();
  for (const [key, value] of WELL_FORMED) localStorage.setItem(key, value);
  return world;
}

/** Tells of each operation of a vault before it begins. */
function watchedVault(vault: VaultPort, before: (operation: string, n: number) => void | Promise<void>): VaultPort {
  let n = 0;
  return new Proxy(vault, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]) => {
        n += 1;
        await before(String(name), n);
        return Reflect.apply(member, target, args) as unknown;
      };
    },
  });
}

describe('a migration and what undoes it, in a browser', () => {
  it('WS7 can be done again and again, each time from and to the same bytes', async () => {
    const world = wellFormedWorld();
    const app = unusedName();
    for (let round = 0; round < 2; round += 1) {
      const before = await openDatabase(app);
      expect((await world.open({ database: before.database }).migrate()).outcome).toBe('migrated');
      expect(
        found(OWNED)
          .filter(([, value]) => value !== null)
          .map(([key]) => key),
      ).toEqual(['draft:1', 'draft:', 'settings']);
      const after = await openDatabase(app);
      expect(await after.count()).toBe(5);
      const next = world.open({ database: after.database });
      expect((await next.recover()).migrationState).toBe('MIGRATED');
      expect(await next.rollback({ reason: 'USER_REQUEST' })).toMatchObject({
        outcome: 'rolledBack',
        finalStatus: 'SUCCESS',
      });
      expect(await after.count()).toBe(0);
      expect(found([...WELL_FORMED, ...FOREIGN])).toEqual([...WELL_FORMED, ...FOREIGN]);
      await before.image.close();
      await after.image.close();
    }
  });

  it('WS7 is finished by the next tab when the one that carries it out dies', async () => {
    for (const operation of ['putIfAbsent', 'whileAbsent']) {
      for (let nth = 1; ; nth += 1) {
        const world = wellFormedWorld();
        const app = await openDatabase(unusedName());
        await world.open({ database: app.database }).migrate();
        const death = new AbortController();
        let count = 0;
        const vault = watchedVault(indexedDbVault({ name: world.name }), (name) => {
          if (name === operation) count += 1;
          if (count === nth) death.abort();
        });
        const dying = world.open({
          vault: mortal(vault, death.signal),
          database: mortal(app.database, death.signal),
          lock: undefined as never,
        });
        const running = dying.rollback({ reason: 'USER_REQUEST' });
        const died = new Promise<'died'>((resolve) => death.signal.addEventListener('abort', () => resolve('died')));
        const end = await Promise.race([running.then(() => 'ended' as const), died]);
        const next = world.open({ database: app.database });
        await next.recover();
        if ((await app.count()) > 0) await next.rollback({ reason: 'USER_REQUEST' });
        expect({ operation, nth, restored: isBack(), rows: await app.count() }).toEqual({
          ...{ operation, nth },
          restored: true,
          rows: 0,
        });
        expect(found(FOREIGN)).toEqual(FOREIGN);
        await app.image.close();
        if (end === 'ended') break;
      }
    }
  });

  it('VI7 ends the same when the connections are dropped before any operation of the vault', async () => {
    let operations = 1;
    for (let n = 1; n <= operations; n += 3) {
      const world = browserWorld();
      await world.open().migrate();
      const connections = watchConnections();
      const vault = watchedVault(indexedDbVault({ name: world.name }), (_, at) => {
        operations = Math.max(operations, at);
        if (at >= n && at < n + 3) connections.drop();
      });
      const { outcome } = await world.open({ vault }).rollback({ reason: 'USER_REQUEST' });
      expect({ n, outcome, restored: isRestored(), rows: rowsIn(world) }).toEqual({
        ...{ n, outcome: 'rolledBack', restored: true },
        rows: [],
      });
      vi.restoreAllMocks();
    }
    expect(operations).toBeGreaterThan(20);
  });

  it('VI8 a vault that is deleted in the middle makes no success, and the next start ends safely', async () => {
    let operations = 0;
    // First undisturbed, to know how many operations there are.
    for (const n of [Number.POSITIVE_INFINITY, 2, 8, 14, 20, 26, 32]) {
      const world = browserWorld();
      await world.open().migrate();
      const vault = watchedVault(indexedDbVault({ name: world.name }), async (_, at) => {
        operations = Math.max(operations, at);
        if (at === n) await deleteDatabase(world.name);
      });
      const result = await world
        .open({ vault })
        .rollback({ reason: 'USER_REQUEST' })
        .catch((error: unknown) => error);
      expect({ n, success: (result as { success?: boolean }).success === true }).toEqual({
        n,
        success: n > operations,
      });
      const next = world.open();
      const { action } = await next.recover();
      const { archives } = world.database;
      const rows = rowsIn(world).length + (await archives(world.id)).reduce((sum, archive) => sum + archive.rows, 0);
      expect({ n, action, isSafe: isRestored() || rows >= 5 }).toEqual({ n, action, isSafe: true });
      expect(found(FOREIGN)).toEqual(FOREIGN);
    }
    expect(operations).toBeGreaterThan(32);
  });
});
