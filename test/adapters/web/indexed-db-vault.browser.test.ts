import { afterEach, describe, expect, it, vi } from 'vitest';
import { indexedDbVault } from '../../../src/adapters/web/index.ts';
import type { VaultPort } from '../../../src/ports/vault.ts';
import { refusalOf } from '../../../src/testing/contract-subject.ts';
import { watchConnections } from './dropped-connections.ts';
import { deleteDatabase, unusedName } from './unused-name.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const calls = (vault: VaultPort): Readonly<Record<string, () => Promise<unknown>>> => ({
  get: () => vault.get('a'),
  put: () => vault.put('a', 'text'),
  putIfAbsent: () => vault.putIfAbsent('b', 'text'),
  list: () => vault.list(''),
  remove: () => vault.remove('c'),
  whileAbsent: async () => vault.whileAbsent?.('d', () => 'done'),
});

const failuresOf = async (vault: VaultPort): Promise<unknown[]> => {
  const failures: unknown[] = [];
  for (const call of Object.values(calls(vault))) failures.push(await call().catch((error: unknown) => error));
  return failures;
};

const unavailable = (fault: string, persistence: string) =>
  expect.objectContaining({ code: 'VAULT_UNAVAILABLE', persistence, details: expect.objectContaining({ fault }) });

/** Opens a database with another schema, as a newer version of the library or somebody else does. */
const openElsewhere = (name: string, version: number): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

