import { afterEach, describe, expect, it, vi } from 'vitest';
import { webStorage } from '../../../src/adapters/web/index.ts';
import type { StoragePort, StorageWrite } from '../../../src/ports/storage.ts';
import { refusalOf } from '../../../src/testing/contract-subject.ts';
import { browserWorld, FOREIGN, found, isRestored, OWNED, rowsIn } from './browser-world.ts';
import { BROWSER_QUOTA, fillUp } from './fill-up.ts';

const always = (): boolean => true;
const setting = (key: string, value: string): StorageWrite => ({ key, value, expect: [null] });

afterEach(() => {
  vi.restoreAllMocks();
  localStorage.clear();
});

describe('localStorage', () => {
  it('WS1 is told apart from what cannot be used, with what to do about it', async () => {
    const denied = vi.spyOn(window, 'localStorage', 'get').mockImplementation(() => {
      throw new DOMException('Access is denied for this document.', 'SecurityError');
    });
    const storage = webStorage();
    const calls: (() => Promise<unknown>)[] = [
      () => storage.keys(),
      () => storage.read(['a']),
      () => storage.write([setting('a', 'one')], always),
      () => storage.room(),
    ];
    for (const call of calls) expect(await refusalOf(call)).toBe('STORAGE_DENIED');
    denied.mockReturnValue(null as never);
    for (const call of calls) expect(await refusalOf(call)).toBe('STORAGE_UNAVAILABLE');
    denied.mockRestore();
    await storage.write([setting('a', 'one')], always);
    expect(localStorage.getItem('a')).toBe('one');
  });

  it('WS1 is looked up when it is used, and is this page’s', async () => {
    const get = vi.spyOn(window, 'localStorage', 'get');
    const storage = webStorage();
    expect(get).not.toHaveBeenCalled();
    expect([storage.origin, storage.failureDomain]).toEqual([location.origin, 'browser-profile']);
    expect(webStorage({ origin: 'https://app.example', failureDomain: 'x' })).toMatchObject({
      origin: 'https://app.example',
      failureDomain: 'x',
    });
  });

  it('WS2 is full when the browser says so, and a burst that is refused leaves everything as it was', async () => {
    localStorage.clear();
    localStorage.setItem('a', 'one');
    const storage = webStorage();
    fillUp(20);
    expect(await storage.room()).toEqual({ capacity: BROWSER_QUOTA, used: BROWSER_QUOTA - 20 });
    const writes = [
      { key: 'a', value: null, expect: ['one'] },
      setting('b', 'x'.repeat(10)),
      setting('c', 'x'.repeat(13)),
    ];
    expect(await refusalOf(() => storage.write(writes, always))).toBe('STORAGE_QUOTA');
    expect(
      found([
        ['a', ''],
        ['b', ''],
        ['c', ''],
      ]),
    ).toEqual([
      ['a', 'one'],
      ['b', null],
      ['c', null],
    ]);
    expect(await storage.write([...writes.slice(0, 2), setting('c', 'x'.repeat(12))], always)).toEqual({
      status: 'written',
    });
    expect(await storage.room()).toEqual({ capacity: BROWSER_QUOTA, used: BROWSER_QUOTA });
    expect(await webStorage({ capacity: Number.POSITIVE_INFINITY }).room()).toBe(null);
  });

  it('WS2 names the keys that it could not put back', async () => {
    localStorage.setItem('a', 'one');
    const real = Storage.prototype.setItem;
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(function (this: Storage, key, value) {
      if (key === 'b' || value === 'one') throw new DOMException('full', 'QuotaExceededError');
      real.call(this, key, value);
    });
    const writes = [{ key: 'a', value: 'uno', expect: ['one'] }, setting('b', 'due')];
    const failure = await webStorage()
      .write(writes, always)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'STORAGE_UNAVAILABLE', details: { keys: ['a'] } });
  });

  it('WS3 keys named like methods of a Storage survive a migration and a rollback', async () => {
    const world = browserWorld();
    localStorage.setItem('getItem', 'somebody’s');
    localStorage.setItem('setItem', 'somebody else’s');
    const client = world.open();
    expect((await client.migrate()).outcome).toBe('migrated');
    expect((await client.rollback({ reason: 'USER_REQUEST' })).outcome).toBe('rolledBack');
    expect(found([...OWNED, ...FOREIGN])).toEqual([...OWNED, ...FOREIGN]);
    expect([localStorage.getItem('getItem'), localStorage.getItem('setItem')]).toEqual([
      'somebody’s',
      'somebody else’s',
    ]);
  });
});

/** The storage of a tab beside which another one fills up all but so many units right before each burst. */
function crowded(room: () => number): StoragePort {
  const storage = webStorage();
  return {
    ...storage,
    origin: storage.origin,
    write: (writes, permitted, fence) => {
      if (writes.some(({ value }) => value !== null && value.length > 20)) fillUp(room());
      return storage.write(writes, permitted, fence);
    },
  };
}

