import { StorageError } from '../../errors.ts';
import type { OperationsPort } from '../../ports/operations.ts';

/** What the gate needs of a storage; `localStorage` and `sessionStorage` have it. */
export interface SynchronousStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** The same with promises, as stores that hydrate asynchronously want it. */
export interface AsynchronousStorage {
  getItem(key: string): Promise<string | null>;
  setItem(key: string, value: string): Promise<void>;
  removeItem(key: string): Promise<void>;
}

/** Options of `gateStorage`. */
export interface GateOptions {
  /** `closed`: until `operations.resume()`, which the client calls when recovery is done (hazard H30). */
  readonly initially: 'closed' | 'open';
  /** Told of every write that is refused, before the error is thrown. Not given the value. */
  readonly onRefused?: (key: string) => void;
}

/** A storage with a gate in front of it. */
export interface GatedStorage {
  /**
   * For synchronous stores. Writes are refused while the gate is closed (`STORAGE_CLOSED`); reads pass, so mount such
   * stores after `recover()`, or they begin with what recovery is about to replace.
   */
  readonly storage: SynchronousStorage;
  /** For stores that can wait: reads resolve once the gate is open; writes are refused while it is closed. */
  readonly asyncStorage: AsynchronousStorage;
  /** What `createBackpedal` closes and opens. */
  readonly operations: OperationsPort;
}

interface Gate {
  state(): 'closed' | 'open';
  /** Resolves while the gate is open. */
  opened(): Promise<void>;
  set(state: 'closed' | 'open'): void;
}

function createGate(initially: 'closed' | 'open'): Gate {
  let state = initially;
  let waiting: (() => void)[] = [];
  return {
    state: () => state,
    async opened() {
      // It may have been closed again before whoever waits has had a turn.
      while (state === 'closed') await new Promise<void>((resolve) => waiting.push(resolve));
    },
    set(next) {
      state = next;
      if (next === 'closed') return;
      const resolved = waiting;
      waiting = [];
      for (const resolve of resolved) resolve();
    },
  };
}

/**
 * What the app's own stores write through, so that they stand still while a run moves their data: zustand's `persist`
 * (`createJSONStorage(() => gate.storage)`), redux-persist, or plain use. A write is either carried out at once or
 * refused at once, so when `operations.stop()` resolves none is under way.
 */
export function gateStorage(target: SynchronousStorage, options: GateOptions): GatedStorage {
  const gate = createGate(options.initially);
  const refuseIfClosed = (key: string): void => {
    if (gate.state() === 'open') return;
    options.onRefused?.(key);
    throw new StorageError(
      'STORAGE_CLOSED',
      `The key ${JSON.stringify(key)} was not written: a migration or rollback is moving the data. Try again when it has ended.`,
      { details: { key }, persistence: 'transient' },
    );
  };
  const storage: SynchronousStorage = {
    getItem: (key) => target.getItem(key),
    setItem(key, value) {
      refuseIfClosed(key);
      target.setItem(key, value);
    },
    removeItem(key) {
      refuseIfClosed(key);
      target.removeItem(key);
    },
  };
  const asyncStorage: AsynchronousStorage = {
    async getItem(key) {
      await gate.opened();
      return target.getItem(key);
    },
    setItem: async (key, value) => storage.setItem(key, value),
    removeItem: async (key) => storage.removeItem(key),
  };
  return {
    storage,
    asyncStorage,
    operations: {
      stop: async () => gate.set('closed'),
      resume: async () => gate.set('open'),
    },
  };
}
