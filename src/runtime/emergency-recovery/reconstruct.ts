import { readCollection } from '../../content/read-collection.ts';
import type { EmergencyRecoveryContext, EmergencyRecoveryEvent } from '../../machines/emergency-recovery/types.ts';
import { createBackup } from '../backup-store.ts';
import type { Work } from '../execution/types.ts';
import { sha256 } from '../text-hash.ts';
import type { World } from '../world.ts';
import { type Evidence, gatherEvidence } from './evidence.ts';
import type { EmergencyMemory } from './memory.ts';
import { migratedRows } from './migrated-rows.ts';
import { rebuildAll } from './rebuilt-keys.ts';
import { type Fidelity, keepReconstruction, type ReconstructionRecord } from './reconstruction.ts';

/** What of these texts is proved: an item is as exact as the key that it lies in. */
async function judge(
  world: World,
  texts: ReadonlyMap<string, string>,
  { expected }: Evidence,
): Promise<ReconstructionRecord> {
  const hashes = new Map((expected ?? []).map(({ key, sha256: hash }) => [key, hash]));
  const fidelity = new Map<string, Fidelity>();
  for (const [key, text] of texts) fidelity.set(key, hashes.get(key) === (await sha256(text)) ? 'exact' : 'lossy');
  const items = world.migration.collections.flatMap((collection) =>
    readCollection(collection, texts, world.migration).items.map(({ id, storageKey }) => ({
      collection: collection.name,
      id,
      storageKey,
      fidelity: fidelity.get(storageKey) ?? 'lossy',
    })),
  );
  return { keys: [...fidelity].map(([key, how]) => ({ key, fidelity: how })), items };
}

/** How many items are so exact; form data is one item a key, and so is a key without items. */
function count({ keys, items }: ReconstructionRecord, wanted: Fidelity): number {
  const withItems = new Set(items.map(({ storageKey }) => storageKey));
  const others = keys.filter(({ key }) => !withItems.has(key));
  return [...items, ...others].filter(({ fidelity }) => fidelity === wanted).length;
}

/**
 * Puts the data together from what is left, and keeps the result as a backup of its own, marked as what it is. An item
 * is exact where the text that it lies in has the hash that was backed up; everything else is lossy. Nothing else is
 * changed. A repetition gives what the first one has kept.
 */
export async function reconstruct(
  context: EmergencyRecoveryContext,
  { world, report }: Work,
  { movers }: EmergencyMemory,
): Promise<EmergencyRecoveryEvent> {
  const evidence = await gatherEvidence(world, context.undoes);
  report(0.4);
  const rebuilt = await rebuildAll(world, evidence, await migratedRows(world, context.undoes, movers));
  report(0.8);
  if (rebuilt.items.length === 0) return { type: 'NOT_RECONSTRUCTED' };
  const texts = new Map(rebuilt.items.map(({ key, value }) => [key, value]));
  const judged = await judge(world, texts, evidence);
  const counts = {
    exact: count(judged, 'exact'),
    lossy: count(judged, 'lossy'),
    missing: (evidence.expected ?? []).filter(({ key }) => !texts.has(key)).length + rebuilt.leftOut,
  };
  const { head, values } = await createBackup(world, context.run, context.storage, rebuilt.items, counts);
  await keepReconstruction(world, context.run, await judge(world, values, evidence));
  return { type: 'RECONSTRUCTED', reconstruction: { backup: head.id, ...(head.reconstruction ?? counts) } };
}
