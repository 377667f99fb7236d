import { cachePatternMatcher } from '../../ports/cache-pattern.ts';

interface Parsed {
  /** What a key begins with that matches, wildcards apart. */
  readonly prefix: string;
  readonly wildcards: ReadonlySet<string>;
}

function parse(pattern: string): Parsed {
  let prefix = '';
  const wildcards = new Set<string>();
  let escaped = false;
  for (const character of pattern) {
    if (!escaped && (character === '*' || character === '?')) wildcards.add(character);
    else if (escaped || character !== '\\') prefix += wildcards.size === 0 ? character : '';
    escaped = !escaped && character === '\\';
  }
  return { prefix, wildcards };
}

/** A text in which Redis sees no wildcards: to it, `[` is one too. */
export function escapeGlob(text: string): string {
  return text.replaceAll(/[\\*?[\]]/g, '\\$&');
}

/**
 * A pattern as Redis understands it, for at least the keys that match. To Redis, `?` is one byte; it is widened, and the
 * keys are looked at again.
 */
export function toRedisGlob(pattern: string): string {
  let glob = '';
  let escaped = false;
  for (const character of pattern) {
    if (escaped) glob += escapeGlob(character);
    else if (character === '*' || character === '?') glob += '*';
    else if (character !== '\\') glob += escapeGlob(character);
    escaped = !escaped && character === '\\';
  }
  return glob;
}

/** What has to be done for some patterns. */
export interface KeySearch {
  /** Keys that are named outright. */
  readonly keys: readonly string[];
  /** What SCAN is to look for; `null` when all keys are named. */
  readonly glob: string | null;
  /** Whether a key that SCAN found is meant. */
  readonly matches: (key: string) => boolean;
}

function commonPrefix(texts: readonly string[]): string {
  const [first = ''] = texts;
  let length = first.length;
  for (const text of texts) while (!text.startsWith(first.slice(0, length))) length -= 1;
  return first.slice(0, length);
}

/** Looks only at patterns that begin as the key does: there may be one for every item. */
function matcherOf(
  patterns: readonly { readonly pattern: string; readonly prefix: string }[],
): (key: string) => boolean {
  const byPrefix = new Map<string, ((key: string) => boolean)[]>();
  for (const { pattern, prefix } of patterns) {
    byPrefix.set(prefix, [...(byPrefix.get(prefix) ?? []), cachePatternMatcher(pattern)]);
  }
  const lengths = [...new Set([...byPrefix.keys()].map((prefix) => prefix.length))];
  return (key) =>
    lengths.some((length) => byPrefix.get(key.slice(0, length))?.some((matches) => matches(key)) ?? false);
}

/** How the keys of some patterns are found: the named ones at once, all others in a single SCAN. */
export function searchFor(patterns: readonly string[]): KeySearch {
  const parsed = [...new Set(patterns)].map((pattern) => ({ pattern, ...parse(pattern) }));
  const wild = parsed.filter(({ wildcards }) => wildcards.size > 0);
  const matches = matcherOf(wild);
  // A key that a wildcard finds as well would be counted twice.
  const keys = [...new Set(parsed.filter(({ wildcards }) => wildcards.size === 0).map(({ prefix }) => prefix))];
  const named = keys.filter((key) => !matches(key));
  const [only] = wild;
  if (only === undefined) return { keys: named, glob: null, matches };
  if (wild.length > 1) {
    return { keys: named, glob: `${escapeGlob(commonPrefix(wild.map(({ prefix }) => prefix)))}*`, matches };
  }
  const isExact = !only.wildcards.has('?');
  return { keys: named, glob: toRedisGlob(only.pattern), matches: isExact ? () => true : matches };
}
