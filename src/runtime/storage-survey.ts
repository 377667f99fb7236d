import type { BackupEntry, BackupHead } from './backup-format.ts';
import { sha256 } from './text-hash.ts';
import type { World } from './world.ts';

/** How a key of a backup stands in storage: gone, the very value of the backup, or another one. */
export interface KeyState {
  readonly entry: BackupEntry;
  readonly current: string | null;
  readonly state: 'missing' | 'same' | 'other';
}

/** The digest of "no key of a collection was written after the migration". */
export const NO_STORAGE_DRIFT = 'none';

async function compare(entry: BackupEntry, current: string | null): Promise<KeyState['state']> {
  if (current === null) return 'missing';
  return current.length === entry.size && (await sha256(current)) === entry.sha256 ? 'same' : 'other';
}

/** Every key of a backup against storage, by content. */
export async function surveyStorage(world: World, head: BackupHead): Promise<readonly KeyState[]> {
  const values = await world.storage.read(head.entries.map(({ key }) => key));
  const states: KeyState[] = [];
  for (const entry of head.entries) {
    const current = values.get(entry.key) ?? null;
    states.push({ entry, current, state: await compare(entry, current) });
  }
  return states;
}

/** The keys of collections that were written in storage after the migration, and a digest of what they hold. */
export async function storageDrift(
  states: readonly KeyState[],
): Promise<{ readonly digest: string; readonly keys: number }> {
  const drifted = states.filter(({ entry, state }) => entry.kind === 'collection' && state === 'other');
  if (drifted.length === 0) return { digest: NO_STORAGE_DRIFT, keys: 0 };
  const facts: [string, string][] = [];
  for (const { entry, current } of drifted) facts.push([entry.key, await sha256(current ?? '')]);
  return { digest: (await sha256(JSON.stringify(facts))).slice(0, 32), keys: drifted.length };
}

/**
 * Whether a value of form data is a torn rest of what was backed up. Anything else that differs is newer, and is
 * left alone (rule RB9).
 */
export function isTorn(current: string, original: string): boolean {
  if (!/^[[{]/.test(original) || !original.startsWith(current) || current.length >= original.length) return false;
  try {
    JSON.parse(original);
  } catch {
    return false;
  }
  try {
    JSON.parse(current);
    return false;
  } catch {
    return true;
  }
}
