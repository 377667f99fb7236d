import { DEFAULTS } from '../definition/defaults.ts';
import { escapeGlob } from '../definition/glob.ts';
import { OWN_KEY_PREFIX } from '../ports/own-keys.ts';
import { discoverInValue, parseIfJson } from './discover-in-value.ts';
import { createNaming } from './discover-names.ts';
import { ownKeyPattern } from './id-like.ts';
import { isJsonObject } from './recognise.ts';

/** A collection as it was found, ready for a definition. */
export interface DiscoveredCollection {
  /** Escaped as a glob. */
  readonly storageKey: string;
  readonly path: readonly string[];
  readonly idField: string;
}

/** What was found in a dump: `defineMigration({ id, ...discovery })` always accepts it. */
export interface Discovery {
  readonly collections: Readonly<Record<string, DiscoveredCollection>>;
  /** All other keys, each as a glob that matches it alone. */
  readonly formData: readonly string[];
}

/** Up to where looking is worth while. */
export interface DiscoveryLimits {
  /** UTF-16 code units; longer values are form data. */
  readonly maxValueLength: number;
  /** Levels of nesting; deeper values are form data. */
  readonly maxDepth: number;
}

/** What `discoverCollections` does unless told otherwise. */
export const DISCOVERY_LIMITS: DiscoveryLimits = Object.freeze({
  maxValueLength: 524_288,
  maxDepth: DEFAULTS.maxDepth,
});

/**
 * Finds the collections in a dump of storage by looking: arrays of objects with different ids, maps from id to
 * object, `{ ids, entities }`, at any path and in JSON within JSON, and groups of keys `prefix` + id that hold one
 * object each. What is in doubt (ids missing, doubled or of two types, mixed arrays, broken JSON, very long values) is
 * form data, so that it is kept as it is. Keys of backpedal's own are left out. Never throws, whatever the dump holds.
 */
export function discoverCollections(
  entries: ReadonlyMap<string, string>,
  limits: DiscoveryLimits = DISCOVERY_LIMITS,
): Discovery {
  const parsed = new Map<string, unknown>();
  for (const [key, text] of entries) {
    if (key.startsWith(OWN_KEY_PREFIX)) continue;
    parsed.set(key, text.length > limits.maxValueLength ? undefined : parseIfJson(text, limits));
  }
  const nameFor = createNaming();
  const collections: [string, DiscoveredCollection][] = [];
  const formData: string[] = [];
  const grouped = new Set<string>();
  for (const group of groupOwnKeys(parsed)) {
    for (const key of group.keys) grouped.add(key);
    const storageKey = `${escapeGlob(group.prefix)}*`;
    collections.push([nameFor(group.prefix, []), { storageKey, path: [], idField: group.field }]);
  }
  for (const [key, value] of parsed) {
    if (grouped.has(key)) continue;
    const storageKey = escapeGlob(key);
    const places = key === '' ? [] : discoverInValue(value, limits);
    for (const place of places) collections.push([nameFor(key, place.path), { storageKey, ...place }]);
    if (places.length === 0) formData.push(storageKey);
  }
  return { collections: Object.fromEntries(collections), formData };
}

interface OwnKeyGroup {
  readonly prefix: string;
  readonly field: string;
  readonly keys: readonly string[];
}

/** Groups of two keys at least, where no other key of the dump begins like them. */
function groupOwnKeys(parsed: ReadonlyMap<string, unknown>): readonly OwnKeyGroup[] {
  const groups = new Map<string, { prefix: string; field: string; keys: string[] }>();
  for (const [key, value] of parsed) {
    const pattern = isJsonObject(value) ? ownKeyPattern(key, value) : null;
    if (pattern === null) continue;
    const name = JSON.stringify([pattern.prefix, pattern.field, pattern.idType]);
    const group = groups.get(name) ?? { prefix: pattern.prefix, field: pattern.field, keys: [] };
    group.keys.push(key);
    groups.set(name, group);
  }
  const keys = [...parsed.keys()].sort();
  return [...groups.values()].filter(
    (group) => group.keys.length > 1 && countWithPrefix(keys, group.prefix) === group.keys.length,
  );
}

/** How many of the sorted keys begin with the prefix. */
function countWithPrefix(keys: readonly string[], prefix: string): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') < prefix) low = middle + 1;
    else high = middle;
  }
  let count = 0;
  while (keys[low + count]?.startsWith(prefix)) count++;
  return count;
}
