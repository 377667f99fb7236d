import { type Backpedal, createBackpedal, DatabaseError, type Migration, type Notification } from '../../src/index.ts';
import type { ClockPort } from '../../src/ports/clock.ts';
import {
  closedGate,
  type FaultyPort,
  type Gate,
  type ManualClock,
  type MemoryLock,
  memoryDatabase,
  withFaults,
} from '../../src/testing/index.ts';
import { guardedPort } from '../../src/testing/paths/guarded-port.ts';
import { pathOf } from '../charts/playing.ts';
import type { Lasting } from './observe.ts';
import type { Pacer } from './pacer.ts';

/** The ports that can be made to fail, by name. */
export type PortName = 'storage' | 'database' | 'vault' | 'cache' | 'notify';

/** What tabs share. */
export interface TabSetting {
  readonly migration: Migration;
  readonly lasting: Lasting;
  readonly lock: MemoryLock;
  readonly clock: ManualClock;
  readonly pacer: Pacer;
  /** What every call waits for before it is made. */
  readonly delay: () => Promise<void> | null;
  readonly isDatabaseAway: () => boolean;
  /** The part of the memory that is in use, 0 to 1. */
  readonly memory: () => number;
  readonly notified: (notification: Notification) => void;
  /** Told after every call of a port that was answered. */
  readonly called: (port: PortName, operation: string, subject: string) => void;
}

/** A tab of the app: a process with a client of its own. */
export interface Tab {
  readonly name: string;
  readonly client: Backpedal;
  readonly faulty: Readonly<Record<PortName, FaultyPort<object>>>;
  life(): 'open' | 'frozen' | 'gone';
  /** Nothing of it goes on until it is thawed; it does not know. */
  freeze(): void;
  thaw(): void;
  /** Ends at once, in the middle of whatever it does. */
  kill(): void;
}

const AWAY = new DatabaseError('DATABASE_UNAVAILABLE', 'The database does not answer.', { persistence: 'transient' });

/** The state that is entered with the record that a call writes; `null` for any other call. */
function stateEntered(operation: string, [name, text]: readonly unknown[]): string | null {
  if (operation !== 'putIfAbsent' || !/\/journal(\.\d+)?\//.test(String(name))) return null;
  const [, value] = /"snapshot":\{"value":("[^"]+"|\{[^}]+\})/.exec(String(text)) ?? [];
  return value === undefined ? null : (pathOf(JSON.parse(value)).split('.').at(-1) ?? null);
}

/** Tells of every answered call. */
function observed<Port extends object>(port: Port, name: PortName, called: TabSetting['called']): Port {
  const tell = (operation: string, args: readonly unknown[], outcome: unknown): unknown => {
    if (outcome instanceof Promise) {
      outcome.then(
        () => called(name, operation, String(args[0])),
        () => called(name, `${operation} failed`, String(args[0])),
      );
    }
    return outcome;
  };
  return new Proxy(port, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => tell(String(key), args, Reflect.apply(member, target, args));
    },
    apply: (target, self, args: unknown[]) =>
      tell('call', args, Reflect.apply(target as (...all: unknown[]) => unknown, self, args)),
  });
}

/** Time as a tab has it: while it is frozen nothing falls due, and afterwards what had. */
function tabClock(clock: ManualClock, frozen: () => Gate | null, isAlive: () => boolean): ClockPort {
  return {
    now: clock.now,
    monotonic: clock.monotonic,
    sleep: async (milliseconds, signal) => {
      await clock.sleep(milliseconds, signal);
      await frozen()?.opened;
    },
    every: (milliseconds, tick) =>
      clock.every(milliseconds, () => {
        if (frozen() === null && isAlive()) tick();
      }),
  };
}

/** Opens a tab. Identifiers that it makes begin with its name. */
export function openTab(name: string, prefix: string, setting: TabSetting): Tab {
  const { lasting, clock, pacer, called } = setting;
  const death = new AbortController();
  let ice: Gate | null = null;
  const isAlive = (): boolean => !death.signal.aborted;
  const wait = async (ports: readonly (Promise<void> | null)[]): Promise<void> => {
    for (const port of ports) await port;
    while (ice !== null) await ice.opened;
  };
  const guard = {
    isAlive,
    gate: (operation: string, args: readonly unknown[]): Promise<void> | null => {
      const state = stateEntered(operation, args);
      const paced = state !== null && ice === null ? pacer.hold(state) : null;
      const delay = setting.delay();
      return paced === null && delay === null && ice === null ? null : wait([paced, delay]);
    },
  };
  const faulty = {
    storage: withFaults(lasting.storage.open(death.signal)),
    database: withFaults(memoryDatabase({ store: lasting.database.store }), [
      { when: setting.isDatabaseAway, repeat: 'forever', moment: 'before', behaviour: { throws: AWAY } },
    ]),
    vault: withFaults(lasting.vault.open(death.signal)),
    cache: withFaults(lasting.cache),
    notify: withFaults((notification: Notification): Promise<void> => {
      setting.notified(notification);
      return Promise.resolve();
    }),
  };
  const port = <K extends keyof typeof faulty>(key: K): (typeof faulty)[K]['port'] =>
    observed(guardedPort(faulty[key].port as object, guard), key, called) as (typeof faulty)[K]['port'];
  let created = 0;
  const client = createBackpedal({
    migration: setting.migration,
    storage: port('storage'),
    database: port('database'),
    vault: port('vault'),
    cache: port('cache'),
    notify: port('notify'),
    lock: guardedPort(setting.lock.open(death.signal), guard),
    memory: { usage: () => Promise.resolve(setting.memory()) },
    clock: tabClock(clock, () => ice, isAlive),
    identity: {
      user: () => 'ada',
      createId: () => {
        created += 1;
        return `${prefix}-${created}`;
      },
    },
  });
  return {
    name,
    client,
    faulty: faulty as unknown as Tab['faulty'],
    life: () => (isAlive() ? (ice === null ? 'open' : 'frozen') : 'gone'),
    freeze: () => {
      ice ??= closedGate();
    },
    thaw: () => {
      ice?.open();
      ice = null;
    },
    kill: () => death.abort(),
  };
}
