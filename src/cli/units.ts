const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A whole number with thousands separated. */
export function count(number: number): string {
  return WHOLE.format(number);
}

/** A number with its noun: `1 row`, `2 rows`. */
export function counted(number: number, singular: string, plural: string = `${singular}s`): string {
  return `${count(number)} ${number === 1 ? singular : plural}`;
}

/**
 * How long something will take, in words.
 * @param seconds `null` when unknown
 */
export function duration(seconds: number | null): string {
  if (seconds === null) return 'unknown';
  if (seconds < 1) return 'less than a second';
  if (seconds < 90) return `about ${counted(Math.round(seconds), 'second')}`;
  if (seconds < 5400) return `about ${counted(Math.round(seconds / 60), 'minute')}`;
  return `about ${counted(Math.round(seconds / 3600), 'hour')}`;
}

/** Numbers with their words in one phrase: `1 added, 2 changed`. */
export function enumerated(parts: readonly (readonly [number: number, words: string])[]): string {
  return parts.map(([number, words]) => `${count(number)} ${words}`).join(', ');
}
