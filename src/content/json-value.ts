/** What `jsonValueOf` gives for what JSON cannot say. */
export const UNSAYABLE: unique symbol = Symbol('unsayable');

// Rows are flat; what a column holds is as deep as content may be, and JSON.stringify needs stack for each level.
const DEEPEST = 1_000;

/**
 * A row's value as JSON says it: dates as ISO 8601, integers of any kind as numbers, what has a `toJSON` through it.
 * Bytes, NaN, infinities, integers that a number cannot hold, maps, sets, functions, symbols and cycles are
 * unsayable; `undefined` stays, to be left out.
 */
export function jsonValueOf(value: unknown, depth = 0): unknown {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : UNSAYABLE;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : UNSAYABLE;
  if (typeof value !== 'object' || depth > DEEPEST) return UNSAYABLE;
  if (isDate(value)) return Number.isNaN(value.getTime()) ? UNSAYABLE : value.toISOString();
  if (Array.isArray(value)) return jsonArrayOf(value, depth);
  if (isPlainObject(value)) return jsonObjectOf(value, depth);
  const { toJSON } = value as { readonly toJSON?: unknown };
  return typeof toJSON === 'function' && !ArrayBuffer.isView(value)
    ? jsonValueOf(toJSON.call(value), depth + 1)
    : UNSAYABLE;
}

/**
 * Whether a column means now what it meant before, allowing for the ways in which databases give values back: no
 * value as null, a truth value as 0 or 1, a time as a date, an integer as a bigint. What lies deeper is compared as
 * JSON, exactly but for the order of names.
 */
export function isSameValue(before: unknown, now: unknown): boolean {
  if (Object.is(before, now) || (isNothing(before) && isNothing(now))) return true;
  if (isNothing(before) || isNothing(now)) return false;
  if (isDate(before) || isDate(now)) return timeOf(before) === timeOf(now);
  if (typeof before === 'bigint' || typeof now === 'bigint') return String(before) === String(now);
  if (typeof before === 'boolean' || typeof now === 'boolean') return truthOf(before) === truthOf(now);
  if (typeof before !== 'object' || typeof now !== 'object') return before === now;
  if (before instanceof Uint8Array && now instanceof Uint8Array) return isSameJson([...before], [...now]);
  const [jsonBefore, jsonNow] = [jsonValueOf(before), jsonValueOf(now)];
  return jsonBefore !== UNSAYABLE && jsonNow !== UNSAYABLE && isSameJson(jsonBefore, jsonNow);
}

/** A new value in the form that the old one had in the app: a truth value for 0 or 1, milliseconds for a date. */
export function inFormOf(before: unknown, now: unknown): unknown {
  if (typeof before === 'boolean' && (now === 0 || now === 1 || now === 0n || now === 1n)) return Number(now) === 1;
  if (typeof before === 'number' && isDate(now)) return now.getTime();
  return now;
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined;
}

interface DateLike {
  getTime(): number;
  toISOString(): string;
}

// Also those of another window.
function isDate(value: unknown): value is DateLike {
  return Object.prototype.toString.call(value) === '[object Date]';
}

function isPlainObject(value: object): value is Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

// A number of its own that equals no other when the value is no time.
function timeOf(value: unknown): number | object {
  if (isDate(value)) return Number.isNaN(value.getTime()) ? value : value.getTime();
  if (typeof value === 'number') return value;
  // biome-ignore lint/style/noRestrictedGlobals: reads a time that was written down, no clock
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? {} : time;
}

function truthOf(value: unknown): boolean | object {
  if (value === true || value === 1) return true;
  if (value === false || value === 0) return false;
  return {};
}

function jsonArrayOf(values: readonly unknown[], depth: number): unknown {
  const list: unknown[] = [];
  for (const value of values) {
    const json = jsonValueOf(value, depth + 1);
    if (json === UNSAYABLE) return UNSAYABLE;
    list.push(json ?? null);
  }
  return list;
}

function jsonObjectOf(object: Readonly<Record<string, unknown>>, depth: number): unknown {
  const members: [string, unknown][] = [];
  for (const name of Object.keys(object)) {
    const json = jsonValueOf(object[name], depth + 1);
    if (json === UNSAYABLE) return UNSAYABLE;
    if (json !== undefined) members.push([name, json]);
  }
  return Object.fromEntries(members);
}

// As deep as `jsonValueOf` goes, which has made both.
function isSameJson(before: unknown, now: unknown): boolean {
  if (before === now) return true;
  if (typeof before !== 'object' || typeof now !== 'object' || before === null || now === null) return false;
  if (Array.isArray(before) !== Array.isArray(now)) return false;
  const [one, other] = [before as Readonly<Record<string, unknown>>, now as Readonly<Record<string, unknown>>];
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isSameJson(one[name], other[name]))
  );
}
