import { DatabaseError } from '../errors.ts';
import type { Fence } from '../ports/database.ts';
import { causeOf } from './cause.ts';
import type { World } from './world.ts';

/** The proof of ownership that goes with a write. */
export const fenceOf = ({ migration, run, token }: Fence): Fence => ({ migration, run, token });

/** Shuts out whoever holds the lease; resolves when their last transaction has ended one way or the other. */
export async function takeOver(
  world: World,
  context: { readonly migration: string; readonly run: string; readonly storage: string },
): Promise<number> {
  const { run, migration, storage } = context;
  const lease = await world.database.lease({ migration, run, storage, mode: 'takeOver' });
  if (lease.status === 'granted') return lease.token;
  throw new DatabaseError('DATABASE_CONFLICT', 'The lease could not be taken over.', { persistence: 'transient' });
}

/** Gives a run's lease back, whatever token it got last; does nothing when somebody else holds it by now. */
export async function giveLeaseBack(
  world: World,
  { migration, run }: { readonly migration: string; readonly run: string },
): Promise<void> {
  const { holder, token } = await world.database.ledger(migration);
  if (holder?.run === run) await world.database.release({ migration, run, token });
}

/**
 * Gives the lease of a run back that may not know of it: one that was granted while the run was being stopped, or that
 * it had taken over for an earlier run. The token is raised first, so that what was given up meanwhile comes too late.
 * A database that cannot be asked leaves it to the next run, which knows that this one has ended.
 */
export async function giveUnknownLeaseBack(
  world: World,
  { migration, storage }: { readonly migration: string; readonly storage: string },
  runs: readonly string[],
): Promise<void> {
  try {
    const { holder } = await world.database.ledger(migration);
    if (holder === null || !runs.includes(holder.run)) return;
    const { run } = holder;
    await world.database.release({ migration, run, token: await takeOver(world, { migration, run, storage }) });
  } catch (error) {
    world.logger.warn('Whether a lease is left could not be found out.', { cause: causeOf(error) });
  }
}
