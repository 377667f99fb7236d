import type { LockPort } from '../../../src/ports/lock.ts';

/** Told of every operation of every port, in the order of their beginnings. */
export interface OperationWatcher {
  begins(number: number, name: string): void;
  ends(number: number, name: string, failure: unknown): void;
}

/** Wraps ports so that their operations are counted together, from 1. */
export interface OperationCounter {
  wrap<Port extends object>(name: string, port: Port): Port;
  /** Performs something synchronous, counted like an operation. */
  count<T>(name: string, perform: () => T): T;
  /** A lock, the giving back included. */
  wrapLock(port: LockPort): LockPort;
}

/** What is no operation: it takes no time, and answers at once. */
const SYNCHRONOUS: ReadonlySet<string> = new Set(['observe']);

/** Counts operations and tells of them; what is asked of a port passes through unchanged. */
export function countOperations(watcher: OperationWatcher): OperationCounter {
  let count = 0;
  const around = async (name: string, perform: () => unknown): Promise<unknown> => {
    const number = ++count;
    watcher.begins(number, name);
    let failure: unknown = null;
    try {
      return await perform();
    } catch (thrown) {
      failure = thrown ?? 'nothing';
      throw thrown;
    } finally {
      watcher.ends(number, name, failure);
    }
  };
  const wrap = <Port extends object>(name: string, port: Port): Port =>
    new Proxy(port, {
      get(target, member) {
        const value: unknown = Reflect.get(target, member, target);
        if (typeof value !== 'function') return value;
        if (SYNCHRONOUS.has(String(member))) return value.bind(target);
        return (...args: unknown[]) =>
          around(`${name}.${String(member)}`, () => Reflect.apply(value, target, args) as unknown);
      },
      apply: (target, self, args: unknown[]) =>
        around(name, () => Reflect.apply(target as (...all: unknown[]) => unknown, self, args)),
    });
  return {
    wrap,
    count(name, perform) {
      const number = ++count;
      watcher.begins(number, name);
      let failure: unknown = null;
      try {
        return perform();
      } catch (thrown) {
        failure = thrown ?? 'nothing';
        throw thrown;
      } finally {
        watcher.ends(number, name, failure);
      }
    },
    wrapLock: (port) => {
      const counted = wrap('lock', port);
      return {
        ...counted,
        isHeld: (name) => counted.isHeld(name),
        async acquire(name) {
          const held = await counted.acquire(name);
          if (held === null) return null;
          return {
            lost: held.lost,
            release: async () => void (await around('lock.release', () => held.release())),
          };
        },
      };
    },
  };
}
