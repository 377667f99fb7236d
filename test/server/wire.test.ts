import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DatabaseError } from '../../src/errors.ts';
import { decodeValue, EncodingFault, encodeValue, MAX_DEPTH } from '../../src/wire/encoding.ts';
import { toError, toFault } from '../../src/wire/faults.ts';
import { readAnswer, readRequest, writeAnswer, writeRequest } from '../../src/wire/messages.ts';

/** The way of a value: JSON text, UTF-8 bytes, text, JSON. */
const travelled = (value: unknown): unknown => {
  const bytes = new TextEncoder().encode(JSON.stringify(encodeValue(value)));
  return decodeValue(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
};

const KEY = 'key-of-sixteen-characters';
const anyText = fc
  .string({ unit: 'binary' })
  .chain((text) => fc.constantFrom(text, `${text}\ud800`, `\udfff${text}`, `${text}\u0000`));
const scalar = fc.oneof(
  anyText,
  fc.double(),
  fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.bigInt(),
  fc.boolean(),
  fc.constantFrom(null, undefined),
  fc.uint8Array({ maxLength: 40 }),
  fc.date({ noInvalidDate: false }),
);
const names = fc.oneof(anyText, fc.constantFrom('$', '__proto__', 'constructor', 'toString', 'v', ''));
const { value: anyValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(fc.tuple(names, tie('value')), { maxLength: 4 })
      .map((entries) => Object.fromEntries(entries) as Record<string, unknown>),
  ),
}));

describe('values on the wire', () => {
  it('WR1 every value arrives as it was: bigint, bytes, dates, undefined, -0, NaN, lone surrogates, any names', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const arrived = travelled(value);
        if (!isDeepStrictEqual(arrived, value)) expect(arrived).toBe(value);
      }),
      { seed: 20261122, numRuns: 500 },
    );
  });

  it('WR1 a name of every object stays a name, and pollutes nothing', () => {
    const value = JSON.parse('{"__proto__":{"admin":true},"constructor":{"prototype":1}}') as Record<string, unknown>;
    const arrived = travelled(value) as Record<string, unknown>;
    expect(Object.keys(arrived)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(arrived)).toBe(Object.prototype);
    expect(arrived.admin).toBe(undefined);
    const marked = JSON.parse('{"$":1,"__proto__":{"admin":true}}') as Record<string, unknown>;
    expect(Object.keys(travelled(marked) as object)).toEqual(['$', '__proto__']);
  });

  it('WR1 a large picture arrives', () => {
    const picture = Uint8Array.from({ length: 200_001 }, (_, at) => at % 251);
    expect(travelled({ picture })).toStrictEqual({ picture });
    expect(travelled(Buffer.from([1, 2, 255]))).toStrictEqual(new Uint8Array([1, 2, 255]));
  });

  it.each([
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a map', new Map([[1, 2]])],
    ['an instance of a class', new (class Money {})()],
    [
      'a circle',
      (() => {
        const circle: unknown[] = [];
        circle.push(circle);
        return circle;
      })(),
    ],
  ])('WR2 %s is no data, and told so without its content', (_, value) => {
    expect(() => encodeValue({ secret: value })).toThrow(
      expect.objectContaining({ code: 'DATABASE_FAILED', message: expect.not.stringContaining('secret') }),
    );
  });

  it.each([
    ['an unknown mark', { $: 'function', v: 'x' }],
    ['a mark of every object', { $: 'constructor', v: 'x' }],
    ['a mark that is no text', { $: 1, v: 'x' }],
    ['no base64', { $: 'bytes', v: 'a' }],
    ['no number', { $: 'number', v: '1' }],
    ['a name of every object as a number', { $: 'number', v: 'toString' }],
    ['no bigint', { $: 'bigint', v: '0x10' }],
    ['an empty bigint', { $: 'bigint', v: '' }],
    ['no date', { $: 'date', v: 'now' }],
    ['an object without entries', { $: 'object', v: {} }],
    ['an entry too long', { $: 'object', v: [['a', 1, 2]] }],
    ['a name that is no text', { $: 'object', v: [[1, 2]] }],
  ])('WR3 %s is no encoding', (_, value) => {
    expect(() => decodeValue([value])).toThrow(EncodingFault);
  });

  it('WR3 what is nested too deeply is refused by both sides', () => {
    let deep: unknown = 1;
    for (let depth = 0; depth <= MAX_DEPTH; depth++) deep = [deep];
    expect(() => encodeValue(deep)).toThrow(DatabaseError);
    expect(() => decodeValue(deep)).toThrow(EncodingFault);
  });
});

describe('messages', () => {
  it('WR4 a request is read as it was written, and only with parameters that fit its method', () => {
    const fence = { migration: 'm', run: 'r', token: 3 };
    const text = writeRequest(KEY, 'record', [encodeValue(fence), 'expect', encodeValue({ big: 1n })]);
    expect(readRequest(text)).toEqual({ key: KEY, method: 'record', args: [fence, 'expect', { big: 1n }] });
    expect(readRequest(text.replace('"token":3', '"token":-3'))).toBe('arguments');
    expect(readRequest(text.replace('"record"', '"toString"'))).toBe('unknownMethod');
    expect(readRequest(text.replace('"v":1', '"v":7'))).toBe('version');
    expect(readRequest(text.slice(0, -1))).toBe('malformed');
  });

  it('WR4 an answer counts only under its own key, whole, and with a result that fits its method', () => {
    const text = writeAnswer(KEY, { ok: true, value: { status: 'granted', token: 4 } });
    expect(readAnswer(text, KEY, 'lease')).toEqual({ ok: true, value: { status: 'granted', token: 4 } });
    expect(readAnswer(text, 'another-key-of-16-characters', 'lease')).toBe(null);
    expect(readAnswer(text.slice(0, -1), KEY, 'lease')).toBe(null);
    expect(readAnswer(text, KEY, 'sweep')).toBe(null);
    expect(readAnswer('<!doctype html><title>Log in to the network</title>', KEY, 'lease')).toBe(null);
    expect(
      readAnswer(writeAnswer(KEY, { ok: true, value: { $: 'x' } }).replace('object', 'other'), KEY, 'record'),
    ).toBe(null);
  });

  it('WR5 an error crosses with code, names and counts; its words, its cause and other details stay', () => {
    const details = { table: 'tasks', run: 'r@123', password: 'hunter2', columns: ['a'.repeat(999)] };
    const error = new DatabaseError('DATABASE_FENCED', 'hunter2', {
      details,
      persistence: 'transient',
      cause: 'hunter2',
    });
    const fault = toFault(error);
    expect(fault).toEqual({
      code: 'DATABASE_FENCED',
      persistence: 'transient',
      details: { table: 'tasks', columns: ['a'.repeat(256)] },
    });
    expect(toFault(new Error('hunter2'))).toEqual({ code: 'DATABASE_FAILED', persistence: 'permanent', details: {} });
    expect(toError(fault)).toMatchObject({ code: 'DATABASE_FENCED', persistence: 'transient' });
    const unknown = writeAnswer(KEY, { ok: false, fault: { ...fault, code: 'DATABASE_BORED' as never } });
    expect(readAnswer(unknown, KEY, 'ping')).toMatchObject({ ok: false, fault: { code: 'DATABASE_FAILED' } });
  });
});
