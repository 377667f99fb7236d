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
}

/**
 * A cell that holds `initial`.
 * @param whileListened is called when the first one begins to listen; what it returns, when the last one has stopped
 */
export function createCell<T extends object>(initial: T, whileListened: () => () => void): Cell<T> {
  let value = initial;
  let stop: () => void;
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
      listeners.add(listener);
      if (listeners.size === 1) stop = whileListened();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) stop();
      };
    },
  };
}
