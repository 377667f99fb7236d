import type { RollbackContext } from '../machines/rollback/types.ts';
import { findBackup, readDigests } from './backup-store.ts';
import type { RollbackMetrics } from './record-types.ts';
import { rollbackResult } from './results.ts';
import { readHistory, type Session } from './session.ts';

/** The numbers of the latest rollback that has ended, or `null` before the first. */
export async function rollbackMetrics(session: Session): Promise<RollbackMetrics | null> {
  const { world } = session;
  const { runs } = await readHistory(session);
  const run = runs.filter(({ machine, end }) => machine === 'rollback' && end !== null).at(-1);
  if (run === undefined) return null;
  const context = run.context as RollbackContext;
  const dataRestored: Record<string, number> = { formData: 0 };
  for (const { name } of world.migration.collections) dataRestored[name] = 0;
  if (run.end === 'rolledBack') {
    const digests = await readDigests(world, context.undoes);
    for (const { collection, rows } of digests?.collections ?? []) dataRestored[collection] = rows;
    const { head } = await findBackup(world, context.backup);
    dataRestored.formData = head.entries.filter(({ kind }) => kind === 'formData').length;
  }
  return {
    totalTime: run.last.activeMs,
    dataRestored,
    errorsEncountered: context.errors,
    recoveryAttempts: context.recoveries,
    finalStatus: rollbackResult(context, '').finalStatus,
  };
}
