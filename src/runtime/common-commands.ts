import type { AnyContext, Work } from './execution/types.ts';
import { fenceOf, giveUnknownLeaseBack } from './lease.ts';
import { safeModeNotices, send } from './notifications.ts';

/** Stops the app's writers. */
export async function stopOperations(_context: AnyContext, { world }: Work): Promise<{ readonly type: 'STOPPED' }> {
  await world.operations.stop();
  return { type: 'STOPPED' };
}

/** Lets the app work again and gives the lease back: this run's, or the one that it holds on behalf of another. */
export async function releaseAnyOf(
  runs: readonly string[],
  context: AnyContext,
  { world }: Work,
): Promise<{ readonly type: 'RELEASED' }> {
  // The app must work again whether or not the database can be reached.
  await world.operations.resume();
  if (context.token > 0) await world.database.release(fenceOf(context));
  else await giveUnknownLeaseBack(world, context, runs);
  return { type: 'RELEASED' };
}

/** Ends a run that leaves nothing changed. */
export const release = (context: AnyContext, work: Work): Promise<{ readonly type: 'RELEASED' }> =>
  releaseAnyOf([context.run], context, work);

/** Keeps the app's writers stopped and tells people; the lock itself is the journal's last record (rule RB12). */
export async function lockDown(context: AnyContext, { world }: Work): Promise<{ readonly type: 'LOCKED_DOWN' }> {
  await world.operations.stop();
  await send(world, safeModeNotices(world, context));
  return { type: 'LOCKED_DOWN' };
}
