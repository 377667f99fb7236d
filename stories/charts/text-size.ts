/** Widths of text without a page to measure it on; a little generous, so that nothing is cut off whatever the font. */

const NARROW = new Set([...".,:;'’!|iljtfrI()[] "]);
const WIDE = new Set([...'mwMWQOGCDNHU@%']);

/** The width of a line of text in a proportional font of this size, in pixels. */
export const textWidth = (text: string, size: number): number =>
  [...text].reduce((sum, letter) => sum + (NARROW.has(letter) ? 0.44 : WIDE.has(letter) ? 0.92 : 0.68), 0) * size;

/** The width of a line in a monospaced font of this size, in pixels. */
export const monoWidth = (text: string, size: number): number => text.length * size * 0.61;

/** Words in lines that are not wider than `width` pixels, a single word aside. */
export function wrapped(text: string, size: number, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last === undefined || textWidth(longer, size) > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
