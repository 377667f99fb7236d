import { describe, expect, it } from 'vitest';
import type { StorageWrite } from '../../src/ports/storage.ts';
import { memoryStorage } from '../../src/testing/memory-storage.ts';

const always = (): boolean => true;
const content = (pairs: [string, string][]): Record<string, string> => Object.fromEntries(pairs);
const burst: readonly StorageWrite[] = [
  { key: 'a', value: 'uno', expect: ['one'] },
  { key: 'b', value: null, expect: ['two'] },
  { key: 'c', value: 'tre', expect: [null] },
];

describe('crashes of memoryStorage', () => {
  const afterCrash = async (survival: 'none' | 'all' | { prefix: number }): Promise<Record<string, string>> => {
    const storage = memoryStorage({ entries: { a: 'one', b: 'two' } });
    await storage.write(burst, always);
    expect(content(storage.durable())).toEqual({ a: 'one', b: 'two' });
    expect(storage.unflushed()).toBe(3);
    storage.crash(survival);
    expect(storage.entries()).toEqual(storage.durable());
    expect(storage.unflushed()).toBe(0);
    return content(storage.entries());
  };

  it('ST12 none of the writes may survive, or all of them', async () => {
    expect(await afterCrash('none')).toEqual({ a: 'one', b: 'two' });
    expect(await afterCrash('all')).toEqual({ a: 'uno', c: 'tre' });
  });

  it('ST12 the writes that survive are the oldest', async () => {
    expect(await afterCrash({ prefix: 0 })).toEqual({ a: 'one', b: 'two' });
    expect(await afterCrash({ prefix: 1 })).toEqual({ a: 'uno', b: 'two' });
    expect(await afterCrash({ prefix: 2 })).toEqual({ a: 'uno' });
    expect(await afterCrash({ prefix: 3 })).toEqual({ a: 'uno', c: 'tre' });
  });

  it('ST12 what was flushed survives, the app’s own writes included', () => {
    const storage = memoryStorage({ entries: { a: 'one', b: 'two' } });
    storage.setItem('a', 'uno');
    storage.removeItem('b');
    storage.flush();
    storage.setItem('a', 'un');
    storage.clear();
    expect(storage.entries()).toEqual([]);
    storage.crash('none');
    expect(storage.entries()).toEqual([['a', 'uno']]);
  });

  it('ST5 a key that holds its target is not written again', async () => {
    const storage = memoryStorage({ entries: { a: 'uno', b: 'two' } });
    await storage.write(burst, always);
    expect(storage.unflushed()).toBe(2);
  });

  it('ST6 permission is asked right before the first write', async () => {
    const storage = memoryStorage({ entries: { a: 'one', b: 'two' } });
    const seen: [string, string][][] = [];
    await storage.write(burst, () => {
      seen.push(storage.entries());
      return true;
    });
    expect(seen.map(content)).toEqual([{ a: 'one', b: 'two' }]);
  });
});

describe('refusals of memoryStorage', () => {
  it('ST13 a set beyond the capacity leaves the old value; shrinking and removing always work', () => {
    const storage = memoryStorage({ entries: { a: '12345678' }, capacity: 10 });
    expect(() => storage.setItem('a', '1234567890')).toThrow(DOMException);
    expect(storage.getItem('a')).toBe('12345678');
    expect(() => storage.setItem('bc', '')).toThrow(/quota/i);
    storage.setItem('b', '');
    storage.setItem('a', '1');
    storage.removeItem('b');
    expect(storage.entries()).toEqual([['a', '1']]);
  });

  for (const index of [0, 1]) {
    it(`ST7 a refusal of set ${index} puts back what was written before it`, async () => {
      const storage = memoryStorage({ entries: { a: 'one', b: 'two' } });
      storage.refuseSet(index, 'once');
      await expect(storage.write(burst, always)).rejects.toMatchObject({ code: 'STORAGE_QUOTA' });
      expect(content(storage.entries())).toEqual({ a: 'one', b: 'two' });
      expect(await storage.write(burst, always)).toEqual({ status: 'written' });
    });
  }

  it('ST14 when putting back is refused, the error names the keys that hold a mixture', async () => {
    const storage = memoryStorage({ entries: { a: 'one', b: 'two' } });
    storage.refuseSet(1, 'always');
    await expect(storage.write(burst, always)).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
      details: { keys: ['b', 'a'] },
    });
    expect(content(storage.entries())).toEqual({ a: 'uno' });
  });
});

describe('processes on one memoryStorage', () => {
  it('ST15 a process that died in the middle of a call has no effect and sees no end', async () => {
    const death = new AbortController();
    const storage = memoryStorage({ entries: { a: 'one', b: 'two' }, faults: { before: () => death.abort() } });
    let ended = 'no';
    const call = storage.open(death.signal).write(burst, always);
    void call.finally(() => {
      ended = 'yes';
    });
    await storage.write([{ key: 'z', value: 'last', expect: [null] }], always);
    expect(content(storage.entries())).toEqual({ a: 'one', b: 'two', z: 'last' });
    expect(ended).toBe('no');
  });

  it('ST15 a crash ends the processes of before, and the storage can be opened anew', async () => {
    const storage = memoryStorage({ entries: { a: 'one', b: 'two' } });
    const before = storage.open(new AbortController().signal);
    storage.crash('none');
    let ended = 'no';
    void before.write(burst, always).finally(() => {
      ended = 'yes';
    });
    const after = storage.open(new AbortController().signal);
    expect(await after.write(burst, always)).toEqual({ status: 'written' });
    expect(ended).toBe('no');
  });

  it('ST9 without a limit there is no room to tell', async () => {
    expect(await memoryStorage({ capacity: Number.POSITIVE_INFINITY }).room()).toBeNull();
    expect(await memoryStorage({ entries: { ab: 'c' } }).room()).toEqual({ capacity: 5_242_880, used: 3 });
  });
});
