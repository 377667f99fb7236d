import type { OperationsPort } from '../../ports/operations.ts';
import type { BurstFence, StorageWrite } from '../../ports/storage.ts';
import { createBackpedal } from '../../runtime/client.ts';
import type { Backpedal } from '../../runtime/public-types.ts';
import { seededIdentity } from '../seeded-identity.ts';
import { runOfBurst } from './bursts.ts';
import type { Ask } from './database.ts';
import type { Caller, PortName, Scheduler } from './scheduler.ts';
import { SECRET } from './shapes.ts';
import type { World } from './world.ts';

/** A tab or process with a client of its own on the world's stores. */
export interface SimulatedProcess extends Caller {
  readonly client: Backpedal;
  /** What it was asked for and has not answered yet, by name. */
  readonly open: Set<string>;
  /** Whether what it was asked last was refused: then it is on its caller to recover. */
  isRefused: boolean;
  /** Whether the app's writers in it work. */
  writers: 'working' | 'stopped';
}

/** What a process needs of its surroundings. */
export interface ProcessSetting {
  readonly world: World;
  readonly scheduler: Scheduler;
  /** How full the memory is (trigger MEMORY_THRESHOLD above 0.9). */
  readonly memory: () => number;
}

function methods<Port extends object>(port: Port, names: readonly string[], ask: Ask): Port {
  const wrapped: Record<string, unknown> = {};
  for (const name of names) {
    const method = (port as Readonly<Record<string, (...args: unknown[]) => unknown>>)[name] as (
      ...args: unknown[]
    ) => unknown;
    wrapped[name] = (...args: unknown[]) => ask(name, args, () => method.apply(port, args));
  }
  return { ...port, ...wrapped };
}

/** Starts a process. Nothing is done before it is asked for something. */
export function startProcess(name: string, { world, scheduler, memory }: ProcessSetting): SimulatedProcess {
  const caller: Caller = { name, state: 'alive', unread: [] };
  const asking =
    (port: PortName): Ask =>
    (operation, args, perform) =>
      scheduler.park(caller, port, operation, args, perform);
  const { guards } = world;
  const operations: OperationsPort = {
    stop: async () => {
      process.writers = 'stopped';
    },
    resume: async () => {
      process.writers = 'working';
    },
  };
  const storage = methods(world.storage, ['keys', 'read', 'room'], asking('storage'));
  const storageAsk = asking('storage');
  const leaks = (what: string, value: unknown): void => {
    if (JSON.stringify(value)?.includes(SECRET)) guards.violate(`I12: ${what} tells a value of a user`);
  };
  const logged = (message: string, details?: unknown): void => leaks('the log', [message, details]);
  const ignored = (message: string): void => leaks('the log', message);
  const notifyAsk = asking('notify');
  const client = createBackpedal({
    migration: world.migration,
    storage: {
      ...storage,
      origin: world.storage.origin,
      failureDomain: world.storage.failureDomain,
      write: (writes: readonly StorageWrite[], permitted: () => boolean, fence?: BurstFence) =>
        storageAsk('write', [writes], () => world.burst(writes, permitted, runOfBurst(writes), fence)) as never,
    },
    vault: methods(world.vault, ['get', 'put', 'putIfAbsent', 'list', 'remove', 'whileAbsent'], asking('vault')),
    database: world.database.open(asking('database')),
    ...(world.cache === null ? {} : { cache: methods(world.cache, ['invalidate', 'count'], asking('cache')) }),
    ...(world.options.lock === 'absent'
      ? {}
      : { lock: methods(world.locks.open(caller), ['acquire', 'isHeld'], asking('lock')) }),
    notify: async (notification) => {
      leaks('a notification', notification);
      await notifyAsk('notify', [notification], () => undefined);
    },
    operations: methods(operations, ['stop', 'resume'], asking('operations')),
    memory: { usage: async () => memory() },
    clock: world.time.clockOf(caller),
    identity: seededIdentity(name),
    logger: { debug: ignored, info: ignored, warn: logged, error: logged },
  });
  const process = Object.assign(caller, {
    client,
    open: new Set<string>(),
    writers: 'working' as const,
    isRefused: false,
  }) as SimulatedProcess;
  return process;
}
