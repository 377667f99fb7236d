import type { RollbackContext } from '../../machines/rollback/types.ts';
import { readBackup, writeBackup } from '../backup-format.ts';
import { getJson, putJson } from '../vault-files.ts';
import type { World } from '../world.ts';
import type { RollbackMemory } from './memory.ts';
import type { Merged, NotCarriedOver } from './restore-plan.ts';

/** What goes with the merged texts but is no text. */
interface Notes {
  readonly removed: readonly string[];
  readonly notCarriedOver: readonly NotCarriedOver[];
}

const notesFile = (run: string): string => `runs/${run}/merged-notes`;
const textsFile = (context: RollbackContext): string => `${context.migration}/runs/${context.run}/merged`;

/** Whether the drift is to be carried over at all. */
export const isMerging = ({ choice, drift }: RollbackContext): boolean => choice === 'merge' && drift?.rows !== 'none';

/**
 * Keeps merged texts in the vault, in the form of a backup: raw, with a hash each. The texts come last, so that they
 * are there with all that belongs to them or not at all.
 */
export async function keepMerge(world: World, context: RollbackContext, merged: Merged): Promise<Merged> {
  const items: { key: string; kind: 'collection'; value: string }[] = [];
  const removed: string[] = [];
  for (const [key, value] of merged.entries) {
    if (value === null) removed.push(key);
    else items.push({ key, kind: 'collection', value });
  }
  const facts = {
    id: context.run,
    migration: context.migration,
    definition: world.migration.digest,
    createdAt: new Date(world.clock.now()).toISOString(),
    origin: world.storage.origin,
    storage: context.storage,
    user: world.identity.user(),
  };
  const { head, text } = await writeBackup(facts, items, null);
  await putJson(world, notesFile(context.run), { removed, notCarriedOver: merged.notCarriedOver } satisfies Notes);
  await world.vault.put(textsFile(context), text);
  return { ...merged, hashes: new Map(head.entries.map(({ key, sha256 }) => [key, sha256])) };
}

/** The merged texts that the vault has kept, so that a resumed run goes on with the very same ones. */
export async function keptMerge(
  world: World,
  context: RollbackContext,
  memory: Pick<RollbackMemory, 'merged'>,
): Promise<Merged | null> {
  if (!isMerging(context)) return null;
  if (memory.merged !== null) return memory.merged;
  const text = await world.vault.get(textsFile(context));
  const notes = await getJson<Notes>(world, notesFile(context.run));
  if (text === null || notes === null) return null;
  // Unlike a backup from outside it may have any size: what was kept is what a resumed run goes on with.
  const { head, values } = await readBackup(text, null, Number.POSITIVE_INFINITY);
  memory.merged = {
    entries: [...values, ...notes.removed.map((key) => [key, null] as const)],
    notCarriedOver: notes.notCarriedOver,
    hashes: new Map(head.entries.map(({ key, sha256 }) => [key, sha256])),
  };
  return memory.merged;
}
