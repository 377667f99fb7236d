/** A stretch of a text, in UTF-16 code units: from `start` up to, not including, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A member of an object in a text: its span runs from the quote of its name to the end of its value. */
export interface Member extends Span {
  readonly name: string;
  readonly valueStart: number;
}

/** The places of an array's elements in a text, or of an object's members. */
export interface ListIndex<Entry extends Span> {
  /** Where the opening bracket is. */
  readonly open: number;
  /** Where the text goes on behind the closing bracket. */
  readonly end: number;
  readonly entries: readonly Entry[];
}

/** Called with where a value begins; gives where it ends, as `skipValue` does for a visitor that does not care. */
export type VisitValue<Label> = (start: number, label: Label) => number;

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Where the next token begins. This and everything else here takes text that `JSON.parse` has accepted, and checks
 * nothing again.
 */
export function skipWhitespace(text: string, at: number): number {
  let next = at;
  while (isWhitespace(text.charCodeAt(next))) next++;
  return next;
}

/** The end of the value that begins at `at`. Flat: takes no stack, however deep the value is. */
export function skipValue(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (unit === QUOTE) return skipString(text, at);
  if (unit === OPEN_BRACE || unit === OPEN_BRACKET) return skipContainer(text, at);
  return skipPrimitive(text, at);
}

/** Visits the elements of the array whose bracket is at `open`, with their positions; returns where the array ends. */
export function walkArray(text: string, open: number, visit: VisitValue<number>): number {
  let at = skipWhitespace(text, open + 1);
  for (let position = 0; at < text.length && text.charCodeAt(at) !== CLOSE_BRACKET; position++) {
    at = skipSeparator(text, visit(at, position));
  }
  return at + 1;
}

/** A member's name and where its quote is. */
export interface MemberName {
  readonly name: string;
  readonly start: number;
}

/**
 * Visits the values of the object whose brace is at `open`, with their names, in their order; a name that is there
 * twice is visited twice. Returns where the object ends.
 */
export function walkObject(text: string, open: number, visit: VisitValue<MemberName>): number {
  let at = skipWhitespace(text, open + 1);
  while (at < text.length && text.charCodeAt(at) !== CLOSE_BRACE) {
    const nameEnd = skipString(text, at);
    const valueStart = skipWhitespace(text, skipWhitespace(text, nameEnd) + 1);
    at = skipSeparator(text, visit(valueStart, { name: decodeString(text, at, nameEnd), start: at }));
  }
  return at + 1;
}

/** The spans of the elements of the array whose bracket is at `open`. */
export function indexArray(text: string, open: number): ListIndex<Span> {
  const entries: Span[] = [];
  const end = walkArray(text, open, (start) => {
    const entry = { start, end: skipValue(text, start) };
    entries.push(entry);
    return entry.end;
  });
  return { open, end, entries };
}

/** The members of the object whose brace is at `open`, in their order; a name that is there twice is listed twice. */
export function indexObject(text: string, open: number): ListIndex<Member> {
  const entries: Member[] = [];
  const end = walkObject(text, open, (valueStart, { name, start }) => {
    const member = { start, end: skipValue(text, valueStart), valueStart, name };
    entries.push(member);
    return member.end;
  });
  return { open, end, entries };
}

/** The string whose quotes are at `start` and before `end`. */
export function decodeString(text: string, start: number, end: number): string {
  const body = text.slice(start + 1, end - 1);
  return body.includes('\\') ? (JSON.parse(text.slice(start, end)) as string) : body;
}

/** Whether arrays and objects are nested more than `limit` deep anywhere in the text, be it JSON or not. */
export function isNestedDeeper(text: string, limit: number): boolean {
  let depth = 0;
  let at = 0;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      at = skipString(text, at);
      continue;
    }
    if (unit === OPEN_BRACE || unit === OPEN_BRACKET) {
      depth++;
      if (depth > limit) return true;
    } else if (unit === CLOSE_BRACE || unit === CLOSE_BRACKET) {
      depth--;
    }
    at++;
  }
  return false;
}

function isWhitespace(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;
}

function skipSeparator(text: string, at: number): number {
  const next = skipWhitespace(text, at);
  return text.charCodeAt(next) === COMMA ? skipWhitespace(text, next + 1) : next;
}

// Searching for the quote and counting the backslashes before it is three times as fast as going unit by unit.
function skipString(text: string, at: number): number {
  let quote = text.indexOf('"', at + 1);
  while (quote >= 0) {
    let before = quote - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    if ((quote - before) % 2 === 1) return quote + 1;
    quote = text.indexOf('"', quote + 1);
  }
  return text.length;
}

function skipContainer(text: string, open: number): number {
  let depth = 0;
  let at = open;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      at = skipString(text, at);
      continue;
    }
    if (unit === OPEN_BRACE || unit === OPEN_BRACKET) {
      depth++;
    } else if (unit === CLOSE_BRACE || unit === CLOSE_BRACKET) {
      depth--;
      if (depth === 0) return at + 1;
    }
    at++;
  }
  return text.length;
}

function skipPrimitive(text: string, at: number): number {
  let next = at;
  while (next < text.length) {
    const unit = text.charCodeAt(next);
    if (unit === COMMA || unit === CLOSE_BRACKET || unit === CLOSE_BRACE || isWhitespace(unit)) break;
    next++;
  }
  return next;
}
