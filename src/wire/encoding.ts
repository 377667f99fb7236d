import { DatabaseError } from '../errors.ts';
import { fromBase64, toBase64 } from './base64.ts';

/**
 * What JSON can carry, and nothing else. What it cannot carry stands in it as `{ "$": kind, "v": text }`; an object
 * that has a property `$` of its own as `{ "$": "object", "v": [[name, value], …] }`. Lone surrogates need no mark:
 * `JSON.stringify` writes them as escapes (ECMA-262, QuoteJSONString), which UTF-8 carries (hazard H6).
 */
export type Encoded = null | boolean | number | string | readonly Encoded[] | { readonly [name: string]: Encoded };

/** How deep values may be nested; deeper ones cannot have come from a migration (its limit is 200 by default). */
export const MAX_DEPTH = 1024;

const MARK = '$';

const cannotTravel = (what: string): DatabaseError =>
  new DatabaseError(
    'DATABASE_FAILED',
    `A value cannot be sent between browser and server: ${what}. Give the column a plain value (toRow, or the column’s type).`,
    { details: { reason: 'value' } },
  );

const marked = (kind: string, value: Encoded): Encoded => ({ [MARK]: kind, v: value });
const tagOf = (value: object): string => Object.prototype.toString.call(value);

/** Plain objects of any realm; instances of classes are not data. */
function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function encodeNumber(value: number): Encoded {
  return Number.isFinite(value) && !Object.is(value, -0)
    ? value
    : marked('number', Object.is(value, -0) ? '-0' : String(value));
}

function encodeObject(value: object, depth: number): Encoded {
  if (Array.isArray(value)) return Array.from(value, (item) => encode(item, depth + 1));
  if (tagOf(value) === '[object Uint8Array]') return marked('bytes', toBase64(value as Uint8Array));
  if (tagOf(value) === '[object Date]') return marked('date', encodeNumber((value as Date).getTime()));
  if (!isPlain(value)) throw cannotTravel(`it is an instance of ${value.constructor?.name || 'a class'}`);
  const entries = Object.entries(value).map(([name, inner]) => [name, encode(inner, depth + 1)] as const);
  // Defines properties instead of assigning them, so that `__proto__` is a name like any other.
  return Object.hasOwn(value, MARK) ? marked('object', entries) : Object.fromEntries(entries);
}

function encode(value: unknown, depth: number): Encoded {
  if (depth > MAX_DEPTH) throw cannotTravel(`it is nested more than ${MAX_DEPTH} deep`);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return encodeNumber(value);
  if (typeof value === 'bigint') return marked('bigint', String(value));
  if (value === undefined) return marked('undefined', null);
  if (typeof value === 'object') return encodeObject(value, depth);
  throw cannotTravel(`it is a ${typeof value}`);
}

/**
 * A value as JSON can carry it without loss: bigint, bytes, dates, `undefined`, -0, NaN and the infinities included.
 * @throws DatabaseError `DATABASE_FAILED` for what is no data: functions, symbols, instances of classes
 */
export const encodeValue = (value: unknown): Encoded => encode(value, 0);

/** A text that is no encoding; what was received is refused as a whole. */
export class EncodingFault extends Error {
  override readonly name: string = 'EncodingFault';
}

const NUMBERS: ReadonlyMap<string, number> = new Map([
  ['-0', -0],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

const refuse = (what: string): never => {
  throw new EncodingFault(what);
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : refuse('a mark without its text'));

const decoders: Readonly<Record<string, (value: unknown, depth: number) => unknown>> = {
  number: (value) => NUMBERS.get(textOf(value)) ?? refuse('an unknown number'),
  bigint: (value) => (/^-?\d{1,20000}$/.test(textOf(value)) ? BigInt(textOf(value)) : refuse('no bigint')),
  bytes: (value) => fromBase64(textOf(value)) ?? refuse('no base64'),
  date: (value, depth) => {
    const time = decode(value, depth + 1);
    return typeof time === 'number' ? new Date(time) : refuse('no date');
  },
  undefined: () => undefined,
  object: (value, depth) => {
    if (!Array.isArray(value)) return refuse('an object without entries');
    return Object.fromEntries(
      value.map((entry: unknown) => {
        if (!Array.isArray(entry) || entry.length !== 2) return refuse('no entry');
        return [textOf(entry[0]), decode(entry[1], depth + 1)] as const;
      }),
    );
  },
};

function decode(value: unknown, depth: number): unknown {
  if (depth > MAX_DEPTH) refuse('nested too deeply');
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => decode(item, depth + 1));
  const given = value as Readonly<Record<string, unknown>>;
  if (!Object.hasOwn(given, MARK)) {
    return Object.fromEntries(Object.entries(given).map(([name, inner]) => [name, decode(inner, depth + 1)]));
  }
  const kind = textOf(given[MARK]);
  const decoder = Object.hasOwn(decoders, kind) ? decoders[kind] : undefined;
  return decoder === undefined ? refuse('an unknown mark') : decoder(given.v, depth);
}

/** The value that `encodeValue` was given, from what `JSON.parse` gave. @throws EncodingFault */
export const decodeValue = (value: unknown): unknown => decode(value, 0);
