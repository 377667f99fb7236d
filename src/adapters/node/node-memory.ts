import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import type { MemoryPort } from '../../ports/memory.ts';

/** What is known of the memory, in bytes; `null` where it cannot be told. */
export interface MemoryReading {
  readonly heapUsed: number;
  readonly heapLimit: number;
  /** What the system could still give, and what there is altogether, within the limit of a container if there is one. */
  readonly systemAvailable: number | null;
  readonly systemTotal: number;
}

/** The larger of the used parts of heap and system, from 0 to 1, or `null` when neither is known. */
export function usedPart(reading: MemoryReading): number | null {
  const { heapUsed, heapLimit, systemAvailable, systemTotal } = reading;
  const parts = [
    heapLimit > 0 ? heapUsed / heapLimit : null,
    systemAvailable !== null && systemTotal > 0 ? 1 - systemAvailable / systemTotal : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : Math.min(1, Math.max(0, ...parts));
}

/** A limit that is no limit is reported as 0, or as more than the machine has. */
const systemMemory = (): number => {
  const limit = process.constrainedMemory?.() ?? 0;
  return limit > 0 && limit < totalmem() ? limit : totalmem();
};

/**
 * On macOS the number counts only pages that nobody has ever used, so that a machine at rest looks full: there the heap
 * alone is watched.
 */
const availableMemory = (): number | null =>
  process.platform === 'darwin' ? null : (process.availableMemory?.() ?? null);

/**
 * The memory of this process: the larger of what its heap uses of the heap's limit, and what the system (or the
 * container) uses of what there is. Older versions of Node know the heap only.
 */
export function nodeMemory(): MemoryPort {
  return {
    async usage() {
      const { used_heap_size: heapUsed, heap_size_limit: heapLimit } = getHeapStatistics();
      return usedPart({ heapUsed, heapLimit, systemAvailable: availableMemory(), systemTotal: systemMemory() });
    },
  };
}
