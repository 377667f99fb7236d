import { BackpedalError, StorageError, VaultError } from '../../errors.ts';
import type { CrashRecoveryContext, CrashRecoveryEvent } from '../../machines/crash-recovery/types.ts';
import type { MigrationContext } from '../../machines/migration/types.ts';
import type { RollbackContext } from '../../machines/rollback/types.ts';
import type { StorageWrite } from '../../ports/storage.ts';
import type { Work } from '../execution/types.ts';
import type { RunHistory } from '../history.ts';
import { markerWrite, readMarker } from '../marker.ts';
import { restoreSource } from '../migration/finish.ts';
import { isMerging, keptMerge } from '../rollback/kept-merge.ts';
import { statelessMemory } from '../rollback/memory.ts';
import { backupOf } from '../rollback/restore.ts';
import { planRestore } from '../rollback/restore-plan.ts';
import { undoRestore } from '../rollback/undo.ts';
import { readHistory } from '../session.ts';
import type { World } from '../world.ts';
import { displacedBy, holdsDisplaced } from './displaced-by.ts';
import type { CrashMemory } from './memory.ts';
import { resurrected } from './settling.ts';

/** A burst that the browser lost, to be written once more. */
interface LostBurst {
  readonly writes: readonly StorageWrite[];
  /** Keys that hold something newer, which is left alone. */
  readonly left: number;
  readonly counter: number;
}

/** The rollback's burst once more: a key is written only over nothing, over its backup, or over what was there before. */
async function burstOfRollback(world: World, context: RollbackContext): Promise<LostBurst> {
  const memory = statelessMemory();
  const backup = await backupOf(world, context, memory);
  const merged = await keptMerge(world, context, memory);
  if (merged === null && isMerging(context)) {
    throw new VaultError('VAULT_DAMAGED', 'What the rollback had merged is not in the vault, and the backup lacks it.');
  }
  const { writes } = await planRestore(world, backup, merged);
  const before = await displacedBy(world, context);
  const allowed: StorageWrite[] = [];
  for (const write of writes) {
    const now = write.expect[0] ?? null;
    const isKept = now === null || now === backup.values.get(write.key);
    if (isKept || (await holdsDisplaced(before, write.key, now))) allowed.push(write);
  }
  return { writes: allowed, left: writes.length - allowed.length, counter: context.targets?.marker ?? 1 };
}

/** What is newer stays lost to the burst for good, so nothing counts as newer that was not seen to be so twice. */
async function surelyNewer(look: () => Promise<LostBurst>): Promise<LostBurst> {
  const first = await look();
  if (first.left === 0) return first;
  const second = await look();
  return second.left < first.left ? second : first;
}

/** The removal of the source once more: only keys that equal their backup (hazard H2). */
async function burstOfMigration(world: World, run: RunHistory): Promise<LostBurst> {
  const { back, newer } = await resurrected(world, run);
  const { marker } = await readMarker(world);
  const writes = back.map(({ key, value }): StorageWrite => ({ key, value: null, expect: [value] }));
  return { writes, left: newer, counter: (marker?.counter ?? 0) + 1 };
}

async function write(work: Work, run: RunHistory, burst: LostBurst): Promise<CrashRecoveryEvent> {
  const { world, writeBurst } = work;
  const { writes, left, counter } = burst;
  const marker = markerWrite(world, await readMarker(world), run.context.storage, run.run, counter);
  const outcome = await writeBurst([...writes, marker]);
  const values = await world.storage.read(writes.map(({ key }) => key));
  const isThere = writes.every(({ key, value }) => (values.get(key) ?? null) === value);
  if (outcome.status === 'written' && isThere) return { type: 'RESTORED_AGAIN', written: writes.length, left };
  throw new StorageError('STORAGE_UNAVAILABLE', 'What the browser had lost could not be written again yet.', {
    persistence: 'transient',
  });
}

/** What a migration that was stopped had put back, once more; its memory is not needed any more. */
async function restoreSourceAgain({ context }: RunHistory, work: Work): Promise<CrashRecoveryEvent> {
  const rollBack = (): Promise<never> => Promise.reject(new BackpedalError('INTERNAL', 'Nothing is rolled back here.'));
  const memory = {
    tables: null,
    source: null,
    backup: null,
    failures: null,
    hasEnded: () => false,
    isBurstMissing: async () => false,
    rollBack,
  };
  await restoreSource(context as MigrationContext, work, memory);
  return { type: 'RESTORED_AGAIN', written: context.keys, left: 0 };
}

/** Writes again what the browser had acknowledged and not kept; newer values are left where they are. */
export async function restoreAgain(
  context: CrashRecoveryContext,
  work: Work,
  { history, session }: CrashMemory,
): Promise<CrashRecoveryEvent> {
  const { world } = work;
  const run = (history ?? (await readHistory(session))).runs.find((known) => known.run === context.concerns);
  if (run === undefined)
    throw new BackpedalError('RUN_NOT_FOUND', 'The run whose burst was lost is not in the journal.');
  await world.operations.stop();
  try {
    if (run.machine === 'migration' && run.end === 'unchanged') return await restoreSourceAgain(run, work);
    if (run.machine === 'migration') return await write(work, run, await burstOfMigration(world, run));
    const rollback = run.context as RollbackContext;
    if (rollback.outcome === 'rolledBack') {
      return await write(work, run, await surelyNewer(() => burstOfRollback(world, rollback)));
    }
    await undoRestore(rollback, work, statelessMemory());
    return { type: 'RESTORED_AGAIN', written: rollback.written, left: 0 };
  } finally {
    await world.operations.resume();
  }
}
