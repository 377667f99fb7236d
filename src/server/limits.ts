import { InputError } from '../errors.ts';

/** What one caller may ask for. */
export interface ServerLimits {
  /** The largest body of a request in bytes, counted while it is read. Default 4 MiB; at least 1 MiB. */
  readonly bodyBytes: number;
  /** The most rows of a page; who asks for more gets a smaller page. Default 1000. */
  readonly pageRows: number;
  /** The most rows in a request. Default 1000, which is what `backpedal/remote` sends at most. */
  readonly requestRows: number;
  /** A page is made smaller until it has so many bytes at most, or one row. Default 4 MiB. */
  readonly answerBytes: number;
  /** Requests of a caller in a minute, and how many of them may come at once. Default 1200 and 300. */
  readonly requestsPerMinute: number;
  readonly burst: number;
  /** Requests of a caller at the same time. Default 16. */
  readonly concurrent: number;
  /** For how long an answer is remembered for whoever repeats the request, in milliseconds. Default 10 minutes. */
  readonly remember: number;
  /** How many requests are remembered, of all callers together. Default 10,000. */
  readonly remembered: number;
}

const MEBIBYTE = 1_048_576;

/** The defaults, and the least of each. */
const LIMITS: Readonly<Record<keyof ServerLimits, { readonly standard: number; readonly least: number }>> = {
  bodyBytes: { standard: 4 * MEBIBYTE, least: MEBIBYTE },
  pageRows: { standard: 1000, least: 1 },
  requestRows: { standard: 1000, least: 1000 },
  answerBytes: { standard: 4 * MEBIBYTE, least: 1024 },
  requestsPerMinute: { standard: 1200, least: 1 },
  burst: { standard: 300, least: 1 },
  concurrent: { standard: 16, least: 1 },
  remember: { standard: 600_000, least: 1000 },
  remembered: { standard: 10_000, least: 1 },
};

/** The limits with their defaults. @throws InputError `INPUT_ARGUMENT`, naming every one that cannot be used */
export function limitsOf(given: Partial<ServerLimits> = {}): ServerLimits {
  const names = Object.keys(LIMITS) as (keyof ServerLimits)[];
  const limits = names.map((name) => [name, given[name] ?? LIMITS[name].standard] as const);
  const faults = [
    ...Object.keys(given)
      .filter((name) => !Object.hasOwn(LIMITS, name))
      .map((name) => `there is no limit ${name}`),
    ...limits
      .filter(([name, value]) => !Number.isSafeInteger(value) || value < LIMITS[name].least)
      .map(([name]) => `${name} has to be a whole number from ${LIMITS[name].least}`),
  ];
  if (faults.length > 0) throw new InputError('INPUT_ARGUMENT', `limits: ${faults.join('; ')}.`);
  return Object.fromEntries(limits) as unknown as ServerLimits;
}
