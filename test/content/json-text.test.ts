import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonFault } from '../../src/content/json-fault.ts';
import { indexArray, indexObject, isNestedDeeper, skipValue, skipWhitespace } from '../../src/content/json-text.ts';
import { joinPieces, printJson, randomFrom } from './printed-json.ts';
import { jsonValue } from './random-store.ts';

const printed = fc
  .tuple(jsonValue, fc.integer())
  .map(([value, seed]) => joinPieces(printJson(value, randomFrom(seed))));

const UNITS = [
  '{',
  '}',
  '[',
  ']',
  '"',
  '\\',
  ',',
  ':',
  'u',
  '0',
  '1',
  '-',
  '.',
  'e',
  'n',
  'true',
  'null',
  ' ',
  '\n',
  '\0',
];

/** Texts that are nearly JSON. */
const nearly = fc.oneof(
  fc.string({ unit: fc.constantFrom(...UNITS), maxLength: 12 }),
  fc.tuple(printed, fc.nat(), fc.nat({ max: 2 }), fc.constantFrom('', ...UNITS)).map(([text, at, length, put]) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + put + text.slice(place + length);
  }),
  fc.tuple(printed, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1))),
);

function parse(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

/** Where the engine says that it stopped, if it says so. */
function enginePosition(text: string): number | null {
  try {
    JSON.parse(text);
  } catch (thrown) {
    const said = /position (\d+)/.exec(String(thrown));
    return said === null ? null : Number(said[1]);
  }
  return null;
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('spans in JSON text', () => {
  it('CO12 a value ends where its text ends', () => {
    fc.assert(
      fc.property(printed, fc.constantFrom('', ' ', ',1', ']'), (text, after) => {
        const start = skipWhitespace(text, 0);
        const value = text.slice(start, skipValue(text + after, start));
        expect(value).toBe(text.trim());
      }),
      { numRuns: 500 },
    );
  });

  it('CO12 the spans of an array are its elements', () => {
    fc.assert(
      fc.property(fc.array(jsonValue), fc.integer(), (values, seed) => {
        const text = joinPieces(printJson(values, randomFrom(seed)));
        const { open, entries } = indexArray(text, skipWhitespace(text, 0));
        expect(text.charAt(open)).toBe('[');
        const parsed: unknown = JSON.parse(text);
        expect(entries.map(({ start, end }) => JSON.parse(text.slice(start, end)) as unknown)).toEqual(parsed);
        for (const { start, end } of entries) expect(text.slice(start, end).trim()).toHaveLength(end - start);
      }),
      { numRuns: 500 },
    );
  });

  it('CO12 the members of an object are what JSON.parse makes of it, the last of a name counting', () => {
    const object = fc.dictionary(fc.string({ unit: 'binary', maxLength: 4 }), jsonValue);
    fc.assert(
      fc.property(object, fc.integer(), (value, seed) => {
        const text = joinPieces(printJson(value, randomFrom(seed)));
        const { entries } = indexObject(text, skipWhitespace(text, 0));
        const members = entries.map(
          ({ name, valueStart, end }) => [name, JSON.parse(text.slice(valueStart, end))] as const,
        );
        const parsed: unknown = JSON.parse(text);
        expect(Object.fromEntries(members)).toEqual(parsed);
        for (const { start, name } of entries) {
          expect(text.charAt(start)).toBe('"');
          expect(JSON.parse(text.slice(start, skipValue(text, start)))).toBe(name);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['[]', 0],
    ['[ ]', 0],
    [' [\n1.0 , "a\\"]" ]', 2],
    ['["\\\\"]', 1],
    ['["\\\\\\"", 2]', 2],
  ])('CO12 %j has %i elements', (text, count) => {
    expect(indexArray(text, text.indexOf('[')).entries).toHaveLength(count);
  });

  it('CO8 depth is counted as it is, brackets in strings aside', () => {
    fc.assert(
      fc.property(jsonValue, fc.constantFrom('', ' ', '\n\t'), (value, indent) => {
        const depth = depthOf(value);
        const text = JSON.stringify(value, null, indent);
        expect(isNestedDeeper(text, depth)).toBe(false);
        if (depth > 0) expect(isNestedDeeper(text, depth - 1)).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(['[[]]', '[{}]', '["[[["]'].map((text) => isNestedDeeper(text, 1))).toEqual([true, true, false]);
  });
});

describe('where a text stops being JSON', () => {
  it('CO5 agrees with JSON.parse on what is JSON', () => {
    fc.assert(
      fc.property(nearly, (text) => {
        expect(findJsonFault(text) === null).toBe(parse(text) !== null);
      }),
      { numRuns: 5_000 },
    );
  });

  it('CO5 what lies before the position is at fault nowhere, and the engine stops there or within the token', () => {
    fc.assert(
      fc.property(nearly, (text) => {
        const position = findJsonFault(text);
        if (position === null) return;
        expect([null, position]).toContain(findJsonFault(text.slice(0, position)));
        const engine = enginePosition(text);
        if (engine === null) return;
        expect(engine).toBeGreaterThanOrEqual(position);
        expect(engine).toBeLessThanOrEqual(position + 6);
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['', 0],
    ['  ', 2],
    ['{', 1],
    ['{"a":1', 6],
    ['{"a":1,}', 7],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['{"a" 1}', 5],
    ['{a:1}', 1],
    ['"abc', 4],
    ['"a\nb"', 2],
    ['"\\x"', 1],
    ['"\\u12g4"', 1],
    ['nul', 0],
    ['01', 1],
    ['1 x', 2],
    ['not json', 0],
  ])('CO5 %j is at fault at %i', (text, position) => {
    expect(findJsonFault(text)).toBe(position);
  });

  it('CO8 finds the fault in a million nested arrays', () => {
    expect(findJsonFault('['.repeat(1_000_000))).toBe(1_000_000);
  });
});
