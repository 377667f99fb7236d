import { StorageError } from '../../errors.ts';
import type { RollbackContext, RollbackEvent } from '../../machines/rollback/types.ts';
import type { StorageWrite } from '../../ports/storage.ts';
import type { Work } from '../execution/types.ts';
import { markerWrite, readMarker } from '../marker.ts';
import { readDisplaced } from '../vault-files.ts';
import type { World } from '../world.ts';
import type { RollbackMemory } from './memory.ts';
import { fenceOf, takeOver } from './prepare.ts';
import { backupOf, keptMerge, type TargetsRecord } from './restore.ts';

/** What each key that the run may have changed held before its first burst. */
async function valuesBefore(
  world: World,
  context: RollbackContext,
  memory: RollbackMemory,
): Promise<Map<string, string | null>> {
  const { steps } = await world.database.ledger(context.migration);
  const displaced = new Map((await readDisplaced(world, context.run)).map(({ key, value }) => [key, value]));
  const backup = await backupOf(world, context, memory);
  const before = new Map<string, string | null>();
  for (const { run, step, outcome } of steps) {
    if (run !== context.run || !step.startsWith('targets:')) continue;
    for (const [key, state] of (outcome as TargetsRecord).before) {
      // The first preparation saw the key as it was before the run; later ones may have seen the run's own writes.
      if (before.has(key)) continue;
      if (state === 'missing') before.set(key, null);
      else before.set(key, (state === 'backup' ? backup.values.get(key) : displaced.get(key)) ?? null);
    }
  }
  return before;
}

/** Puts back what storage held before the run, with a marker of its own, and compares (invariant I5). */
export async function undoRestore(
  context: RollbackContext,
  { world, permitted }: Work,
  memory: RollbackMemory,
): Promise<RollbackEvent> {
  const before = await valuesBefore(world, context, memory);
  const backup = await backupOf(world, context, memory);
  const merged = new Map((await keptMerge(world, context))?.entries ?? []);
  const found = await readMarker(world);
  const writes = [...before].map(([key, value]): StorageWrite => {
    const target = merged.has(key) ? (merged.get(key) ?? null) : (backup.values.get(key) ?? null);
    return { key, value, expect: [target] };
  });
  const counter = Math.max(found.marker?.counter ?? 0, context.targets?.marker ?? 0) + 1;
  const marker = markerWrite(world, found, context.storage, context.run, counter);
  const outcome = await world.storage.write([...writes, marker], permitted);
  if (outcome.status !== 'written') {
    throw new StorageError(
      'STORAGE_UNAVAILABLE',
      'Storage was written by somebody else while the restore was being undone.',
      { persistence: 'transient' },
    );
  }
  const values = await world.storage.read([...before.keys()]);
  for (const [key, value] of before) {
    if ((values.get(key) ?? null) !== value) {
      throw new StorageError(
        'VERIFICATION_FAILED',
        `The key ${JSON.stringify(key)} does not hold what it held before the run.`,
      );
    }
  }
  memory.restore = null;
  return { type: 'UNDONE', token: context.token };
}

/** Moves the rows back out of the archive, if they are there at all; whoever else is at it is shut out first. */
export async function undoClear(context: RollbackContext, { world }: Work): Promise<RollbackEvent> {
  const token = await takeOver(world, context);
  await world.database.undoClear(fenceOf({ ...context, token }));
  return { type: 'UNDONE', token };
}
