import type { StorageRoom } from '../ports/storage.ts';

/** How many of the writes that are not on disk survive a crash, the oldest first. */
export type Survival = 'none' | 'all' | { readonly prefix: number };

/** The content of a storage, on disk and on the way there. */
export interface StorageImage {
  get(key: string): string | null;
  /** Sets, or removes for `null`; refused when it would grow beyond the capacity. */
  set(key: string, value: string | null): 'done' | 'refused';
  clear(): void;
  entries(): [string, string][];
  room(): StorageRoom | null;
  crash(survival: Survival): void;
  crashes(): number;
  flush(): void;
  unflushed(): number;
  durable(): [string, string][];
}

type Change = (image: Map<string, string>) => void;

const sizeOf = (image: ReadonlyMap<string, string>): number => {
  let size = 0;
  for (const [key, value] of image) size += key.length + value.length;
  return size;
};

/** A durable image, what is visible, and the log of writes between the two. */
export function createStorageImage(initial: Iterable<readonly [string, string]>, capacity: number): StorageImage {
  const onDisk = new Map(initial);
  let visible = new Map(onDisk);
  let used = sizeOf(visible);
  let log: Change[] = [];
  let crashes = 0;

  const apply = (change: Change): void => {
    change(visible);
    log.push(change);
  };
  const settle = (changes: readonly Change[]): void => {
    for (const change of changes) change(onDisk);
    log = [];
  };
  return {
    get: (key) => visible.get(key) ?? null,
    set(key, value) {
      const old = visible.get(key);
      const after = used - (old === undefined ? 0 : key.length + old.length);
      if (value === null) {
        if (old === undefined) return 'done';
        apply((image) => image.delete(key));
        used = after;
        return 'done';
      }
      const grown = after + key.length + value.length;
      if (grown > capacity && grown > used) return 'refused';
      apply((image) => image.set(key, value));
      used = grown;
      return 'done';
    },
    clear() {
      apply((image) => image.clear());
      used = 0;
    },
    entries: () => [...visible],
    room: () => (Number.isFinite(capacity) ? { capacity, used } : null),
    crash(survival) {
      const survivors = survival === 'all' ? log.length : survival === 'none' ? 0 : survival.prefix;
      settle(log.slice(0, survivors));
      visible = new Map(onDisk);
      used = sizeOf(visible);
      crashes++;
    },
    crashes: () => crashes,
    flush: () => settle(log),
    unflushed: () => log.length,
    durable: () => [...onDisk],
  };
}
