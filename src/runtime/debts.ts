import type { RollbackContext } from '../machines/rollback/types.ts';
import { causeOf } from './cause.ts';
import type { History, RunHistory } from './history.ts';
import { invalidateCache } from './rollback/clear.ts';
import { fenceOf, takeOver } from './rollback/prepare.ts';
import { readHistory, type Session } from './session.ts';
import { getJson, putJson } from './vault-files.ts';
import type { World } from './world.ts';

/** Work that an ended run must still do: `close` its lease, `discardCopy`, or the `cache` once more. */
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

async function pay(world: World, { run, debt }: Debt): Promise<void> {
  const { context } = run;
  if (debt === 'cache') {
    const work = { world, signal: new AbortController().signal, permitted: () => true, report: () => {} };
    await invalidateCache(context as RollbackContext, work);
  } else {
    const fence = fenceOf({ ...context, token: await takeOver(world, context) });
    if (debt === 'discardCopy') await world.database.clear(fence, { undoes: run.run, drift: 'any' });
    await world.database.release(fence);
  }
  await putJson(world, receiptOf(run.run, debt), { at: world.clock.now() });
}

/** Whether a debt may be paid yet: the cache is invalidated again only after readers had time to refill it. */
const isDue = (world: World, { run, debt }: Debt): boolean =>
  debt !== 'cache' || world.clock.now() - run.last.at >= world.migration.cacheGrace;

/**
 * Pays every debt that is due.
 * @returns the names of those that were paid
 * @throws DatabaseError, CacheError when one cannot be paid now; it stays owed
 */
export async function payDebts(world: World, history: History): Promise<readonly string[]> {
  const due = (await openDebts(world, history)).filter((debt) => isDue(world, debt));
  for (const debt of due) await pay(world, debt);
  return due.map(({ debt }) => debt);
}

/** Invalidates the cache a second time after `cacheGrace`; what a closed client leaves the next start pays. */
export function payCacheLater(session: Session): void {
  const { world } = session;
  const { signal } = session.closing;
  if (world.cache === null) return;
  const later = async (): Promise<void> => {
    await world.clock.sleep(world.migration.cacheGrace, signal);
    if (signal.aborted) return;
    await payDebts(world, await readHistory(session));
  };
  later().catch((error: unknown) =>
    world.logger.warn('The cache could not be invalidated again yet.', { cause: causeOf(error) }),
  );
}
