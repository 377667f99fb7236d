import { causeOf } from '../cause.ts';
import { getJson, putJson } from '../vault-files.ts';
import type { World } from '../world.ts';

/** Whether something is proved, by its hash, to be what had been backed up. */
export type Fidelity = 'exact' | 'lossy';

/** One item as it was put together. */
export interface ReconstructedItem {
  readonly collection: string;
  readonly id: string;
  readonly storageKey: string;
  readonly fidelity: Fidelity;
}

/** What was put together, key by key and item by item. */
export interface ReconstructionRecord {
  readonly keys: readonly { readonly key: string; readonly fidelity: Fidelity }[];
  readonly items: readonly ReconstructedItem[];
}

const fileOf = (backup: string): string => `runs/${backup}/reconstruction`;

/** Keeps what a reconstructed backup consists of, under the run that made it, which is also the backup's id. */
export const keepReconstruction = (world: World, backup: string, record: ReconstructionRecord): Promise<void> =>
  putJson(world, fileOf(backup), record);

/** What a reconstructed backup consists of; `null` when it cannot be told, so that nothing of it is proved. */
export async function readReconstruction(world: World, backup: string): Promise<ReconstructionRecord | null> {
  try {
    return await getJson<ReconstructionRecord>(world, fileOf(backup));
  } catch (error) {
    world.logger.warn('What was put together is not known any more.', { id: backup, cause: causeOf(error) });
    return null;
  }
}
