import type { HeldLock, LockPort } from '../../ports/lock.ts';
import type { Caller } from './scheduler.ts';

/** The locks of one machine: who holds them, and who has lost one while frozen. */
export interface SimulatedLocks {
  /** The locks as a process sees them. */
  open(owner: Caller): LockPort;
  /** Frees whatever a process holds; a living one learns of it when `tell` is called. */
  takeAway(owner: Caller): void;
  /** Tells a thawed process what it has lost. */
  tell(owner: Caller): void;
}

interface Holder {
  readonly owner: Caller;
  readonly controller: AbortController;
}

/** Locks that die with their holder, and can be taken from a frozen one (hazard H25). */
export function simulatedLocks(): SimulatedLocks {
  const registry = new Map<string, Holder>();
  const lost: Holder[] = [];
  const holderOf = (name: string): Holder | null => {
    const holder = registry.get(name);
    return holder === undefined || holder.owner.state === 'dead' ? null : holder;
  };
  const hold = (name: string, owner: Caller): HeldLock => {
    const holder: Holder = { owner, controller: new AbortController() };
    registry.set(name, holder);
    return {
      lost: holder.controller.signal,
      release: async () => {
        if (registry.get(name) === holder) registry.delete(name);
      },
    };
  };
  return {
    open: (owner) => ({
      acquire: async (name) => (holderOf(name) === null ? hold(name, owner) : null),
      isHeld: async (name) => holderOf(name) !== null,
    }),
    takeAway(owner) {
      for (const [name, holder] of registry) {
        if (holder.owner !== owner) continue;
        registry.delete(name);
        lost.push(holder);
      }
    },
    tell(owner) {
      for (const holder of lost) if (holder.owner === owner) holder.controller.abort();
    },
  };
}
