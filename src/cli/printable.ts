/**
 * Characters that would move the cursor, colour the screen, or show text in another order than it has: controls, zero
 * widths, bidirectional overrides, lone surrogates.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const NEEDS_QUOTES = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?!\u200d)\p{Cf}|^["\s]|\s$|^$/u;
const ZERO_WIDTH_JOINER = '\u200d';

function escaped(character: string): string {
  // Emoji are joined by it, and it moves nothing.
  if (character === ZERO_WIDTH_JOINER) return character;
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

const escapeUnsafe = (text: string): string => text.replaceAll(UNSAFE, escaped);

/**
 * A name that other people chose (a key, an id), as one line that does nothing to a terminal: as it is where possible,
 * otherwise in quotes with escapes as in JSON.
 */
export function printableName(name: string): string {
  return NEEDS_QUOTES.test(name) ? escapeUnsafe(JSON.stringify(name)) : name;
}

/** Text of several lines without anything that does something to a terminal but new lines and tabs. */
export function printableText(text: string): string {
  return text.replaceAll(UNSAFE, (character) =>
    character === '\n' || character === '\t' ? character : escaped(character),
  );
}

/**
 * Shortens the middle of a text, so that names which differ at the end can still be told apart.
 * @param limit the most code points that remain, at least 3
 */
export function shortened(text: string, limit: number): string {
  const characters = [...text];
  if (characters.length <= limit) return text;
  const head = Math.ceil((limit - 1) / 2);
  const tail = limit - 1 - head;
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - tail).join('')}`;
}
