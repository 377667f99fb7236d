import type { StorageWrite } from './storage.ts';

/** What a burst means for the storage as it is now. */
export interface BurstPlan {
  /** Keys that the burst names more than once: it contradicts itself (rule ST8). */
  readonly doubled: readonly string[];
  /** Keys that hold something nobody expected (rule ST4). */
  readonly displaced: readonly string[];
  /** The writes that still have to be made, in their order (rule ST5). */
  readonly due: readonly StorageWrite[];
}

/** Compares a burst with what is there; every storage adapter decides by this. */
export function planBurst(writes: readonly StorageWrite[], current: (key: string) => string | null): BurstPlan {
  const seen = new Set<string>();
  const doubled = new Set<string>();
  const displaced: string[] = [];
  const due: StorageWrite[] = [];
  for (const write of writes) {
    if (seen.has(write.key)) doubled.add(write.key);
    seen.add(write.key);
    const found = current(write.key);
    if (found === write.value) continue;
    if (write.expect.includes(found)) due.push(write);
    else displaced.push(write.key);
  }
  return { doubled: [...doubled], displaced, due };
}
