import type { RollbackContext, RollbackEvent } from '../../machines/rollback/types.ts';
import { appendAudit } from '../audit-log.ts';
import { releaseAnyOf } from '../common-commands.ts';
import type { Work } from '../execution/types.ts';
import { fenceOf } from '../lease.ts';
import { rollbackNotices, send } from '../notifications.ts';
import { rollbackReceipt } from '../receipt.ts';
import { rollbackResult } from '../results.ts';
import type { RollbackMemory } from './memory.ts';
import { sweepLateRows } from './restore.ts';

/**
 * Lets the app work again, moves out what came into the database since the verification, and gives the lease back. No
 * backup and no archive is ever deleted here.
 */
export async function cleanState(context: RollbackContext, { world }: Work): Promise<RollbackEvent> {
  // The app must work again whether or not the database can be reached.
  await world.operations.resume();
  await sweepLateRows(world, context);
  await world.database.release(fenceOf(context));
  return { type: 'CLEANED' };
}

/** Ends a run that leaves nothing changed; it may have begun to put back what an abandoned run had moved out. */
export const release = (context: RollbackContext, work: Work, { abandoned }: RollbackMemory): Promise<RollbackEvent> =>
  releaseAnyOf([context.run, ...abandoned], context, work);

/** Writes the audit entry with its receipt, once, and notifies people, at least once. */
export async function announce(
  context: RollbackContext,
  { world }: Work,
  memory: Pick<RollbackMemory, 'backup' | 'merged'>,
): Promise<RollbackEvent> {
  const timestamp = new Date(world.clock.now()).toISOString();
  const result = rollbackResult(context, timestamp);
  const receipt = await rollbackReceipt(world, context, memory, timestamp);
  await appendAudit(world, {
    type: 'MIGRATION_ROLLBACK',
    migrationId: context.migration,
    runId: context.run,
    timestamp,
    result: result.finalStatus,
    steps: result.steps,
    performedBy: world.identity.user(),
    reason: context.reason,
    detail: context.detail,
    outcome: result.outcome,
    escalation: result.escalation,
    receipt,
  });
  await send(world, rollbackNotices(world, context, result));
  return { type: 'ANNOUNCED' };
}
