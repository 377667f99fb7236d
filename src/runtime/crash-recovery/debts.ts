import type { CrashRecoveryContext, CrashRecoveryEvent } from '../../machines/crash-recovery/types.ts';
import type { RollbackContext } from '../../machines/rollback/types.ts';
import { causeOf } from '../cause.ts';
import { payDebts } from '../debts.ts';
import { within } from '../execution/deadline.ts';
import { withinWorld } from '../execution/wanted-world.ts';
import { type History, isOver, type RunHistory } from '../history.ts';
import { giveLeaseBack, giveUnknownLeaseBack } from '../lease.ts';
import { sweepLateRows } from '../rollback/restore.ts';
import { tidyUp } from '../starting.ts';
import { countStart } from '../starts.ts';
import type { World } from '../world.ts';
import type { CrashMemory } from './memory.ts';
import { unsettledRun } from './settling.ts';

/** Moves rows that came after a rollback into its archive, unless another run is at work. */
async function sweep(world: World, { context }: RunHistory): Promise<void> {
  const rollback = context as RollbackContext;
  const { migration, undoes, run, storage } = rollback;
  if ((await world.database.remaining(migration, undoes)) === 0) return;
  const lease = await world.database.lease({ migration, run, storage, mode: 'whenFree' });
  if (lease.status === 'busy') return;
  await sweepLateRows(world, { ...rollback, token: lease.token });
  await world.database.release({ migration, run, token: lease.token });
}

/** Until a rollback has settled, rows that appear late are swept at every start (invariant I9). */
async function sweepUntilSettled(world: World, { history }: CrashMemory): Promise<void> {
  const run = history === null ? null : await within(world.clock, 'The vault', unsettledRun(world, history));
  if (run?.machine !== 'rollback' || run.end !== 'rolledBack') return;
  try {
    await withinWorld(world, 'The sweep of late rows', (own) => sweep(own, run));
  } catch (error) {
    world.logger.warn('Late rows could not be looked for; the next start does it.', { cause: causeOf(error) });
    await withinWorld(world, 'The database', (own) => giveUnknownLeaseBack(own, run.context, [run.run])).catch(
      (left: unknown) => world.logger.warn('Its lease is given back by the next start.', { cause: causeOf(left) }),
    );
  }
}

/** A holder that woke up late may have taken the lease for a run that others had ended. */
async function giveBackLeftLease(world: World, history: History, { holder }: CrashMemory): Promise<void> {
  if (holder === null || !isOver(history, holder)) return;
  try {
    await withinWorld(world, 'The database', (own) => giveLeaseBack(own, { migration: own.migration.id, run: holder }));
  } catch (error) {
    world.logger.warn('A lease that was left behind could not be given back yet.', { cause: causeOf(error) });
  }
}

/** Pays what ended runs still owe, counts the start, and removes what retention no longer keeps. */
export async function payWhatIsOwed(
  { action }: CrashRecoveryContext,
  memory: CrashMemory,
): Promise<CrashRecoveryEvent> {
  const { session, history } = memory;
  const { world } = session;
  if (history === null) return { type: 'DEBTS_PAID', paid: 0 };
  if (action === 'safeMode') {
    await within(world.clock, 'The app', world.operations.stop());
    // People must be told all the same.
    await payDebts(world, history, 'announce');
    return { type: 'DEBTS_PAID', paid: 0 };
  }
  const { paid } = await payDebts(world, history);
  await giveBackLeftLease(world, history, memory);
  await sweepUntilSettled(world, memory);
  // However often a client looks, it is one start.
  if (!session.isCounted) await within(world.clock, 'The vault', countStart(world, history));
  session.isCounted = true;
  await within(world.clock, 'The tidying up', tidyUp(session), world.migration.triggers.timeout);
  return { type: 'DEBTS_PAID', paid: paid.length };
}
