import { DatabaseError } from '../../errors.ts';
import type { CrashRecoveryContext, CrashRecoveryEvent } from '../../machines/crash-recovery/types.ts';
import type { Work } from '../execution/types.ts';
import { takeOver } from '../lease.ts';
import { storageOf } from './lost-run.ts';
import type { CrashMemory } from './memory.ts';
import { probe } from './probe.ts';

const unsure = (message: string): DatabaseError =>
  new DatabaseError('DATABASE_FAILED', message, { persistence: 'transient' });

/**
 * Moves out what a migration had copied before its journal was lost; the source had not been touched. One look is not
 * enough to take rows away from people by, nor a word that it was done.
 */
export async function discardCopy(
  context: CrashRecoveryContext,
  { world }: Work,
  memory: CrashMemory,
): Promise<CrashRecoveryEvent> {
  const { migration, lost } = context;
  const run = lost?.undoes ?? null;
  if (run !== null) {
    const again = await probe(context, memory);
    if (again.type !== 'PROBED' || again.findings.phase !== 'copying') {
      throw unsure('The database says by now that the migration had not been copying. Start the app anew.');
    }
    const token = await takeOver(world, { migration, run, storage: await storageOf(world, context) });
    await world.database.clear({ migration, run, token }, { undoes: run, drift: 'any' });
    if ((await world.database.remaining(migration, run)) > 0) {
      throw unsure('The database still has rows of which it said that they were moved out.');
    }
    await world.database.release({ migration, run, token });
  }
  await world.operations.resume();
  return { type: 'DISCARDED' };
}
