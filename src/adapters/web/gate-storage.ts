import { StorageError } from '../../errors.ts';
import type { ClockPort } from '../../ports/clock.ts';
import type { OperationsPort } from '../../ports/operations.ts';
import { OWN_KEY_PREFIX } from '../../ports/own-keys.ts';
import { createGate, type Gate } from './gate.ts';
import { createRoster } from './gate-roster.ts';
import { createGateTabs, type GateChannel, type GateOrders, type GateTabs } from './gate-tabs.ts';
import { pageClock } from './page-clock.ts';
import { accessTo } from './storage-access.ts';

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

/**
 * Why a tab should be loaded anew.
 * - `dataChanged`: a run in another tab has changed what is stored, and this one's stores hold what was there before.
 * - `holderGone`: the tab that carried a run out has died. Whoever starts next, and calls `recover()`, finishes it.
 */
export type ReloadReason = 'dataChanged' | 'holderGone';

/** How the gate gets on with those of other tabs. */
export interface GateTabsOptions {
  /** Gates of the same name close together. Default `backpedal`. */
  readonly name?: string;
  /**
   * What they talk over. Default a `BroadcastChannel` in a page; `null` where there is none, and for a gate that keeps
   * to its own tab.
   */
  readonly channel?: GateChannel | null;
  /** By which they know that they live. Default the browser's, if it has any. */
  readonly locks?: LockManager | null;
  /** Milliseconds for which tabs that do not answer, frozen ones say, are waited for. Default 2,000. */
  readonly patience?: number;
  readonly clock?: Pick<ClockPort, 'sleep'>;
}

