/** What React reads from outside of it. */
export interface ExternalStore<T> {
  readonly getSnapshot: () => T;
  /** What servers render. */
  readonly getServerSnapshot: () => T;
  readonly subscribe: (listener: () => void) => () => void;
}

/** A value that tells its listeners when it was changed. */
export interface Cell<T> {
  readonly get: () => T;
  readonly change: (part: Partial<T>) => void;
  /** Calls everybody who listens. */
  readonly tell: () => void;
  readonly subscribe: (listener: () => void) => () => void;
  readonly hasListeners: () => boolean;
}

/** A cell that holds `initial`. */
export function createCell<T extends object>(initial: T): Cell<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of [...listeners]) listener();
  };
  return {
    get: () => value,
    change: (part) => {
      value = { ...value, ...part };
      tell();
    },
    tell,
    subscribe: (listener) => {
      // Two that pass the same function are still two.
      const own = (): void => listener();
      listeners.add(own);
      return () => listeners.delete(own);
    },
    hasListeners: () => listeners.size > 0,
  };
}
