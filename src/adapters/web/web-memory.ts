import type { MemoryPort } from '../../ports/memory.ts';

/** What Chromium tells of the page's heap, in bytes. */
interface HeapReading {
  readonly usedJSHeapSize: number;
  readonly jsHeapSizeLimit: number;
}

/**
 * The part of the page's heap limit that is in use, where the browser tells it (`performance.memory`, Chromium); `null`
 * elsewhere, which never counts as pressure. The reading may be coarse and some seconds old.
 */
export function webMemory(): MemoryPort {
  return {
    async usage() {
      const { memory } = globalThis.performance as { readonly memory?: HeapReading };
      if (memory === undefined || !(memory.jsHeapSizeLimit > 0)) return null;
      return Math.min(1, Math.max(0, memory.usedJSHeapSize / memory.jsHeapSizeLimit));
    },
  };
}
