import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Collection } from './types.ts';

/**
 * SHA-256, in hexadecimal, over what says which data a migration is about: its id, its collections' keys, layouts,
 * paths and id fields, and its form data. The order in which they were written down does not count, and neither do
 * policies, schemas, functions and cache patterns: an app that changes a threshold or adds a `fromRow` must still
 * be able to use the backups that it has.
 */
export function definitionDigest(id: string, collections: readonly Collection[], formData: readonly string[]): string {
  const places = collections.map((collection) => ({
    name: collection.name,
    storageKey: collection.storageKey,
    layout: collection.layout,
    path: collection.path,
    idFields: collection.idFields,
  }));
  places.sort((one, other) => compareText(one.name, other.name));
  const canonical = JSON.stringify({ format: 1, id, collections: places, formData: [...formData].sort(compareText) });
  return bytesToHex(sha256(utf8ToBytes(canonical)));
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
