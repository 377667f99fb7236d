import type { HeldLock, LockPort } from '../ports/lock.ts';
import { type FaultHooks, type Life, simulate } from './simulated-process.ts';

/** The operations of `memoryLock` that fault hooks see; the subject is the lock's name. */
export type LockOperation = 'acquire' | 'isHeld' | 'release';

/** Options of `memoryLock`. */
export interface MemoryLockOptions {
  readonly faults?: FaultHooks<LockOperation>;
}

/** Locks in memory: several holders on one registry. */
export interface MemoryLock extends LockPort {
  /** The same locks as another process sees them; aborting `death` kills that process, and its locks are free. */
  open(death: AbortSignal): LockPort;
  /** Takes the lock from whoever holds it, as `steal` of Web Locks does: the old holder is told and goes on working. */
  steal(name: string): HeldLock;
}

interface Holder {
  readonly controller: AbortController;
  readonly life: Life;
}

/** Locks among simulated processes. */
export function memoryLock(options: MemoryLockOptions = {}): MemoryLock {
  const registry = new Map<string, Holder>();
  const hooks = options.faults;

  const holderOf = (name: string): Holder | null => {
    const holder = registry.get(name);
    return holder?.life() ? holder : null;
  };
  const hold = (name: string, life: Life): HeldLock => {
    const holder: Holder = { controller: new AbortController(), life };
    registry.set(name, holder);
    const release = (): void => {
      if (registry.get(name) === holder) registry.delete(name);
    };
    return {
      lost: holder.controller.signal,
      release: () => simulate({ operation: 'release', subject: name, effect: release, life, hooks }),
    };
  };
  const handle = (life: Life): LockPort => ({
    acquire(name) {
      const effect = (): HeldLock | null => (holderOf(name) === null ? hold(name, life) : null);
      return simulate({ operation: 'acquire', subject: name, effect, life, hooks });
    },
    isHeld(name) {
      return simulate({ operation: 'isHeld', subject: name, effect: () => holderOf(name) !== null, life, hooks });
    },
  });
  const forever: Life = () => true;
  return {
    ...handle(forever),
    open: (death) => handle(() => !death.aborted),
    steal(name) {
      const former = holderOf(name);
      const held = hold(name, forever);
      former?.controller.abort();
      return held;
    },
  };
}
