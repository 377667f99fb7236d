/** The forms of a word by number: `other` is required, the rest are CLDR's plural categories; `#` is the number. */
export type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string };

/** Numbers, times and lists as a language writes them; handed to every message that says one. */
export interface Formats {
  /** BCP 47. */
  readonly locale: string;
  readonly number: (value: number) => string;
  /** @param value 0 to 100 */
  readonly percent: (value: number) => string;
  /** @param seconds shown as seconds up to 90, then as minutes, then as hours */
  readonly duration: (seconds: number) => string;
  /** @param iso ISO 8601; what is no date is shown as it is */
  readonly date: (iso: string) => string;
  readonly list: (parts: readonly string[]) => string;
  /** A number with the right form of its word: `plural(2, { one: '# key', other: '# keys' })`. */
  readonly plural: (count: number, forms: PluralForms) => string;
}

/** @throws RangeError when `locale` is no language tag */
export function createFormats(locale: string): Formats {
  const numbers = new Intl.NumberFormat(locale);
  const percents = new Intl.NumberFormat(locale, { style: 'percent' });
  const rules = new Intl.PluralRules(locale);
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const lists = new Intl.ListFormat(locale);
  const number = (value: number): string => numbers.format(value);
  const inUnit = (unit: 'second' | 'minute' | 'hour', value: number): string =>
    new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(Math.ceil(value));
  return {
    locale,
    number,
    percent: (value) => percents.format(value / 100),
    duration: (seconds) => {
      if (seconds <= 90) return inUnit('second', seconds);
      return seconds <= 5400 ? inUnit('minute', seconds / 60) : inUnit('hour', seconds / 3600);
    },
    date: (iso) => {
      const date = new Date(iso);
      return Number.isNaN(date.getTime()) ? iso : dates.format(date);
    },
    list: (parts) => lists.format(parts),
    plural: (count, forms) => (forms[rules.select(count)] ?? forms.other).replace('#', () => number(count)),
  };
}