/** Options of `gateStorage`. */
export interface GateOptions {
  /** `closed`: until `operations.resume()`, which the client calls when recovery is done (hazard H30). */
  readonly initially: 'closed' | 'open';
  /** Told of every write that is refused, before the error is thrown. Not given the value. */
  readonly onRefused?: (key: string) => void;
  /** The other tabs; default all gates of this origin. */
  readonly tabs?: GateTabsOptions;
  /** Told when another tab's run closes this one's gate: `monitorRollback` shows how that run gets on. */
  readonly onClosed?: () => void;
  /**
   * Told that this tab should be loaded anew; until it is, its gate stays closed, so that it overwrites nothing.
   * `() => location.reload()` does, or a message with a button, where people may have something half written. The tab
   * that carries the run out is not told: its run's result is.
   */
  readonly onReload?: (reason: ReloadReason) => void;
  /**
   * Told of the tabs, by identifiers that mean nothing else, that have not acknowledged in time that their gates are
   * closed. The run goes on: what they write late is found and kept.
   */
  readonly onUnacknowledged?: (tabs: readonly string[]) => void;
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

const OURS = 'this tab';
const STALE = 'what this tab has read before';
const PATIENCE = 2000;

/** What is known of the stores behind a gate: whether they hold anything that may be out of date. */
interface Use {
  hasBegun: boolean;
}

function gatedSides(target: SynchronousStorage, gate: Gate, use: Use, onRefused: GateOptions['onRefused']) {
  const refuseIfClosed = (key: string): void => {
    if (gate.state() === 'open') return;
    onRefused?.(key);
    throw new StorageError(
      'STORAGE_CLOSED',
      `The key ${JSON.stringify(key)} was not written: a migration or rollback is moving the data. Try again when it has ended.`,
      { details: { key }, persistence: 'transient' },
    );
  };
  const storage: SynchronousStorage = {
    getItem(key) {
      use.hasBegun = true;
      return target.getItem(key);
    },
    setItem(key, value) {
      refuseIfClosed(key);
      use.hasBegun = true;
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
      return storage.getItem(key);
    },
    setItem: async (key, value) => storage.setItem(key, value),
    removeItem: async (key) => storage.removeItem(key),
  };
  return { storage, asyncStorage };
}

/** The keys of backpedal's own, which every burst changes; `null` for a storage that cannot list its keys. */
function stampOf(target: SynchronousStorage): string | null {
  const { key, length } = target as Partial<Storage>;
  if (typeof key !== 'function' || typeof length !== 'number') return null;
  const access = accessTo(target as Storage);
  const own = access.keys().filter((name) => name.startsWith(OWN_KEY_PREFIX));
  return JSON.stringify(own.sort().map((name) => [name, access.get(name)]));
}

/** What this tab does when another one tells it something. */
function ordersOf(gate: Gate, use: Use, { onClosed, onReload }: GateOptions): GateOrders {
  const reload = (reason: ReloadReason): void => {
    // Stores that have read nothing yet hold nothing that is out of date.
    if (!use.hasBegun && reason === 'dataChanged') return;
    gate.close(STALE);
    onReload?.(reason);
  };
  return {
    close(tab) {
      const before = gate.state();
      gate.close(tab);
      if (before === 'open') onClosed?.();
    },
    open(tab, data) {
      if (data === 'changed') reload('dataChanged');
      gate.open(tab);
    },
    holderGone(tab) {
      reload('holderGone');
      gate.open(tab);
    },
  };
}

const newTabId = (): string =>
  [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** A channel in a page; a server that renders it has nobody to talk to. */
const ownChannel = (name: string): GateChannel | null =>
  typeof document === 'undefined' || typeof BroadcastChannel !== 'function'
    ? null
    : new BroadcastChannel(`backpedal-gate:${name}`);

const ownLocks = (): LockManager | null =>
  (globalThis as { readonly navigator?: { readonly locks?: LockManager } }).navigator?.locks ?? null;

function joinOthers(target: SynchronousStorage, gate: Gate, use: Use, options: GateOptions): GateTabs | null {
  const { name = 'backpedal', patience = PATIENCE, clock = pageClock, locks = ownLocks() } = options.tabs ?? {};
  const { channel = ownChannel(name) } = options.tabs ?? {};
  if (channel === null) return null;
  const own = newTabId();
  const tabs = createGateTabs({
    own,
    channel,
    roster: createRoster(name, own, locks),
    clock,
    patience,
    orders: ordersOf(gate, use, options),
    stamp: () => stampOf(target),
    onUnacknowledged: (silent) => options.onUnacknowledged?.(silent),
  });
  tabs.greet();
  globalThis.addEventListener?.('pagehide', tabs.leave);
  // A page that comes back out of the browser's cache has been taken for gone.
  globalThis.addEventListener?.('pageshow', (event) => {
    if ((event as PageTransitionEvent).persisted) tabs.greet();
  });
  return tabs;
}

/**
 * What the app's own stores write through, so that they stand still while a run moves their data, in this tab and in
 * all others of the same origin that have such a gate. A write is either carried out at once or refused at once, so when
 * `operations.stop()` resolves none is under way.
 *
 *     const gate = gateStorage(localStorage, { initially: 'closed', onReload: () => location.reload() });
 *     const backpedal = createBackpedal({ …, operations: gate.operations });
 *     // zustand: hydrates when recovery is done
 *     persist(…, { name: 'task-store', storage: createJSONStorage(() => gate.asyncStorage) });
 *     // redux-persist: `gate.asyncStorage` is such a storage
 *     persistReducer({ key: 'root', storage: gate.asyncStorage }, reducer);
 *     // plain use, after `await backpedal.recover()`
 *     gate.storage.setItem('draft:1', text);
 *
 * Tabs tell each other to close, wait a bounded time for each to acknowledge it, and are told to load anew when the run
 * has changed data. A tab that is frozen cannot acknowledge: `onUnacknowledged` names it.
 */
export function gateStorage(target: SynchronousStorage, options: GateOptions): GatedStorage {
  const gate = createGate(options.initially === 'closed' ? [OURS] : []);
  const use: Use = { hasBegun: false };
  const tabs = joinOthers(target, gate, use, options);
  return {
    ...gatedSides(target, gate, use, options.onRefused),
    operations: {
      async stop() {
        gate.close(OURS);
        await tabs?.close();
      },
      async resume() {
        gate.open(OURS);
        tabs?.open();
      },
    },
  };
}
