import { isCollectionKey, isFormDataKey } from '../../definition/key-ownership.ts';
import type { Migration } from '../../definition/types.ts';
import { OWN_KEY_PREFIX } from '../../ports/own-keys.ts';
import type { StorageWrite } from '../../ports/storage.ts';
import type { Custody } from './custody.ts';
import type { Edits } from './edits.ts';

/** With what a burst is judged. */
export interface BurstFacts {
  readonly migration: Migration;
  readonly originals: ReadonlyMap<string, string>;
  readonly edits: Edits;
  readonly custody: Custody;
}

/** The run whose marker ends a burst. */
export function runOfBurst(writes: readonly StorageWrite[]): string | null {
  const marker = writes.at(-1);
  if (marker?.value === null || marker === undefined || !marker.key.startsWith(OWN_KEY_PREFIX)) return null;
  try {
    return (JSON.parse(marker.value) as { run?: string }).run ?? null;
  } catch {
    return null;
  }
}

/**
 * Judges a burst that has been written over these values. I7: only keys of the migration, and the marker at the end. I11 and I3: only
 * what had been backed up, displaced or merged before. I9: what it overwrites of the app's is in the vault.
 */
export function judgeBurst(
  { migration, originals, edits, custody }: BurstFacts,
  writes: readonly StorageWrite[],
  before: ReadonlyMap<string, string | null>,
): readonly string[] {
  const wrong: string[] = [];
  for (const { key, value } of writes) {
    if (key === `${OWN_KEY_PREFIX}${migration.id}`) continue;
    const isOfMigration =
      isFormDataKey(migration, key) || migration.collections.some((collection) => isCollectionKey(collection, key));
    if (!isOfMigration) wrong.push(`I7: a burst names the key ${key}, which is not of the migration`);
    if (value !== null && value !== originals.get(key) && !custody.isKept(value))
      wrong.push(`I11: a burst writes to ${key} what was never backed up, displaced or merged`);
    const current = before.get(key) ?? null;
    const edit = edits.storage.get(key);
    if (current === null || current === value || edit === undefined || edit.value !== current) continue;
    if (edit.state !== 'lost' && !custody.isKept(current))
      wrong.push(`I9: a burst overwrites what the app wrote to ${key}, and nothing has kept it`);
  }
  if (!(writes.at(-1)?.key.startsWith(OWN_KEY_PREFIX) ?? true)) wrong.push('I7: a burst does not end with the marker');
  return wrong;
}
