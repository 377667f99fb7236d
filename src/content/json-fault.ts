const ESCAPES = '"\\/bfnrt';
const PRIMITIVE = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

/**
 * Where a text stops being JSON, in UTF-16 code units (its length when it is cut off), or `null` when it is JSON.
 * Engines word what `JSON.parse` throws differently, and some quote the text, which may be a user's.
 */
export function findJsonFault(text: string): number | null {
  const open: string[] = [];
  let at = skipBlank(text, 0);
  for (;;) {
    const unit = text.charAt(at);
    if (unit === '{' || unit === '[') {
      at = skipBlank(text, at + 1);
      if (text.charAt(at) !== closing(unit)) {
        open.push(unit);
        const begin = unit === '{' ? readName(text, at) : { at, fault: false };
        if (begin.fault) return begin.at;
        at = begin.at;
        continue;
      }
      at++;
    } else {
      const scalar = unit === '"' ? readString(text, at) : readPrimitive(text, at);
      if (scalar.fault) return scalar.at;
      at = scalar.at;
    }
    const after = closeAndSeparate(text, at, open);
    if (after.fault || after.ended) return after.fault ? after.at : null;
    at = after.at;
  }
}

interface Reading {
  readonly at: number;
  readonly fault: boolean;
}

/** After a value: closes what closes here, and goes on to the next value if there is one. */
function closeAndSeparate(text: string, from: number, open: string[]): Reading & { readonly ended: boolean } {
  let at = skipBlank(text, from);
  for (;;) {
    const container = open.at(-1);
    if (container === undefined) return { at, fault: at < text.length, ended: true };
    const unit = text.charAt(at);
    if (unit === ',') {
      at = skipBlank(text, at + 1);
      const next = container === '{' ? readName(text, at) : { at, fault: false };
      return { ...next, ended: false };
    }
    if (unit !== closing(container)) return { at, fault: true, ended: false };
    open.pop();
    at = skipBlank(text, at + 1);
  }
}

function closing(open: string): string {
  return open === '{' ? '}' : ']';
}

function readName(text: string, at: number): Reading {
  if (text.charAt(at) !== '"') return { at, fault: true };
  const name = readString(text, at);
  if (name.fault) return name;
  const colon = skipBlank(text, name.at);
  if (text.charAt(colon) !== ':') return { at: colon, fault: true };
  return { at: skipBlank(text, colon + 1), fault: false };
}

function readString(text: string, quote: number): Reading {
  let at = quote + 1;
  while (at < text.length) {
    const unit = text.charAt(at);
    if (unit === '"') return { at: at + 1, fault: false };
    if (unit < ' ') return { at, fault: true };
    if (unit !== '\\') {
      at++;
      continue;
    }
    const escaped = text.charAt(at + 1);
    if (escaped === 'u' && /^[0-9a-fA-F]{4}$/.test(text.slice(at + 2, at + 6))) at += 6;
    else if (escaped !== '' && ESCAPES.includes(escaped)) at += 2;
    else return { at: escaped === '' ? text.length : at, fault: true };
  }
  return { at: text.length, fault: true };
}

function readPrimitive(text: string, at: number): Reading {
  PRIMITIVE.lastIndex = at;
  return PRIMITIVE.test(text) ? { at: PRIMITIVE.lastIndex, fault: false } : { at, fault: true };
}

function skipBlank(text: string, at: number): number {
  let next = at;
  while (next < text.length && ' \n\r\t'.includes(text.charAt(next))) next++;
  return next;
}
