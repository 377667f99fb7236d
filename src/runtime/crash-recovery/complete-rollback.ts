import type { CrashRecoveryContext, CrashRecoveryEvent } from '../../machines/crash-recovery/types.ts';
import { initialContext } from '../../machines/rollback/context.ts';
import { ROLLBACK_VERSION } from '../../machines/rollback/types.ts';
import type { Work } from '../execution/types.ts';
import { takeOver } from '../lease.ts';
import type { TargetsRecord } from '../rollback/restore.ts';
import { readHistory } from '../session.ts';
import { appendAdopted, storageOf } from './lost-run.ts';
import type { CrashMemory } from './memory.ts';
import { probe } from './probe.ts';

/**
 * Writes into the new journal that a rollback had ended, so that its burst settles and its archive is kept and dropped
 * like any other's.
 */
async function adoptRollback(work: Work, context: CrashRecoveryContext, memory: CrashMemory): Promise<void> {
  const { world } = work;
  const { ledger, session } = memory;
  const { undoes = null, rollback = null } = context.lost ?? {};
  if (undoes === null || rollback === null || ledger === null) return;
  const { runs } = await readHistory(session);
  if (runs.some(({ run }) => run === rollback)) return;
  const { steps } = await world.database.ledger(world.migration.id);
  const latest = steps.findLast(({ run, step }) => run === rollback && step.startsWith('targets:'));
  if (latest === undefined) return;
  const { digest, marker } = latest.outcome as TargetsRecord;
  const storage = await storageOf(world, context);
  const { id: migration, onDrift } = world.migration;
  const reason = 'USER_REQUEST';
  const input = { run: rollback, migration, storage, undoes, reason, detail: '', backup: undoes, onDrift };
  const done = ['Load Backup', 'Clear Database', 'Restore LocalStorage', 'Verify Data', 'Clean State'];
  await appendAdopted(work, ledger, {
    run: rollback,
    parent: context.run,
    machine: { id: 'rollback', version: ROLLBACK_VERSION },
    snapshot: {
      value: 'rolledBack',
      context: {
        ...initialContext(input),
        targets: { digest, marker },
        effect: 'restoring',
        done,
        outcome: 'rolledBack',
        keys: context.keys,
        debts: ['cache'],
      } as never,
    },
  });
}

/** Verifies once more that storage is as the lost rollback was to leave it and its rows are gone; then closes it. */
export async function completeRollback(
  context: CrashRecoveryContext,
  work: Work,
  memory: CrashMemory,
): Promise<CrashRecoveryEvent> {
  const { world } = work;
  const found = await probe(context, memory);
  const isComplete =
    found.type === 'PROBED' && found.findings.storage === 'intact' && found.findings.database === 'empty';
  if (!isComplete) return { type: 'MISMATCHED' };
  const { migration } = context;
  const run = context.lost?.rollback ?? context.run;
  const token = await takeOver(world, { migration, run, storage: await storageOf(world, context) });
  const undoes = context.lost?.undoes ?? null;
  // Rows that came after it (invariant I9).
  const isLeft = undoes !== null && (await world.database.remaining(migration, undoes)) > 0;
  if (isLeft) await world.database.sweep({ migration, run, token });
  await world.database.release({ migration, run, token });
  await adoptRollback(work, context, memory);
  await world.operations.resume();
  return { type: 'COMPLETED' };
}
