import type { Migration } from '../../src/definition/types.ts';
import { createBackpedal, defineMigration } from '../../src/index.ts';
import type { ClockPort } from '../../src/ports/clock.ts';
import type { HeldLock, LockPort } from '../../src/ports/lock.ts';
import type { LoggerPort } from '../../src/ports/logger.ts';
import type { Notification } from '../../src/ports/notify.ts';
import type { SealPort } from '../../src/ports/seal.ts';
import type { VaultPort } from '../../src/ports/vault.ts';
import type { Backpedal } from '../../src/runtime/public-types.ts';
import { sha256 } from '../../src/runtime/text-hash.ts';
import {
  type ManualClock,
  type MemoryCache,
  type MemoryDatabase,
  type MemoryLock,
  type MemoryStorage,
  type MemoryVault,
  manualClock,
  memoryCache,
  memoryDatabase,
  memoryLock,
  memoryStorage,
  memoryVault,
  seededIdentity,
} from '../../src/testing/index.ts';
import { SMALL_DEFINITION, SMALL_STORAGE, smallDatabase } from '../support/run-kit.ts';
import type { Meter } from './numbered-ports.ts';

/** Everything that outlives the processes of an app. */
export interface World {
  readonly migration: Migration;
  readonly clock: ManualClock;
  readonly storage: MemoryStorage;
  readonly vault: MemoryVault;
  readonly database: MemoryDatabase;
  readonly tables: readonly string[];
  readonly cache: MemoryCache;
  readonly lock: MemoryLock;
  readonly notices: Notification[];
  /** The app's writers: `stopped` while a run holds them. */
  readonly operations: { state: 'running' | 'stopped' };
  /** What the vault's entries held before they were last written over. */
  readonly olderTexts: Map<string, string>;
}

// Short budgets, so that little time has to pass until what hangs is given up.
const migration = defineMigration({ ...SMALL_DEFINITION, triggers: { timeout: 20_000 } });
const tables = ['tasks', 'environments', 'comments'];

/** A world in which nothing has happened yet. */
export function createWorld(): World {
  return {
    migration,
    clock: manualClock(),
    storage: memoryStorage({ entries: SMALL_STORAGE }),
    vault: memoryVault(),
    database: smallDatabase(),
    tables,
    cache: memoryCache({ entries: { 'task:a': 'old', 'environment:e1': 'old', 'user:1': 'foreign' } }),
    lock: memoryLock(),
    notices: [],
    operations: { state: 'running' },
    olderTexts: new Map(),
  };
}

/** The same world once more, its processes gone. */
export function cloneWorld(world: World): World {
  const vault = memoryVault();
  for (const [name, text] of world.vault.disk) vault.disk.set(name, text);
  const cached = world.cache.keys().map((key): [string, string] => [key, world.cache.get(key) ?? '']);
  return {
    ...world,
    clock: manualClock({ now: world.clock.now() }),
    storage: memoryStorage({ entries: world.storage.entries() }),
    vault,
    database: memoryDatabase({ store: structuredClone(world.database.store) }),
    cache: memoryCache({ entries: cached }),
    lock: memoryLock(),
    notices: [...world.notices],
    operations: { ...world.operations },
    olderTexts: new Map(world.olderTexts),
  };
}

/** A process of the app. */
export interface Process {
  readonly client: Backpedal;
  kill(): void;
}

const seal: SealPort = {
  sign: async (text) => sha256(`key ${text}`),
  verify: async (text, signed) => signed === (await sha256(`key ${text}`)),
};

const silent: LoggerPort = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** The lock as one port, so that giving back is an operation like the others. */
const flatLock = (base: LockPort) => ({
  acquire: (name: string) => base.acquire(name),
  isHeld: (name: string) => base.isHeld(name),
  release: (held: HeldLock) => held.release(),
});

const lockOf = (flat: ReturnType<typeof flatLock>): LockPort => ({
  acquire: async (wanted) => {
    const held = await flat.acquire(wanted);
    return held === null ? null : { lost: held.lost, release: () => flat.release(held) };
  },
  isHeld: (wanted) => flat.isHeld(wanted),
});

/** The vault, which remembers what was written over, so that it can give it back in a lie. */
function rememberingVault(world: World, base: VaultPort): VaultPort {
  return {
    ...base,
    put: async (name, text) => {
      const older = world.vault.disk.get(name);
      if (older !== undefined) world.olderTexts.set(name, older);
      await base.put(name, text);
    },
  };
}

/** Starts a process whose operations are numbered. */
export function startProcess(world: World, name: string, meter: Meter): Process {
  const death = new AbortController();
  const ticking = new Set<() => void>();
  const clock: ClockPort = {
    now: world.clock.now,
    monotonic: world.clock.monotonic,
    sleep: world.clock.sleep,
    every: (milliseconds, tick) => {
      const stop = world.clock.every(milliseconds, tick);
      ticking.add(stop);
      return stop;
    },
  };
  const client = createBackpedal({
    migration: world.migration,
    storage: meter.watch('storage', world.storage.open(death.signal)),
    database: meter.watch('database', memoryDatabase({ store: world.database.store })),
    vault: meter.watch('vault', rememberingVault(world, world.vault.open(death.signal))),
    cache: meter.watch('cache', {
      invalidate: world.cache.invalidate,
      count: world.cache.count,
    }),
    lock: lockOf(meter.watch('lock', flatLock(world.lock.open(death.signal)))),
    operations: meter.watch('operations', {
      stop: async () => {
        world.operations.state = 'stopped';
      },
      resume: async () => {
        world.operations.state = 'running';
      },
    }),
    seal: meter.watch('seal', seal),
    notify: meter.watch('notify', async (notice: Notification) => void world.notices.push(notice)),
    memory: meter.watch('memory', { usage: async (): Promise<number | null> => 0.1 }),
    clock: meter.watch('clock', clock, ['now', 'monotonic', 'every']),
    identity: meter.watch('identity', seededIdentity(name, { user: 'somebody' })),
    logger: meter.watch('logger', silent),
  });
  return {
    client,
    kill: () => {
      meter.kill();
      death.abort();
      for (const stop of ticking) stop();
    },
  };
}
