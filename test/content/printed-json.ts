/** A part of a printed text; tagged ones can be found again. */
export interface Piece {
  readonly text: string;
  readonly tag: string | null;
}

/** A value that is printed under a tag. */
export class Tagged {
  readonly tag: string;
  readonly value: unknown;
  constructor(tag: string, value: unknown) {
    this.tag = tag;
    this.value = value;
  }
}

/** A value that is printed as a JSON string which holds its JSON text. */
export class TextOf {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

/** An object as a list of members, so that a name can be there twice. */
export class Members {
  readonly members: readonly (readonly [string, unknown])[];
  constructor(members: readonly (readonly [string, unknown])[]) {
    this.members = members;
  }
}

/** A small generator of numbers from 0 to 1 for a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Prints a value as JSON, each time with other blanks, escapes, forms of numbers and doubled names. */
export function printJson(value: unknown, random: () => number): readonly Piece[] {
  return [blank(random), ...printValue(value, random), blank(random)];
}

/** The text of pieces. */
export function joinPieces(pieces: readonly Piece[]): string {
  return pieces.map((piece) => piece.text).join('');
}

function printValue(value: unknown, random: () => number): readonly Piece[] {
  if (value instanceof Tagged) return [{ text: joinPieces(printValue(value.value, random)), tag: value.tag }];
  if (value instanceof TextOf) return printText(value, random);
  if (value instanceof Members) return printMembers(value.members, random);
  if (typeof value === 'string') return [plain(`"${escapeUnits(value, random)}"`)];
  if (typeof value === 'number') return [plain(printNumber(value, random))];
  if (Array.isArray(value)) {
    const elements = value.map((element: unknown) => [blank(random), ...printValue(element, random), blank(random)]);
    return [plain('['), ...joinWithCommas(elements, random), plain(']')];
  }
  if (typeof value === 'object' && value !== null) return printMembers(Object.entries(value), random);
  return [plain(String(value))];
}

function printMembers(members: readonly (readonly [string, unknown])[], random: () => number): readonly Piece[] {
  const doubled = members.flatMap((member) =>
    random() < 0.05 ? [[member[0], { overruled: [1] }] as const, member] : [member],
  );
  const printed = doubled.map(([name, value]) => [
    blank(random),
    plain(`"${escapeUnits(name, random)}"`),
    blank(random),
    plain(':'),
    blank(random),
    ...printValue(value, random),
    blank(random),
  ]);
  return [plain('{'), ...joinWithCommas(printed, random), plain('}')];
}

function printText(value: TextOf, random: () => number): readonly Piece[] {
  const escaped = printJson(value.value, random).map(({ text, tag }) => ({ text: escapeUnits(text, random), tag }));
  return [plain('"'), ...escaped, plain('"')];
}

function joinWithCommas(parts: readonly (readonly Piece[])[], random: () => number): readonly Piece[] {
  if (parts.length === 0) return [blank(random)];
  return parts.flatMap((part, index) => (index === 0 ? part : [plain(','), ...part]));
}

function printNumber(value: number, random: () => number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  if (!/^-?[0-9]+$/.test(text)) return text;
  const forms = [text, text, `${text}.0`, `${text}e0`, `${text}.00E+0`];
  return forms[Math.floor(random() * forms.length)] ?? text;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function escapeUnits(text: string, random: () => number): string {
  let escaped = '';
  for (let at = 0; at < text.length; at++) {
    const unit = text.charAt(at);
    const short = SHORT_ESCAPES[unit];
    const mustEscape = unit === '"' || unit === '\\' || unit < ' ';
    if (!mustEscape && random() < 0.9) escaped += unit;
    else if (short !== undefined && random() < 0.7) escaped += short;
    else {
      const hex = unit.charCodeAt(0).toString(16).padStart(4, '0');
      escaped += `\\u${random() < 0.5 ? hex : hex.toUpperCase()}`;
    }
  }
  return escaped;
}

function blank(random: () => number): Piece {
  const blanks = ['', '', '', '', ' ', '\n', '\t', '\r\n  '];
  return plain(blanks[Math.floor(random() * blanks.length)] ?? '');
}

function plain(text: string): Piece {
  return { text, tag: null };
}
