import { DatabaseError } from '../../errors.ts';
import type { CrashRecoveryContext, CrashRecoveryEvent } from '../../machines/crash-recovery/types.ts';
import { initialContext } from '../../machines/migration/context.ts';
import { MIGRATION_VERSION } from '../../machines/migration/types.ts';
import type { CollectionDigest } from '../../ports/database.ts';
import type { Work } from '../execution/types.ts';
import { takeOver } from '../lease.ts';
import { putRowsBack } from '../rollback/undo-clear.ts';
import { readHistory } from '../session.ts';
import type { World } from '../world.ts';
import { appendAdopted, storageOf } from './lost-run.ts';
import type { CrashMemory } from './memory.ts';

/** How many rows a migration had brought by the digests that it recorded. */
async function itemsOf(world: World, run: string): Promise<number> {
  const { steps } = await world.database.ledger(world.migration.id);
  const digests = steps.find((step) => step.run === run && step.step === 'digest')?.outcome as
    | CollectionDigest[]
    | undefined;
  return (digests ?? []).reduce((sum, { rows }) => sum + rows, 0);
}

/**
 * Writes into the new journal that a migration had ended, so that everything goes on as if it had been there all the
 * time. Repeated, it is written once.
 */
export async function adopt(work: Work, context: CrashRecoveryContext, memory: CrashMemory): Promise<string> {
  const { world } = work;
  const { ledger, session } = memory;
  const run = context.lost?.undoes ?? null;
  if (run === null || ledger === null) {
    throw new DatabaseError('DATABASE_SCHEMA', 'Nothing says which migration the rows belong to. Nothing was changed.');
  }
  const history = await readHistory(session);
  if (history.runs.some((known) => known.run === run)) return run;
  const { id: migration, source, triggers } = world.migration;
  const input = {
    run,
    migration,
    storage: await storageOf(world, context),
    source,
    tolerance: triggers.validationFailures,
  };
  const items = await itemsOf(world, run);
  await appendAdopted(work, ledger, {
    run,
    parent: null,
    machine: { id: 'migration', version: MIGRATION_VERSION },
    snapshot: {
      value: 'migrated',
      // Its lease may never have been given back.
      context: {
        ...initialContext(input),
        backup: run,
        items,
        copied: items,
        next: items,
        outcome: 'migrated',
        debts: ['close'],
      } as never,
    },
  });
  return run;
}

/** Puts rows back that a rollback had moved out whose journal is lost, and which nobody wants any more. */
async function withdraw(world: World, context: CrashRecoveryContext): Promise<void> {
  const { migration, lost } = context;
  const run = lost?.rollback ?? null;
  if (run === null || lost === null || lost.undoes === null) return;
  const token = await takeOver(world, { migration, run, storage: await storageOf(world, context) });
  await putRowsBack(world, { migration, run, token }, lost.undoes);
  await world.database.release({ migration, run, token });
  await world.operations.resume();
}

/** Takes note of a migration that had ended when its journal was lost, and of none that came after it. */
export async function adoptMigration(
  context: CrashRecoveryContext,
  work: Work,
  memory: CrashMemory,
): Promise<CrashRecoveryEvent> {
  await withdraw(work.world, context);
  await adopt(work, context, memory);
  return { type: 'ADOPTED' };
}
