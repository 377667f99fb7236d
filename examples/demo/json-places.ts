/**
 * Where the values lie in a JSON text. Independent of backpedal's own reader on purpose: it is used to check what
 * backpedal has written. The text has been parsed before, so it is known to be JSON.
 */

/** A stretch of a text. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** An element of an array (`name` is `null`) or a member of an object. */
export interface Child extends Place {
  readonly name: string | null;
}

const SPACE = new Set([' ', '\n', '\r', '\t']);

function skipSpace(text: string, at: number): number {
  let position = at;
  while (SPACE.has(text.charAt(position))) position++;
  return position;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function endOfNested(text: string, start: number): number {
  let depth = 0;
  for (let at = start; ; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at) - 1;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    if (depth === 0) return at + 1;
  }
}

function endOfValue(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return endOfString(text, start);
  if (first === '{' || first === '[') return endOfNested(text, start);
  const end = text.slice(start).search(/[\s,\]}]/);
  return end === -1 ? text.length : start + end;
}

/** The value that a whole text is, without the white space around it. */
export function wholeValue(text: string): Place {
  const start = skipSpace(text, 0);
  return { start, end: endOfValue(text, start) };
}

/** The elements or members of the array or object at a place; none for anything else. */
export function childrenAt(text: string, place: Place): Child[] {
  const children: Child[] = [];
  const isObject = text[place.start] === '{';
  if (!isObject && text[place.start] !== '[') return children;
  let at = skipSpace(text, place.start + 1);
  while (at < place.end - 1) {
    let name: string | null = null;
    if (isObject) {
      const end = endOfString(text, at);
      name = JSON.parse(text.slice(at, end));
      at = skipSpace(text, skipSpace(text, end) + 1);
    }
    const end = endOfValue(text, at);
    children.push({ name, start: at, end });
    at = skipSpace(text, skipSpace(text, end) + 1);
  }
  return children;
}

/** Of a name that is there twice the last member counts, as in JSON.parse. */
export function memberNamed(children: readonly Child[], name: string): Child | undefined {
  return children.findLast((child) => child.name === name);
}
