import { BackupError } from '../../errors.ts';
import type { MigrationContext } from '../../machines/migration/types.ts';
import type { RollbackContext } from '../../machines/rollback/types.ts';
import { causeOf } from '../cause.ts';
import type { History, RunHistory } from '../history.ts';
import { statelessMemory } from '../rollback/memory.ts';
import type { TargetsRecord } from '../rollback/restore.ts';
import { valuesWritten } from '../rollback/undo.ts';
import { displacedId } from '../vault-files.ts';
import type { World } from '../world.ts';

/** What the rollback was going to write, as far as that can still be read: a damaged copy keeps no app from starting. */
async function writtenBy(world: World, rollback: RollbackContext): Promise<ReadonlyMap<string, string | null>> {
  try {
    return await valuesWritten(world, rollback, statelessMemory());
  } catch (error) {
    if (!(error instanceof BackupError)) throw error;
    world.logger.warn('What an undone rollback had written cannot be read any more, so it is not looked for.', {
      cause: causeOf(error),
    });
    return new Map();
  }
}

/**
 * Whether keys that the migration had removed hold what a rollback was going to fill them with, from the backup or
 * merged: the beginning of a burst whose undoing the browser lost. One that held that text before was written by the app.
 */
export async function isPartlyThere(world: World, { runs }: History, { run, context }: RunHistory): Promise<boolean> {
  const rollback = context as RollbackContext;
  const migration = runs.find((known) => known.run === rollback.undoes);
  if (migration === undefined || (migration.context as MigrationContext).removed === 0) return false;
  const { steps } = await world.database.ledger(world.migration.id);
  const before = new Map(
    steps
      .filter((step) => step.run === run && step.step.startsWith('targets:'))
      .flatMap(({ outcome }) => (outcome as TargetsRecord).before)
      .map(([key, state, id]) => [key, { state, id }] as const),
  );
  const written = await writtenBy(world, rollback);
  const current = await world.storage.read([...before.keys()]);
  for (const [key, { state, id }] of before) {
    const now = current.get(key) ?? null;
    if (now === null || state === 'backup' || now !== written.get(key)) continue;
    if (state === 'missing' || (await displacedId({ key, value: now })) !== id) return true;
  }
  return false;
}
