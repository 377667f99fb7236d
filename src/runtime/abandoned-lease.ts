import { BackpedalError } from '../errors.ts';
import { appendAudit } from './audit-log.ts';
import { within } from './execution/deadline.ts';
import { withinWorld } from './execution/wanted-world.ts';
import { isOver } from './history.ts';
import { takeOver } from './lease.ts';
import { readHistory, type Session } from './session.ts';
import type { World } from './world.ts';

/** A lease as the database has it, and how far its run has come there. */
interface Left {
  readonly run: string;
  readonly storage: string;
  /** Whether it has brought rows and may not have cleared their source yet. */
  readonly isCopying: boolean;
}

async function leftIn(world: World): Promise<Left> {
  const { holder, steps } = await world.database.ledger(world.migration.id);
  if (holder === null) {
    throw new BackpedalError('RUN_NOT_FOUND', 'No run holds the lease in the database, so there is nothing to free.');
  }
  const done = steps.filter(({ run }) => run === holder.run).map(({ step }) => step);
  return { ...holder, isCopying: done.includes('begin') && !done.includes('digest') };
}

/**
 * Frees the database from the lease of a run that nobody can go on with, because its browser has lost storage and vault
 * together. Whoever still is at work on it is shut out first. What it had copied is moved into its archive, as long as
 * its source cannot have been cleared; everything else stays as it is, so that its own device, should it come back,
 * takes it up again.
 * @throws BackpedalError `RUN_NOT_FOUND`, `RUN_IN_PROGRESS` for a run that this client's journal can go on with
 */
export async function freeAbandonedLease(session: Session, reason: string): Promise<void> {
  const { world } = session;
  const { id: migration, triggers } = world.migration;
  const history = await readHistory(session);
  const { run, storage, isCopying } = await within(world.clock, 'The database', leftIn(world));
  if (history.runs.some((known) => known.run === run) && !isOver(history, run)) {
    throw new BackpedalError(
      'RUN_IN_PROGRESS',
      'The run that holds the lease is in the journal here and can be finished. Call recover().',
    );
  }
  const free = async (own: World): Promise<void> => {
    const fence = { migration, run, token: await takeOver(own, { migration, run, storage }) };
    if (isCopying) await own.database.clear(fence, { undoes: run, drift: 'any' });
    await own.database.release(fence);
  };
  const entry = appendAudit(world, {
    type: 'LEASE_FREED',
    migrationId: migration,
    runId: run,
    timestamp: new Date(world.clock.now()).toISOString(),
    result: 'SUCCESS',
    steps: [],
    performedBy: world.identity.user(),
    reason,
  });
  // First: what nobody can account for is not taken from anybody.
  await within(world.clock, 'The audit trail', entry);
  await withinWorld(world, 'The database', free, triggers.timeout);
}
