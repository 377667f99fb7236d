import type { FaultyPort } from '../../src/testing/index.ts';
import { withFaults } from '../../src/testing/index.ts';
import type { Device } from './kit.ts';

const never = new Promise<never>(() => undefined);

/** A port as a process sees it: once the process is dead, no call has an effect, and none ever comes back. */
export function mortal<Port extends object>(port: Port, death: AbortSignal): Port {
  return new Proxy(port, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        if (death.aborted) return never;
        const outcome: unknown = Reflect.apply(member, target, args);
        if (!(outcome instanceof Promise)) return outcome;
        // What came back after death is seen by nobody.
        return outcome.then(
          (value) => (death.aborted ? never : value),
          (error) => (death.aborted ? never : Promise.reject(error)),
        );
      };
    },
  });
}

/** The ports of a process on a device, all of which die together. */
export function processOn(
  on: Pick<Device, 'storage' | 'database' | 'vault' | 'lock' | 'clock'>,
  death: AbortSignal,
): Pick<Device, 'storage' | 'database' | 'vault' | 'clock'> & { readonly lock: ReturnType<Device['lock']['open']> } {
  return {
    storage: mortal(on.storage, death),
    database: mortal(on.database, death),
    vault: mortal(on.vault, death),
    clock: mortal(on.clock, death),
    lock: on.lock.open(death),
  };
}

/** Which moment of a record's writing is the last that the process sees. */
export type Moment = 'before' | 'after';

/** Ends the life of a process when it appends the k-th journal record from now on, counted from 0. */
export function dieAtRecord<Vault extends object>(
  vault: Vault,
  death: AbortController,
  k: number,
  moment: Moment,
): Vault {
  let appended = 0;
  const isRecord = (args: readonly unknown[]): boolean => /\/journal(\.\d+)?\//.test(String(args[0]));
  return new Proxy(vault, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (name !== 'putIfAbsent' || typeof member !== 'function') return member;
      return async (...args: unknown[]) => {
        const isLast = isRecord(args) && appended++ === k;
        if (isLast && moment === 'before') death.abort();
        const outcome: unknown = await Reflect.apply(member, target, args);
        if (isLast) death.abort();
        return death.signal.aborted ? never : outcome;
      };
    },
  });
}

/** All ports that can write, with their calls counted. */
export interface CountedWrites {
  readonly ports: Pick<Device, 'storage' | 'database' | 'vault'>;
  /** Durable writes so far, by port and operation. */
  count(): Readonly<Record<string, number>>;
}

const WRITES = {
  vault: ['put', 'putIfAbsent', 'remove'],
  storage: ['write'],
  database: ['lease', 'release', 'record', 'begin', 'copy', 'digest', 'clear', 'undoClear', 'sweep', 'dropArchive'],
} as const;

export function countWrites(on: Pick<Device, 'storage' | 'database' | 'vault'>): CountedWrites {
  const faulty: Record<keyof typeof WRITES, FaultyPort<object>> = {
    vault: withFaults<object>(on.vault),
    storage: withFaults<object>(on.storage),
    database: withFaults<object>(on.database),
  };
  return {
    ports: {
      vault: faulty.vault.port as Device['vault'],
      storage: faulty.storage.port as Device['storage'],
      database: faulty.database.port as Device['database'],
    },
    count: () => {
      const counts: Record<string, number> = {};
      for (const [port, operations] of Object.entries(WRITES)) {
        for (const operation of operations) {
          const times = faulty[port as keyof typeof WRITES].count(operation);
          if (times > 0) counts[`${port}.${operation}`] = times;
        }
      }
      return counts;
    },
  };
}
