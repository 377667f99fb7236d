import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printableName, printableText, shortened } from '../../src/cli/printable.ts';

/** What a terminal would obey or show in another order. */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?!\u200d)\p{Cf}/u;

describe('names that other people chose', () => {
  it('CM9 are shown as they are when they are plain, also beyond ASCII', () => {
    for (const name of ['task-store', 'draft:1', '["t-1"]', 'Größe', 'مهمة', '👩‍👩‍👧'])
      expect(printableName(name)).toBe(name);
  });

  it('CM9 with controls, escapes, blanks at the ends or nothing at all are quoted and escaped', () => {
    expect(printableName('a\nb')).toBe('"a\\nb"');
    expect(printableName('\u001b[2J')).toBe('"\\u001b[2J"');
    expect(printableName('\u009b2J')).toBe('"\\u009b2J"');
    expect(printableName('a\u202eb')).toBe('"a\\u202eb"');
    expect(printableName('\ud800')).toBe('"\\ud800"');
    expect(printableName('\u{e0041}x')).toBe('"\\udb40\\udc41x"');
    expect(printableName(' a')).toBe('" a"');
    expect(printableName('')).toBe('""');
    expect(printableName('"a"')).toBe('"\\"a\\""');
  });

  it('CM9 never reach a terminal as anything that it would obey', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(printableName(name)).not.toMatch(UNSAFE);
        expect(printableText(name).replaceAll(/[\n\t]/g, '')).not.toMatch(UNSAFE);
      }),
    );
  });

  it('CM9 that differ can be told apart, also after quoting', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
        fc.pre(one !== other);
        expect(printableName(one)).not.toBe(printableName(other));
      }),
    );
  });

  it('CM9 are shortened in the middle, by whole characters', () => {
    expect(shortened('abcdefghij', 10)).toBe('abcdefghij');
    expect(shortened('abcdefghijk', 5)).toBe('ab…jk');
    expect([...shortened('🙂'.repeat(10), 4)]).toEqual(['🙂', '🙂', '…', '🙂']);
  });
});
