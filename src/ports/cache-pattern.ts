type Token = { readonly kind: 'run' } | { readonly kind: 'one' } | { readonly kind: 'literal'; readonly text: string };

const tokensOf = (pattern: string): readonly Token[] => {
  const tokens: Token[] = [];
  let escaped = false;
  for (const text of pattern) {
    if (escaped) tokens.push({ kind: 'literal', text });
    else if (text === '*') tokens.push({ kind: 'run' });
    else if (text === '?') tokens.push({ kind: 'one' });
    else if (text !== '\\') tokens.push({ kind: 'literal', text });
    escaped = !escaped && text === '\\';
  }
  return tokens;
};

/** A literal that narrows a pattern down: separators and other ASCII punctuation are in every key. */
const narrows = (token: Token): boolean => token.kind === 'literal' && !/[\s!-/:-@[-`{-~]/.test(token.text);

/**
 * What is wrong with a pattern of `CachePort`, or `null`. Wildcards without a single letter or digit beside
 * them (`*`, `**`, `*:*`, `?*`) would empty a cache that others share.
 */
export function cachePatternFault(pattern: string): string | null {
  if (pattern === '') return 'it is empty';
  const trailing = /\\*$/.exec(pattern)?.[0].length ?? 0;
  if (trailing % 2 === 1) return 'it ends in a "\\" with nothing to make literal';
  const tokens = tokensOf(pattern);
  const hasWildcard = tokens.some((token) => token.kind !== 'literal');
  if (hasWildcard && !tokens.some(narrows)) return 'it matches everything: give it a prefix such as "task:*"';
  return null;
}

/** A test for keys that match the pattern; takes at most length of pattern times length of key steps. */
export function cachePatternMatcher(pattern: string): (key: string) => boolean {
  const tokens = tokensOf(pattern);
  return (key) => {
    const characters = [...key];
    let token = 0;
    let at = 0;
    let runToken = -1;
    let runAt = 0;
    while (at < characters.length) {
      const wanted = tokens[token];
      if (wanted?.kind === 'run') {
        runToken = token++;
        runAt = at;
      } else if (wanted?.kind === 'one' || (wanted?.kind === 'literal' && wanted.text === characters[at])) {
        token++;
        at++;
      } else if (runToken >= 0) {
        token = runToken + 1;
        at = ++runAt;
      } else return false;
    }
    return tokens.slice(token).every((rest) => rest.kind === 'run');
  };
}
