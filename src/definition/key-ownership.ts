import { globMatches } from './glob.ts';
import { OWN_KEY_PREFIX } from './names.ts';
import type { Collection, Migration } from './types.ts';

/** Whether a key of storage belongs to a collection. */
export function isCollectionKey(collection: Collection, key: string): boolean {
  if (collection.layout === 'oneKey') return key === collection.storageKey;
  return !key.startsWith(OWN_KEY_PREFIX) && globMatches(collection.storageKey, key);
}

/** Whether a key of storage belongs to a migration's form data. Keys of backpedal's own never do. */
export function isFormDataKey(migration: Migration, key: string): boolean {
  return !key.startsWith(OWN_KEY_PREFIX) && migration.formData.some((glob) => globMatches(glob, key));
}
