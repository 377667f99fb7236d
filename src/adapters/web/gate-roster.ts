/** Which other tabs have a gate, and whether one of them is still alive. */
export interface GateRoster {
  /** Whether this tab holds a lock by which the others can tell that it lives; resolves once that is known. */
  readonly watched: Promise<boolean>;
  /** A tab has made itself heard. */
  heard(id: string): void;
  /** A tab has said that it goes away, or does not answer. */
  left(id: string): void;
  /** The other tabs that live; frozen ones, too, where there are Web Locks. */
  others(): Promise<readonly string[]>;
  /** Calls `gone` when that tab has died, where there are Web Locks; gives a function that stops watching. */
  watch(id: string, gone: () => void): () => void;
}

/** Held as long as the page lives: browsers give back the locks of pages that die. */
function holdForLife(locks: LockManager, name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const held = locks.request(name, () => {
      resolve(true);
      return new Promise<never>(() => {});
    });
    // Denied to this page, which is then known by what it says.
    held.catch(() => resolve(false));
  });
}

/** The roster of the gates of this name: by Web Locks where there are any, or else by what was heard. */
export function createRoster(name: string, own: string, locks: LockManager | null): GateRoster {
  const known = new Set<string>();
  const lockOf = (id: string): string => `backpedal-gate:${name}:${id}`;
  const watched = locks === null ? Promise.resolve(false) : holdForLife(locks, lockOf(own));

  async function living(): Promise<readonly string[]> {
    if (locks === null || !(await watched)) return [...known];
    const { held = [] } = await locks.query();
    const prefix = lockOf('');
    return held.flatMap(({ name: lock = '' }) => (lock.startsWith(prefix) ? [lock.slice(prefix.length)] : []));
  }

  return {
    watched,
    heard: (id) => void known.add(id),
    left: (id) => void known.delete(id),
    others: async () => (await living()).filter((id) => id !== own),
    watch(id, gone) {
      if (locks === null) return () => {};
      const { signal, ...watching } = abortable();
      const given = locks.request(lockOf(id), { mode: 'shared', signal }, () => {
        if (!signal.aborted) gone();
      });
      // Not watched any longer, or denied to this page: then what that tab says is all there is to go by.
      given.catch(() => {});
      return watching.abort;
    },
  };
}

function abortable(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
