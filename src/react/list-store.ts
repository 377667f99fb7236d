import { asFault } from './as-fault.ts';
import { createCell, type ExternalStore } from './cell.ts';
import type { Fault } from './types.ts';

/** A list that the client reads from its vault, as far as it is known. */
export interface ListSnapshot<T> {
  /** `undefined` until it has been read for the first time. */
  readonly items: readonly T[] | undefined;
  /** Whether it is being read. */
  readonly isPending: boolean;
  readonly isError: boolean;
  /** Why it could not be read; what had been read before is kept. */
  readonly error: Fault | undefined;
}

/** A list that is read when the first component shows it, and again when it may have changed. */
export interface ListStore<T> extends ExternalStore<ListSnapshot<T>> {
  readonly refresh: () => Promise<void>;
}

const UNREAD: ListSnapshot<never> = Object.freeze({
  items: undefined,
  isPending: true,
  isError: false,
  error: undefined,
});

/**
 * A list that `read` gives.
 * @param outdated calls its listener whenever the list may have changed
 */
export function createListStore<T>(
  read: () => Promise<readonly T[]>,
  outdated: (listener: () => void) => () => void,
): ListStore<T> {
  const cell = createCell<ListSnapshot<T>>(UNREAD, () => {
    if (reading === null) void refresh();
    return outdated(() => void refresh());
  });
  let reading: Promise<void> | null = null;
  let isOutdated = false;

  const readUntilCurrent = async (): Promise<void> => {
    do {
      isOutdated = false;
      try {
        cell.change({ items: await read(), isError: false, error: undefined });
      } catch (error) {
        cell.change({ isError: true, error: asFault(error) });
      }
    } while (isOutdated);
    reading = null;
    cell.change({ isPending: false });
  };
  const refresh = (): Promise<void> => {
    isOutdated = true;
    if (reading !== null) return reading;
    if (!cell.get().isPending) cell.change({ isPending: true });
    reading = readUntilCurrent();
    return reading;
  };

  return {
    getSnapshot: cell.get,
    getServerSnapshot: () => UNREAD,
    subscribe: cell.subscribe,
    refresh,
  };
}
