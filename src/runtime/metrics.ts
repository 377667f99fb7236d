import type { RollbackContext } from '../machines/rollback/types.ts';
import { readAudit } from './audit-log.ts';
import type { Receipt, RollbackMetrics } from './record-types.ts';
import { rollbackResult } from './results.ts';
import { readHistory, type Session } from './session.ts';

/** Verdicts on keys that hold what the backup held. */
const PUT_BACK: ReadonlySet<string> = new Set(['exact', 'older', 'reconstructed']);

/** What came back by the receipt: items by collection, and keys of form data that hold their old value. */
function restored(
  receipt: Receipt | undefined,
  choice: RollbackContext['choice'],
  names: readonly string[],
): Record<string, number> {
  const numbers = Object.fromEntries([...names, 'formData'].map((name) => [name, 0]));
  if (receipt?.outcome !== 'rolledBack') return numbers;
  for (const { collection, rows, added, deleted } of receipt.collections) {
    numbers[collection] = choice === 'merge' ? rows : rows - added + deleted;
  }
  numbers.formData = receipt.keys.filter(({ kind, verdict }) => kind === 'formData' && PUT_BACK.has(verdict)).length;
  return numbers;
}

/** The numbers of the latest rollback that has ended, or `null` before the first. */
export async function rollbackMetrics(session: Session): Promise<RollbackMetrics | null> {
  const { world } = session;
  const { runs } = await readHistory(session);
  const run = runs.filter(({ machine, end }) => machine === 'rollback' && end !== null).at(-1);
  if (run === undefined) return null;
  const context = run.context as RollbackContext;
  const receipt = (await readAudit(world)).find(({ runId, receipt: found }) => runId === run.run && found)?.receipt;
  return {
    totalTime: run.last.activeMs,
    dataRestored: restored(
      receipt,
      context.choice,
      world.migration.collections.map(({ name }) => name),
    ),
    errorsEncountered: context.errors,
    recoveryAttempts: context.recoveries,
    finalStatus: rollbackResult(context, '').finalStatus,
  };
}
