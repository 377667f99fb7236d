const PLACEHOLDERS: readonly string[] = ['id', 'scope'];

type PatternPart =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'wildcard'; readonly text: string }
  | { readonly kind: 'placeholder'; readonly text: string };

/** What the placeholders of a cache pattern stand for. */
export interface PatternValues {
  readonly id?: string;
  readonly scope?: string;
}

/**
 * What is wrong with a cache pattern, or `null`. `*` and `?` are wildcards, `{id}` and `{scope}` placeholders, `\`
 * makes the next character literal. A pattern needs a letter or digit of its own, or it would empty a cache that
 * others share; `{id}` without a wildcard is enough, too.
 */
export function faultOfCachePattern(pattern: string): string | null {
  if (pattern === '') return 'must not be empty';
  const parts = parseCachePattern(pattern);
  if (typeof parts === 'string') return parts;
  const unknown = parts.find((part) => part.kind === 'placeholder' && !PLACEHOLDERS.includes(part.text));
  if (unknown !== undefined) return 'holds an unknown placeholder; known are {id} and {scope}';
  const hasWildcard = parts.some((part) => part.kind === 'wildcard');
  const hasName = parts.some((part) => part.kind === 'literal' && /[\p{L}\p{N}]/u.test(part.text));
  const hasPlaceholder = parts.some((part) => part.kind === 'placeholder');
  if (!hasName && (hasWildcard || !hasPlaceholder)) {
    return 'could match keys of anybody; begin it with a name of its own such as "task:"';
  }
  return null;
}

/** Whether a cache pattern holds this placeholder. */
export function patternHolds(pattern: string, placeholder: keyof PatternValues): boolean {
  const parts = parseCachePattern(pattern);
  if (typeof parts === 'string') return false;
  return parts.some((part) => part.kind === 'placeholder' && part.text === placeholder);
}

/**
 * The pattern with its placeholders replaced, the values' own wildcards made literal; `null` when it asks for a value
 * that is not given.
 */
export function fillCachePattern(pattern: string, values: PatternValues): string | null {
  const parts = parseCachePattern(pattern);
  if (typeof parts === 'string') return null;
  const texts: string[] = [];
  for (const part of parts) {
    if (part.kind === 'placeholder') {
      const value = part.text === 'id' ? values.id : values.scope;
      if (value === undefined) return null;
      texts.push(escapeWildcards(value));
    } else {
      texts.push(part.kind === 'wildcard' ? part.text : escapeWildcards(part.text));
    }
  }
  return texts.join('');
}

function escapeWildcards(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&');
}

function parseCachePattern(pattern: string): readonly PatternPart[] | string {
  const parts: PatternPart[] = [];
  let at = 0;
  while (at < pattern.length) {
    const unit = pattern.charAt(at);
    if (unit === '\\') {
      if (at + 1 === pattern.length) return 'ends with a backslash that makes nothing literal';
      parts.push({ kind: 'literal', text: pattern.charAt(at + 1) });
      at += 2;
    } else if (unit === '{') {
      const end = pattern.indexOf('}', at);
      if (end < 0) return 'opens a placeholder and does not close it';
      parts.push({ kind: 'placeholder', text: pattern.slice(at + 1, end) });
      at = end + 1;
    } else {
      parts.push({ kind: unit === '*' || unit === '?' ? 'wildcard' : 'literal', text: unit });
      at++;
    }
  }
  return parts;
}