describe('what other pages write', () => {
  it('WS8 is told as the browser tells it, of this storage only, until nobody listens', async () => {
    const frame = document.createElement('iframe');
    document.body.append(frame);
    const other = frame.contentWindow as Window;
    const told: [string, string | null][] = [];
    const stop = webStorage().observe?.((key, value) => told.push([key, value]));
    other.sessionStorage.setItem('a', 'of another storage');
    other.localStorage.setItem('a', 'one');
    other.localStorage.removeItem('a');
    localStorage.setItem('a', 'our own');
    await vi.waitUntil(() => told.length === 2);
    stop?.();
    const heard = new Promise((resolve) => window.addEventListener('storage', resolve, { once: true }));
    other.localStorage.setItem('a', 'two');
    await heard;
    expect(told).toEqual([
      ['a', 'one'],
      ['a', null],
    ]);
    other.sessionStorage.clear();
    frame.remove();
  });
});

describe('a rollback into a storage that is full', () => {
  it('WS4 ends rolledBack or unchanged, whichever key is the first that does not fit', async () => {
    const ends: string[] = [];
    for (let fitting = 0; ; fitting += 1) {
      const world = browserWorld();
      await world.open().migrate();
      // Form data that was damaged is restored as well: more keys.
      for (const [key] of OWNED) localStorage.removeItem(key);
      const sizes = OWNED.map(([key, value]) => key.length + value.length);
      const room = sizes.slice(0, fitting).reduce((sum, size) => sum + size, 0) + (fitting > sizes.length ? 1000 : 0);
      const { outcome } = await world.open({ storage: crowded(() => room) }).rollback({ reason: 'USER_REQUEST' });
      ends.push(outcome);
      localStorage.removeItem('ballast');
      expect(found(FOREIGN)).toEqual(FOREIGN);
      if (outcome === 'rolledBack') expect([isRestored(), rowsIn(world)]).toEqual([true, []]);
      else expect([outcome, rowsIn(world).length]).toEqual(['unchanged', 5]);
      if (outcome === 'unchanged') {
        // With room it goes through.
        expect((await world.open().rollback({ reason: 'USER_REQUEST' })).outcome).toBe('rolledBack');
        expect(isRestored()).toBe(true);
      }
      if (fitting > sizes.length) break;
    }
    expect(ends.length).toBe(OWNED.length + 2);
    expect([ends[0], ends.at(-1)]).toEqual(['unchanged', 'rolledBack']);
  });
});

/** A storage that the user clears right before its n-th operation. */
function clearedAt(n: number) {
  const storage = webStorage();
  let calls = 0;
  const operations: string[] = [];
  const port = new Proxy(storage, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        operations.push(String(name));
        calls += 1;
        if (calls === n) localStorage.clear();
        return Reflect.apply(member, target, args);
      };
    },
  });
  return { port, operations };
}

describe('a storage that the user clears', () => {
  it('WS5 in the middle of a rollback, at any operation: it is never called a success without the data', async () => {
    let operations = 1;
    for (let n = 1; n <= operations; n += 1) {
      const world = browserWorld();
      await world.open().migrate();
      const cleared = clearedAt(n);
      const result = await world.open({ storage: cleared.port }).rollback({ reason: 'USER_REQUEST' });
      operations = Math.max(operations, cleared.operations.length);
      const lastLook = cleared.operations.lastIndexOf('read') + 1;
      if (result.outcome === 'rolledBack' && n <= lastLook - 1)
        expect({ n, is: isRestored() }).toEqual({ n, is: true });
      if (result.outcome === 'unchanged') expect({ n, rows: rowsIn(world).length }).toEqual({ n, rows: 5 });
      const [backup] = await world.open().backups.list();
      expect(await world.open().backups.verify(backup?.id ?? '')).toMatchObject({ valid: true });
    }
    expect(operations).toBeGreaterThan(8);
  });

  it('WS6 by logging out after a rollback: a new start brings nothing back unasked', async () => {
    const world = browserWorld();
    await world.open().migrate();
    await world.open().rollback({ reason: 'USER_REQUEST' });
    localStorage.clear();
    const next = world.open();
    expect((await next.recover()).action).toBe('waiting');
    expect(next.getSnapshot().question).toMatchObject({
      question: 'emptiedStorage',
      choices: ['restore', 'keepEmpty'],
    });
    expect(localStorage.length).toBe(0);
    await next.decide({ question: 'emptiedStorage', choice: 'keepEmpty' });
    await vi.waitUntil(() => next.getSnapshot().question === null);
    for (let start = 0; start < 3; start += 1) expect((await world.open().recover()).action).not.toBe('waiting');
    expect(OWNED.filter(([key]) => localStorage.getItem(key) !== null)).toEqual([]);
  });

  it('WS6 and brings it back where the user asks for it', async () => {
    const world = browserWorld();
    await world.open().migrate();
    await world.open().rollback({ reason: 'USER_REQUEST' });
    localStorage.clear();
    const next = world.open();
    await next.recover();
    await next.decide({ question: 'emptiedStorage', choice: 'restore' });
    await vi.waitUntil(isRestored);
    expect(found(FOREIGN)).toEqual(FOREIGN.map(([key]) => [key, null]));
  });
});
