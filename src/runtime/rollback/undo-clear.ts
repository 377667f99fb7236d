import { DatabaseError } from '../../errors.ts';
import type { RollbackContext, RollbackEvent } from '../../machines/rollback/types.ts';
import type { Fence } from '../../ports/database.ts';
import type { Work } from '../execution/types.ts';
import { fenceOf, takeOver } from '../lease.ts';
import type { World } from '../world.ts';

/**
 * Moves the rows that a run had cleared back out of the archive; returns how many.
 * @throws DatabaseError `DATABASE_FAILED` when none of them is there after that
 */
export async function putRowsBack({ database }: World, fence: Fence, undoes: string): Promise<number> {
  const rows = await database.undoClear(fence);
  if (rows === 0 || (await database.remaining(fence.migration, undoes)) > 0) return rows;
  throw new DatabaseError('DATABASE_FAILED', 'The database has none of the rows that it said it had put back.', {
    persistence: 'transient',
  });
}

/** Undoes the clearing, if there was one at all; whoever else is at it is shut out first. */
export async function undoClear(context: RollbackContext, { world }: Work): Promise<RollbackEvent> {
  const token = await takeOver(world, context);
  await putRowsBack(world, fenceOf({ ...context, token }), context.undoes);
  return { type: 'UNDONE', token };
}
