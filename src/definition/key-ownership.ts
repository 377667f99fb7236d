import { OWN_KEY_PREFIX } from '../ports/own-keys.ts';
import { type GlobPieces, parseGlob, piecesMatch } from './glob.ts';
import type { Collection, Migration } from './types.ts';

interface KeyMatcher {
  readonly exact: ReadonlySet<string>;
  readonly patterns: readonly GlobPieces[];
}

// A dump can have a thousand keys of form data, each of which is asked about against all of them.
const matchers = new WeakMap<readonly string[] | Collection, KeyMatcher>();

/** Whether a key of storage belongs to a collection. */
export function isCollectionKey(collection: Collection, key: string): boolean {
  if (collection.layout === 'oneKey') return key === collection.storageKey;
  return matches(matcherFor(collection, [collection.storageKey]), key);
}

/** Whether a key of storage belongs to a migration's form data. Keys of backpedal's own never do. */
export function isFormDataKey(migration: Migration, key: string): boolean {
  return matches(matcherFor(migration.formData, migration.formData), key);
}

/** The keys that a migration names, in contrast to patterns; they exist or not. */
export function namedKeys({ collections, formData }: Migration): readonly string[] {
  const named = collections.flatMap(({ layout, storageKey }) => (layout === 'oneKey' ? [storageKey] : []));
  return [...named, ...matcherFor(formData, formData).exact];
}

function matches(matcher: KeyMatcher, key: string): boolean {
  if (key.startsWith(OWN_KEY_PREFIX)) return false;
  return matcher.exact.has(key) || matcher.patterns.some((pieces) => piecesMatch(pieces, key));
}

function matcherFor(owner: readonly string[] | Collection, globs: readonly string[]): KeyMatcher {
  const known = matchers.get(owner);
  if (known !== undefined) return known;
  const parsed = globs.map(parseGlob);
  const matcher = {
    exact: new Set(parsed.flatMap((pieces) => (pieces.length === 1 ? pieces : []))),
    patterns: parsed.filter((pieces) => pieces.length > 1),
  };
  matchers.set(owner, matcher);
  return matcher;
}