describe('a vault in IndexedDB', () => {
  it.each(Object.keys(calls(indexedDbVault())))(
    'VI1 is opened once more when the browser has dropped the connection before %s',
    async (operation) => {
      const connections = watchConnections();
      const vault = indexedDbVault({ name: unusedName() });
      await vault.put('a', 'text');
      connections.drop();
      await calls(vault)[operation]?.();
      expect(connections.opened()).toBe(2);
      expect(await vault.get('a')).toBe('text');
    },
  );

  it('VI1 and is a clear error when that does not help', async () => {
    const vault = indexedDbVault({ name: unusedName() });
    await vault.put('a', 'text');
    const connections = watchConnections();
    const dropped = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => {
      throw new DOMException('The database connection is closing.', 'InvalidStateError');
    });
    expect(await vault.put('a', 'new').catch((error: unknown) => error)).toEqual(unavailable('failed', 'transient'));
    expect(connections.opened()).toBe(1);
    dropped.mockRestore();
    expect(await vault.get('a')).toBe('text');
  });

  it('VI1 what is aborted in the middle is done again as a whole', async () => {
    const vault = indexedDbVault({ name: unusedName() });
    await vault.put('a', 'text');
    const { put } = IDBObjectStore.prototype;
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementationOnce(function (this: IDBObjectStore, ...args) {
      const request = put.apply(this, args);
      this.transaction.abort();
      return request;
    });
    await vault.put('a', 'new');
    expect(await vault.get('a')).toBe('new');
  });

  it('VI2 a vault that is deleted while a page uses it is an error in that page, and empty in the next', async () => {
    const name = unusedName();
    const vault = indexedDbVault({ name });
    await vault.put('journal/1', 'a record');
    await deleteDatabase(name);
    const gone = unavailable('emptied', 'permanent');
    expect(await failuresOf(vault)).toEqual([gone, gone, gone, gone, gone, gone]);
    expect(await failuresOf(vault)).toEqual([gone, gone, gone, gone, gone, gone]);
    const next = indexedDbVault({ name });
    expect(await next.list('')).toEqual([]);
  });

  it('VI3 without IndexedDB every call is an error, and nothing is kept in memory instead', async () => {
    vi.stubGlobal('indexedDB', undefined);
    const vault = indexedDbVault({ name: unusedName() });
    const missing = unavailable('missing', 'permanent');
    expect(await failuresOf(vault)).toEqual([missing, missing, missing, missing, missing, missing]);
    vi.unstubAllGlobals();
    expect(await vault.list('')).toEqual([]);
  });

  it('VI3 a browser that denies it, cannot open it, or has lost a text is told by its fault', async () => {
    const name = unusedName();
    const vault = indexedDbVault({ name });
    const opening = vi.spyOn(IDBFactory.prototype, 'open');
    opening.mockImplementationOnce(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    expect(await vault.get('a').catch((error: unknown) => error)).toEqual(unavailable('denied', 'permanent'));
    opening.mockImplementationOnce(() => {
      throw new DOMException('Internal error opening backing store.', 'UnknownError');
    });
    expect(await vault.get('a').catch((error: unknown) => error)).toEqual(unavailable('failed', 'transient'));
    await vault.put('a', 'text');
    vi.spyOn(IDBObjectStore.prototype, 'get').mockImplementation(() => {
      throw new DOMException('Data lost due to missing file.', 'NotReadableError');
    });
    expect(await refusalOf(() => vault.get('a'))).toBe('VAULT_DAMAGED');
    vi.restoreAllMocks();
    expect(await vault.get('a')).toBe('text');
  });

  it('VI3 something that is no text, and a database that is no vault, are not taken for one', async () => {
    const name = unusedName();
    const vault = indexedDbVault({ name });
    await vault.put('a', 'text');
    const db = await openElsewhere(name, 1);
    const transaction = db.transaction('entries', 'readwrite');
    transaction.objectStore('entries').put({ not: 'a text' }, 'b');
    await new Promise((resolve) => transaction.addEventListener('complete', resolve));
    db.close();
    expect(await refusalOf(() => vault.get('b'))).toBe('VAULT_DAMAGED');
    const foreign = unusedName();
    (await openElsewhere(foreign, 1)).close();
    const other = indexedDbVault({ name: foreign });
    expect(await other.list('').catch((error: unknown) => error)).toEqual(unavailable('foreign', 'permanent'));
  });

  it('VI3 a newer version of the library gets the database, and this page is told to load anew', async () => {
    const name = unusedName();
    const vault = indexedDbVault({ name });
    await vault.put('a', 'text');
    // Waits until every older page has let go of it.
    const newer = await openElsewhere(name, 2);
    expect(await vault.put('a', 'new').catch((error: unknown) => error)).toEqual(unavailable('newer', 'permanent'));
    newer.close();
  });

  it('VI3 a page without room is told so, and what is there stays', async () => {
    const vault = indexedDbVault({ name: unusedName() });
    await vault.put('a', 'text');
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    expect(await vault.put('a', 'new').catch((error: unknown) => error)).toEqual(unavailable('full', 'transient'));
    expect(await vault.get('a')).toBe('text');
  });

  it('VI4 every write is a transaction of strict durability, and acknowledged when it is complete', async () => {
    const events: string[] = [];
    const begin = IDBDatabase.prototype.transaction;
    vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, ...args) {
      const transaction = begin.apply(this, args);
      if (transaction.mode !== 'readwrite') return transaction;
      events.push(transaction.durability);
      transaction.addEventListener('complete', () => events.push('complete'));
      return transaction;
    });
    const vault = indexedDbVault({ name: unusedName() });
    for (const operation of ['put', 'putIfAbsent', 'remove', 'whileAbsent']) {
      events.length = 0;
      await calls(vault)[operation]?.();
      events.push('acknowledged');
      expect({ operation, events }).toEqual({ operation, events: ['strict', 'complete', 'acknowledged'] });
    }
  });

  it('VI5 asks the browser, once and without waiting, to keep what it holds; one that knows no such thing is no fault', async () => {
    const persist = vi.fn(() => new Promise<boolean>(() => {}));
    vi.stubGlobal('navigator', { storage: { persist } });
    const vault = indexedDbVault({ name: unusedName() });
    await vault.get('a');
    expect(persist).not.toHaveBeenCalled();
    await vault.put('a', 'text');
    await vault.put('b', 'text');
    expect(persist).toHaveBeenCalledTimes(1);
    persist.mockRejectedValue(new DOMException('denied', 'SecurityError') as never);
    await indexedDbVault({ name: unusedName() }).put('a', 'text');
    expect(persist).toHaveBeenCalledTimes(2);
    vi.stubGlobal('navigator', {});
    const without = indexedDbVault({ name: unusedName() });
    await without.put('a', 'text');
    expect(await without.get('a')).toBe('text');
  });

  it('VI6 an answer that is older than the browser’s patience is not acted upon', async () => {
    const vault = indexedDbVault({ name: unusedName() });
    await vault.put('a', 'text');
    const times = [0, 70_000, 70_000, 70_010];
    const now = vi.spyOn(performance, 'now').mockImplementation(() => times.shift() ?? 70_020);
    const asked = vi.spyOn(IDBObjectStore.prototype, 'getKey');
    const actions: number[] = [];
    await vault.whileAbsent?.('journal/1', () => void actions.push(asked.mock.calls.length));
    now.mockRestore();
    expect(actions).toEqual([2]);
  });

  it('VI6 an action that has been done is told, whatever becomes of the transaction, and not done again', async () => {
    const vault = indexedDbVault({ name: unusedName() });
    await vault.put('a', 'text');
    const begin = IDBDatabase.prototype.transaction;
    const transactions: IDBTransaction[] = [];
    vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, ...args) {
      const transaction = begin.apply(this, args);
      transactions.push(transaction);
      return transaction;
    });
    let actions = 0;
    const outcome = await vault.whileAbsent?.('journal/1', () => {
      actions += 1;
      transactions.at(-1)?.abort();
      return actions;
    });
    expect([outcome, actions]).toEqual([{ status: 'absent', result: 1 }, 1]);
  });
});
