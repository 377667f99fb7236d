/** A piece of a text, from `start` up to but not including `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A member of a JSON object: its whole text, its key as a string, and its value. */
export interface Member extends Span {
  readonly key: string;
  readonly value: Span;
}

const WHITE_SPACE = new Set([' ', '\t', '\n', '\r']);
const AFTER_SCALAR = new Set([',', '}', ']', ...WHITE_SPACE]);

const skipWhiteSpace = (text: string, from: number): number => {
  let at = from;
  while (WHITE_SPACE.has(text[at] ?? '')) at++;
  return at;
};

const stringEnd = (text: string, from: number): number => {
  for (let quote = text.indexOf('"', from + 1); ; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
};

const containerEnd = (text: string, from: number): number => {
  const brackets = /["{}[\]]/g;
  let depth = 0;
  brackets.lastIndex = from;
  for (let found = brackets.exec(text); found !== null; found = brackets.exec(text)) {
    if (found[0] === '"') brackets.lastIndex = stringEnd(text, found.index);
    else if (found[0] === '{' || found[0] === '[') depth++;
    else if (--depth === 0) return found.index + 1;
  }
  return text.length;
};

/** The value that begins at `from` or after the white space there. The text has to be valid JSON; so everywhere here. */
export function valueAt(text: string, from: number): Span {
  const start = skipWhiteSpace(text, from);
  const first = text[start];
  if (first === '"') return { start, end: stringEnd(text, start) };
  if (first === '{' || first === '[') return { start, end: containerEnd(text, start) };
  let end = start;
  while (end < text.length && !AFTER_SCALAR.has(text[end] ?? '')) end++;
  return { start, end };
}

/** The items of the container at `start`, each of which `read` takes from a place on. */
function itemsOf<Item extends Span>(text: string, { start, end }: Span, read: (from: number) => Item): Item[] {
  const items: Item[] = [];
  let at = skipWhiteSpace(text, start + 1);
  while (at < end - 1) {
    const item = read(at);
    items.push(item);
    at = skipWhiteSpace(text, skipWhiteSpace(text, item.end) + 1);
  }
  return items;
}

/** The elements of an array. */
export function elementsOf(text: string, array: Span): Span[] {
  return itemsOf(text, array, (from) => valueAt(text, from));
}

/** The members of an object, in their order, doubled ones included. */
export function membersOf(text: string, object: Span): Member[] {
  return itemsOf(text, object, (from) => {
    const key = valueAt(text, from);
    const value = valueAt(text, skipWhiteSpace(text, key.end) + 1);
    return { start: key.start, end: value.end, key: textIn(text, key), value };
  });
}

/** What the JSON string at this place says. */
export function textIn(text: string, span: Span): string {
  return JSON.parse(text.slice(span.start, span.end)) as string;
}

/** What kind of value begins there. */
export function kindAt(text: string, { start }: Span): 'a string' | 'an object' | 'an array' | 'a number' | 'a word' {
  const first = text[start];
  if (first === '"') return 'a string';
  if (first === '{') return 'an object';
  if (first === '[') return 'an array';
  return first === '-' || (first !== undefined && first >= '0' && first <= '9') ? 'a number' : 'a word';
}

/** A place for people: `line 3, column 7`. */
export function placeOf(text: string, index: number): string {
  const before = text.slice(0, index).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
