import type { StorageRoom } from '../ports/storage.ts';

/** A write that is not on disk yet; `null` as value removes the key, and as key empties the storage. */
export interface PendingWrite {
  readonly key: string | null;
  readonly value: string | null;
}

/**
 * Which of the writes that are not on disk survive a crash: so many, the oldest first, or those at these positions. Of
 * the last one that survives only `torn` code units may have reached the disk.
 */
export type Survival =
  | 'none'
  | 'all'
  | { readonly prefix: number; readonly torn?: number }
  | { readonly subset: readonly number[]; readonly torn?: number };

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
  pending(): readonly PendingWrite[];
  durable(): [string, string][];
}

function apply(image: Map<string, string>, { key, value }: PendingWrite): void {
  if (key === null) image.clear();
  else if (value === null) image.delete(key);
  else image.set(key, value);
}

/** The writes of a log that survive. */
function survivors(log: readonly PendingWrite[], survival: Survival): readonly PendingWrite[] {
  if (survival === 'none') return [];
  if (survival === 'all') return log;
  const left =
    'prefix' in survival ? log.slice(0, survival.prefix) : log.filter((_, at) => survival.subset.includes(at));
  const last = left.at(-1);
  if (last === undefined || last.value === null || survival.torn === undefined) return left;
  return [...left.slice(0, -1), { key: last.key, value: last.value.slice(0, survival.torn) }];
}

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
  let log: PendingWrite[] = [];
  let crashes = 0;

  const write = (pending: PendingWrite): void => {
    apply(visible, pending);
    log.push(pending);
  };
  const settle = (writes: readonly PendingWrite[]): void => {
    for (const pending of writes) apply(onDisk, pending);
    log = [];
  };
  return {
    get: (key) => visible.get(key) ?? null,
    set(key, value) {
      const old = visible.get(key);
      const after = used - (old === undefined ? 0 : key.length + old.length);
      if (value === null) {
        if (old === undefined) return 'done';
        write({ key, value });
        used = after;
        return 'done';
      }
      const grown = after + key.length + value.length;
      if (grown > capacity && grown > used) return 'refused';
      write({ key, value });
      used = grown;
      return 'done';
    },
    clear() {
      write({ key: null, value: null });
      used = 0;
    },
    entries: () => [...visible],
    room: () => (Number.isFinite(capacity) ? { capacity, used } : null),
    crash(survival) {
      settle(survivors(log, survival));
      visible = new Map(onDisk);
      used = sizeOf(visible);
      crashes++;
    },
    crashes: () => crashes,
    flush: () => settle(log),
    unflushed: () => log.length,
    pending: () => log,
    durable: () => [...onDisk],
  };
}
