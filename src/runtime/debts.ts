import { BackpedalError, DatabaseError } from '../errors.ts';
import type { CrashRecoveryContext } from '../machines/crash-recovery/types.ts';
import type { MigrationContext } from '../machines/migration/types.ts';
import type { RollbackContext } from '../machines/rollback/types.ts';
import { causeOf } from './cause.ts';
import { announce as announceCrashRecovery } from './crash-recovery/people.ts';
import { within } from './execution/deadline.ts';
import type { Work } from './execution/types.ts';
import { withinWorld } from './execution/wanted-world.ts';
import { type History, isOver, type RunHistory } from './history.ts';
import { fenceOf, giveLeaseBack, takeOver } from './lease.ts';
import { announce as announceMigration } from './migration/finish.ts';
import { invalidateCache } from './rollback/clear.ts';
import { announce as announceRollback } from './rollback/finish.ts';
import { readHistory, type Session } from './session.ts';
import { getJson, putJson } from './vault-files.ts';
import type { World } from './world.ts';

/** Work that an ended run must still do: `close` its lease, `discardCopy`, `announce`, or the `cache` once more. */
export interface Debt {
  readonly run: RunHistory;
  readonly debt: string;
}

const receiptOf = (run: string, debt: string): string => `runs/${run}/paid-${debt}`;

/** What is still owed, oldest first. */
export async function openDebts(world: World, history: History): Promise<readonly Debt[]> {
  const debts: Debt[] = [];
  for (const run of history.runs) {
    if (run.end === null) continue;
    for (const debt of run.context.debts) {
      if ((await getJson(world, receiptOf(run.run, debt))) === null) debts.push({ run, debt });
    }
  }
  return debts;
}

/** What a debt is paid with: nothing is written into storage after a run. */
const workOn = (world: World): Work => ({
  world,
  signal: new AbortController().signal,
  permitted: () => true,
  writeBurst: () => Promise.reject(new BackpedalError('INTERNAL', 'No debt is paid by writing into storage.')),
  report: () => {},
});

async function pay(world: World, history: History, { run, debt }: Debt): Promise<void> {
  const { context } = run;
  if (debt === 'cache') {
    await invalidateCache(context as RollbackContext, workOn(world));
  } else if (debt === 'announce') await announce(world, run);
  else if (debt === 'discardCopy') await discardCopy(world, history, run);
  else await giveLeaseBack(world, context);
  await putJson(world, receiptOf(run.run, debt), { at: world.clock.now() });
}

/** Writes the audit entry and tells people, as far as that had not been done. */
async function announce(world: World, { machine, context }: RunHistory): Promise<void> {
  const work = workOn(world);
  if (machine === 'migration') await announceMigration(context as MigrationContext, work, { failures: null });
  else if (machine === 'crashRecovery') await announceCrashRecovery(context as CrashRecoveryContext, work);
  else await announceRollback(context as RollbackContext, work, { backup: null, merged: null });
}

/** Moves out what an ended migration has left in the database; never while a run of somebody else is at it. */
async function discardCopy(world: World, history: History, { run, context }: RunHistory): Promise<void> {
  const { holder } = await world.database.ledger(context.migration);
  if (holder !== null && holder.run !== run && !isOver(history, holder.run)) {
    throw new DatabaseError(
      'DATABASE_CONFLICT',
      'Another device is at work in the database. What is still owed there is paid at a later start.',
      { persistence: 'transient' },
    );
  }
  const fence = fenceOf({ ...context, token: await takeOver(world, context) });
  await world.database.clear(fence, { undoes: run, drift: 'any' });
  await world.database.release(fence);
}

/** Whether a debt may be paid yet: the cache is invalidated again only after readers had time to refill it. */
const isDue = (world: World, { run, debt }: Debt): boolean =>
  debt !== 'cache' || world.clock.now() - run.last.at >= world.migration.cacheGrace;

/** What became of the debts that were due, by name. Those that could not be paid stay owed. */
export interface Payment {
  readonly paid: readonly string[];
  readonly failed: readonly { readonly debt: string; readonly error: unknown }[];
}

/** Pays every debt that is due, or every one of this name; one that cannot be paid now keeps no other from it. */
export async function payDebts(world: World, history: History, name?: string): Promise<Payment> {
  const paid: string[] = [];
  const failed: Payment['failed'][number][] = [];
  for (const one of await within(world.clock, 'The vault', openDebts(world, history))) {
    const { debt } = one;
    if ((name !== undefined && name !== debt) || !isDue(world, one)) continue;
    try {
      await withinWorld(world, `The debt ${debt}`, (own) => pay(own, history, one), world.migration.triggers.timeout);
      paid.push(debt);
    } catch (error) {
      world.logger.warn(`The debt ${debt} could not be paid yet.`, { cause: causeOf(error) });
      failed.push({ debt, error });
    }
  }
  return { paid, failed };
}

/** Invalidates the cache a second time after `cacheGrace`; what a closed client leaves the next start pays. */
export function payCacheLater(session: Session): void {
  const { world } = session;
  const { signal } = session.closing;
  if (world.cache === null) return;
  const later = async (): Promise<void> => {
    await world.clock.sleep(world.migration.cacheGrace, signal);
    if (signal.aborted) return;
    await payDebts(world, await readHistory(session), 'cache');
  };
  later().catch((error: unknown) =>
    world.logger.warn('The cache could not be invalidated again yet.', { cause: causeOf(error) }),
  );
}
