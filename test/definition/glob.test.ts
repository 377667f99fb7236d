import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeGlob, fillGlob, globMatches, globsOverlap, parseGlob } from '../../src/definition/glob.ts';

const dense = fc.string({ unit: fc.constantFrom('a', 'b', '*', '\\'), maxLength: 7 });
const anyKey = fc.string({ unit: 'binary' });
const anyGlob = fc.oneof(dense, fc.string({ unit: fc.constantFrom('*', '\\', '.', '\n', 'é') }));

/** All keys of up to four units, to see by looking what a glob takes. */
const KEYS = ['', ...combine(1), ...combine(2), ...combine(3), ...combine(4)];

function combine(length: number): readonly string[] {
  const shorter = length === 1 ? [''] : combine(length - 1);
  return shorter.flatMap((start) => ['a', 'b', '*', '\\'].map((unit) => start + unit));
}

/** The same as a regular expression: another way to say what a glob means. */
function expressionFor(glob: string): RegExp {
  const source = parseGlob(glob).map((piece) => piece.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  return new RegExp(`^${source.join('[^]*')}$`);
}

describe('globs', () => {
  it.each([
    ['note-*', 'note-1', true],
    ['note-*', 'note-', true],
    ['note-*', 'note', false],
    ['*x', 'x', true],
    ['a*a', 'a', false],
    ['a*b*c', 'a--b--b--c', true],
    ['a*b*c', 'acb', false],
    ['*ab*b', 'ab', false],
    ['*ab*b', 'abb', true],
    ['a.c', 'abc', false],
    ['a?c', 'abc', false],
    ['[a]', 'a', false],
    ['a\\*', 'a*', true],
    ['a\\*', 'ab', false],
    ['a\\\\*', 'a\\b', true],
    ['a\\b', 'a\\b', true],
    ['a\\', 'a\\', true],
    ['*\n*', 'x\ny', true],
  ])('DF9 %j and the key %j: %s', (glob, key, expected) => {
    expect(globMatches(glob, key)).toBe(expected);
  });

  it('DF9 means the same as the regular expression that says so', () => {
    fc.assert(
      fc.property(anyGlob, fc.oneof(dense, anyKey), (glob, key) => {
        expect(globMatches(glob, key)).toBe(expressionFor(glob).test(key));
      }),
      { numRuns: 2_000 },
    );
  });

  it('DF9 an escaped key matches itself and nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(dense, anyKey), fc.oneof(dense, anyKey), (key, other) => {
        expect(parseGlob(escapeGlob(key))).toEqual([key]);
        expect(globMatches(escapeGlob(key), other)).toBe(key === other);
      }),
      { numRuns: 1_000 },
    );
  });

  it('DF11 two globs overlap whenever there is a key that both match', () => {
    fc.assert(
      fc.property(dense, dense, (one, other) => {
        const isSharedKeyKnown = KEYS.some((key) => globMatches(one, key) && globMatches(other, key));
        const overlap = globsOverlap(parseGlob(one), parseGlob(other));
        if (isSharedKeyKnown) expect(overlap).toBe(true);
        expect(globsOverlap(parseGlob(other), parseGlob(one))).toBe(overlap);
        expect(overlap).toBe(sharedKeyOf(parseGlob(one), parseGlob(other)) !== null);
      }),
      { numRuns: 2_000 },
    );
  });

  it('DF9 a filled glob matches its glob, and takes one text for each star', () => {
    fc.assert(
      fc.property(dense, fc.array(anyKey, { maxLength: 3 }), (glob, texts) => {
        const filled = fillGlob(parseGlob(glob), texts);
        expect(filled === null).toBe(texts.length !== parseGlob(glob).length - 1);
        if (filled !== null) expect(globMatches(glob, filled)).toBe(true);
      }),
    );
  });

  it('DF9 takes no exponential time for many stars', () => {
    expect(globMatches(`${'a*'.repeat(5_000)}c*b`, `${'a'.repeat(20_000)}b`)).toBe(false);
  });
});

/** A key that both globs match, made and then checked; `null` when the made one fails. */
function sharedKeyOf(one: readonly string[], other: readonly string[]): string | null {
  const longer = (a = '', b = ''): string => (a.length > b.length ? a : b);
  const made =
    one.length === 1 || other.length === 1
      ? ((one.length === 1 ? one : other)[0] ?? '')
      : longer(one[0], other[0]) +
        one.slice(1, -1).join('') +
        other.slice(1, -1).join('') +
        longer(one.at(-1), other.at(-1));
  const matches = (pieces: readonly string[]): boolean => globMatches(pieces.map(escapeGlob).join('*'), made);
  return matches(one) && matches(other) ? made : null;
}
