import { BackpedalError } from '../../errors.ts';
import type { CachePort } from '../../ports/cache.ts';
import { DATABASE_EFFECTS } from '../../ports/database-effects.ts';
import type { VaultPort } from '../../ports/vault.ts';
import type { SteadyOperations } from '../steady-operations.ts';
import type { World } from '../world.ts';
import { within } from './deadline.ts';

const VAULT: readonly (keyof VaultPort)[] = ['put', 'putIfAbsent', 'remove'];
const CACHE: readonly (keyof CachePort)[] = ['invalidate'];
const OPERATIONS: readonly (keyof SteadyOperations)[] = ['stop', 'resume'];

/** A port whose effects are refused once nobody wants them. */
function whileWanted<Port extends object>(port: Port, effects: readonly (keyof Port)[], isWanted: () => boolean): Port {
  return new Proxy(port, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function' || !effects.includes(name as keyof Port)) return member;
      return async (...args: unknown[]): Promise<unknown> => {
        if (isWanted()) return Reflect.apply(member, target, args);
        throw new BackpedalError('OPERATION_ABORTED', 'The command had been given up; it does nothing more.');
      };
    },
  });
}

/**
 * The world as one command sees it. An operation that does not answer is given up and the run goes on without it;
 * should it answer after all, the command that waited for it changes nothing any more (invariants I3 and I4). Storage
 * is written by bursts only, which ask for themselves.
 */
export const wantedWorld = (world: World, isWanted: () => boolean): World => ({
  ...world,
  database: whileWanted(world.database, DATABASE_EFFECTS, isWanted),
  vault: whileWanted(world.vault, VAULT, isWanted),
  cache: world.cache === null ? null : whileWanted(world.cache, CACHE, isWanted),
  operations: whileWanted(world.operations, OPERATIONS, isWanted),
});

/**
 * The result of work outside of commands that may never answer; once it has been given up, it changes nothing more.
 * @throws BackpedalError `OPERATION_TIMED_OUT` (transient)
 */
export async function withinWorld<T>(
  world: World,
  what: string,
  work: (own: World) => Promise<T>,
  milliseconds?: number,
): Promise<T> {
  let isWanted = true;
  try {
    return await within(world.clock, what, work(wantedWorld(world, () => isWanted)), milliseconds);
  } finally {
    isWanted = false;
  }
}
