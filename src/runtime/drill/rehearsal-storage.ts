import { StorageError } from '../../errors.ts';
import type { StoragePort } from '../../ports/storage.ts';

/** A copy of a storage in memory; what is written into it the real one never sees. */
export async function rehearsalStorage(real: StoragePort): Promise<StoragePort> {
  const values = new Map<string, string>();
  for (const [key, value] of await real.read(await real.keys())) if (value !== null) values.set(key, value);
  const limit = await real.room();
  const used = (): number => [...values].reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  const start = used();
  const room = () => (limit === null ? null : { capacity: limit.capacity, used: limit.used + used() - start });
  return {
    origin: real.origin,
    failureDomain: 'rehearsal',
    keys: async () => [...values.keys()],
    read: async (keys) => new Map(keys.map((key) => [key, values.get(key) ?? null])),
    room: async () => room(),
    write: async (writes, permitted) => {
      if (!permitted()) return { status: 'notPermitted' };
      const isFree = ({ key, value, expect }: (typeof writes)[number]): boolean => {
        const current = values.get(key) ?? null;
        return current === value || expect.includes(current);
      };
      const displaced = writes.filter((write) => !isFree(write)).map(({ key }) => key);
      if (displaced.length > 0) return { status: 'displaced', keys: displaced };
      const before = new Map(values);
      for (const { key, value } of writes) {
        if (value === null) values.delete(key);
        else values.set(key, value);
      }
      const now = room();
      if (now !== null && now.used > now.capacity) {
        values.clear();
        for (const [key, value] of before) values.set(key, value);
        throw new StorageError('STORAGE_QUOTA', 'The old values would not fit into storage.');
      }
      return { status: 'written' };
    },
  };
}
