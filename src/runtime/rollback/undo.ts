import { BackupError, StorageError, VaultError } from '../../errors.ts';
import type { RollbackContext, RollbackEvent } from '../../machines/rollback/types.ts';
import type { StorageWrite } from '../../ports/storage.ts';
import type { VerifiedBackup } from '../backup-format.ts';
import type { Work } from '../execution/types.ts';
import { markerWrite, readMarker } from '../marker.ts';
import { displacedId, readDisplaced } from '../vault-files.ts';
import type { World } from '../world.ts';
import { keptMerge } from './kept-merge.ts';
import { keepLateWrites } from './late-writes.ts';
import type { RollbackMemory } from './memory.ts';
import { backupOf, type TargetsRecord } from './restore.ts';

/**
 * What each key that the run may have changed held before. Of several preparations the latest that was going to change
 * a key counts: what an earlier one had seen was either overwritten by somebody else since, or was never touched.
 */
async function valuesBefore(
  world: World,
  context: RollbackContext,
  memory: RollbackMemory,
): Promise<Map<string, string | null>> {
  const { steps } = await world.database.ledger(context.migration);
  const displaced = new Map<string, string | null>();
  for (const value of await readDisplaced(world, context.run)) displaced.set(await displacedId(value), value.value);
  const backup = await backupIfAny(world, context, memory);
  const before = new Map<string, string | null>();
  for (const { run, step, outcome } of steps) {
    if (run !== context.run || !step.startsWith('targets:')) continue;
    for (const [key, state, id] of (outcome as TargetsRecord).before) {
      const value = state === 'missing' ? null : state === 'backup' ? backup?.values.get(key) : displaced.get(id ?? '');
      if (value === undefined) {
        throw new VaultError('VAULT_DAMAGED', `What the key ${JSON.stringify(key)} held before is not in the vault.`);
      }
      before.set(key, value);
    }
  }
  return before;
}

/** The backup; `null` when it was lost since, which is no obstacle where nothing has been written. */
async function backupIfAny(
  world: World,
  context: RollbackContext,
  memory: RollbackMemory,
): Promise<VerifiedBackup | null> {
  try {
    return await backupOf(world, context, memory);
  } catch (error) {
    if (!(error instanceof BackupError)) throw error;
    world.logger.warn('The backup is not there any more, so what was written from it is not known.', {
      code: error.code,
    });
    return null;
  }
}

/** What every key that the run may have changed was to hold: the text of its latest preparation. */
export async function valuesWritten(
  world: World,
  context: RollbackContext,
  memory: RollbackMemory,
): Promise<ReadonlyMap<string, string | null>> {
  const backup = await backupIfAny(world, context, memory);
  const merged = await keptMerge(world, context, memory);
  return new Map<string, string | null>([...(backup?.values ?? []), ...(merged?.entries ?? [])]);
}

/** @throws VaultError `VAULT_DAMAGED` when a key holds what may be the run's own, and nobody can tell */
function refuseUnknown(
  before: ReadonlyMap<string, string | null>,
  written: ReadonlyMap<string, string | null>,
  current: ReadonlyMap<string, string | null>,
): void {
  for (const [key, value] of before) {
    if (written.has(key) || (current.get(key) ?? null) === value) continue;
    throw new VaultError('VAULT_DAMAGED', `What was written to the key ${JSON.stringify(key)} is not known any more.`);
  }
}

/**
 * Puts back what storage held before the run, with a marker of its own, and compares (invariant I5). A key that holds
 * neither that nor what the run wrote was written by somebody else since, and is left alone; where no burst of the run
 * has come through, nothing is written at all.
 */
export async function undoRestore(
  context: RollbackContext,
  { world, writeBurst }: Work,
  memory: RollbackMemory,
): Promise<RollbackEvent> {
  const before = await valuesBefore(world, context, memory);
  const written = await valuesWritten(world, context, memory);
  const found = await readMarker(world);
  const current = await world.storage.read([...before.keys()]);
  if ((await backupIfAny(world, context, memory)) === null) refuseUnknown(before, written, current);
  const writes = [...before].flatMap(([key, value]): StorageWrite[] => {
    const now = current.get(key) ?? null;
    return now !== value && now === (written.get(key) ?? null) ? [{ key, value, expect: [now] }] : [];
  });
  memory.restore = null;
  await keepLateWrites(world, context.run, memory, written);
  const burst = context.targets?.marker ?? 0;
  // A higher marker of this run says that it has been undone already, be it by the process that took over from this one.
  const hasCome = found.marker?.run === context.run && found.marker.counter <= burst;
  if (writes.length > 0 || hasCome) {
    const counter = Math.max(found.marker?.counter ?? 0, burst) + 1;
    const marker = markerWrite(world, found, context.storage, context.run, counter);
    const outcome = await writeBurst([...writes, marker]);
    if (outcome.status !== 'written') {
      throw new StorageError(
        'STORAGE_UNAVAILABLE',
        'Storage was written by somebody else while the restore was being undone.',
        { persistence: 'transient' },
      );
    }
  }
  const values = await world.storage.read(writes.map(({ key }) => key));
  for (const { key, value } of writes) {
    if ((values.get(key) ?? null) !== value) {
      throw new StorageError(
        'VERIFICATION_FAILED',
        `The key ${JSON.stringify(key)} does not hold what it held before the run.`,
        { persistence: 'transient' },
      );
    }
  }
  return { type: 'UNDONE', token: context.token };
}
