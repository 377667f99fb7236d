type Expected = 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'commaOrEnd' | 'nothing';

const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const BLANK = /[ \t\n\r]*/y;

/** Where the match ends that begins at `from`, or -1. */
const endOf = (pattern: RegExp, text: string, from: number): number => {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : -1;
};

/** Where the string literal ends that begins at `from`; `fault` when it does not. */
function scanString(text: string, from: number): { end: number } | { fault: number } {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') {
    const next = text[at] === '\\' ? endOf(ESCAPE, text, at) : (text[at] ?? '') < ' ' ? -1 : at + 1;
    if (next === -1) return { fault: at };
    at = next;
  }
  return at < text.length ? { end: at + 1 } : { fault: at };
}

/**
 * Where a text stops being JSON, as an index; its length when it is cut off. The engine's own message names no place for
 * every fault, and quotes the text.
 */
export function jsonFaultAt(text: string): number {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let at = 0;
  const afterValue = (): Expected => (open.length === 0 ? 'nothing' : 'commaOrEnd');
  for (;;) {
    at = endOf(BLANK, text, at);
    const character = text[at];
    if (character === undefined) return at;
    const container = open.at(-1);
    if (expected === 'colon' && character === ':') expected = 'value';
    else if (expected === 'commaOrEnd' && character === ',') expected = container === '{' ? 'key' : 'value';
    else if (character === '}' && container === '{' && (expected === 'keyOrEnd' || expected === 'commaOrEnd')) {
      open.pop();
      expected = afterValue();
    } else if (character === ']' && container === '[' && (expected === 'valueOrEnd' || expected === 'commaOrEnd')) {
      open.pop();
      expected = afterValue();
    } else if ((expected === 'value' || expected === 'valueOrEnd') && (character === '{' || character === '[')) {
      open.push(character);
      expected = character === '{' ? 'keyOrEnd' : 'valueOrEnd';
    } else if (expected === 'colon' || expected === 'commaOrEnd' || expected === 'nothing') return at;
    else {
      const isKey: boolean = expected === 'key' || expected === 'keyOrEnd';
      if (isKey && character !== '"') return at;
      const scanned = character === '"' ? scanString(text, at) : { end: endOf(SCALAR, text, at) };
      if ('fault' in scanned) return scanned.fault;
      if (scanned.end === -1) return at;
      at = scanned.end;
      expected = isKey ? 'colon' : afterValue();
      continue;
    }
    at++;
  }
}
