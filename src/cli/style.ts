/** Emphasis for people who see a terminal; what it says is always in the words too. */
export interface Style {
  readonly heading: (text: string) => string;
  readonly good: (text: string) => string;
  readonly caution: (text: string) => string;
  readonly bad: (text: string) => string;
}

const sgr =
  (on: number, off: number) =>
  (text: string): string =>
    `\u001b[${on}m${text}\u001b[${off}m`;

const same = (text: string): string => text;

/** Without any control sequence. */
export const PLAIN: Style = { heading: same, good: same, caution: same, bad: same };

/** With the terminal's own colours. */
export const COLOURED: Style = { heading: sgr(1, 22), good: sgr(32, 39), caution: sgr(33, 39), bad: sgr(31, 39) };

/** Colours only on a terminal that knows them, and never against the user's `NO_COLOR` (https://no-color.org). */
export function styleFor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Style {
  return stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb' ? COLOURED : PLAIN;
}
