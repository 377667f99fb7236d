import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultOfCachePattern, fillCachePattern, patternHolds } from '../../src/definition/cache-pattern.ts';
import { cachePatternFault, cachePatternMatcher } from '../../src/ports/cache-pattern.ts';

describe('cache patterns', () => {
  it.each([
    '',
    '*',
    '**',
    '*:*',
    '?*',
    '*{id}*',
    '{scope}:*',
    ':::',
    '\\**',
    'a{',
    'a{user}',
    'a{}',
    'a\\',
    '{id',
    '* *',
  ])('DF8 refuses %j', (pattern) => {
    expect(faultOfCachePattern(pattern)).not.toBeNull();
  });

  it.each(['task:*', 'task:{id}', '{id}', '{scope}:{id}', '{scope}:task:*', 'a\\{user}', 'é*', '*-task'])(
    'DF8 accepts %j',
    (pattern) => {
      expect(faultOfCachePattern(pattern)).toBeNull();
    },
  );

  it('DF8 a filled-in value matches literally, whatever is in it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('*', '?', '\\', '{', '}', '[', ']', 'a', 'é') }),
        fc.string(),
        (id, other) => {
          const pattern = fillCachePattern('task:{id}:\\*', { id });
          if (pattern === null) throw new Error('not filled');
          const matches = cachePatternMatcher(pattern);
          expect(matches(`task:${id}:*`)).toBe(true);
          expect(matches(`task:${other}:*`)).toBe(id === other);
        },
      ),
    );
  });

  it('DF8 keeps wildcards, and gives nothing when a value is missing', () => {
    expect(fillCachePattern('{scope}:task:*', { scope: 'u1' })).toBe('u1:task:*');
    expect(fillCachePattern('task:?', {})).toBe('task:?');
    expect(fillCachePattern('task:{id}', { scope: 'u1' })).toBeNull();
    expect(['{scope}:a', 'b:{id}', '\\{scope}'].map((pattern) => patternHolds(pattern, 'scope'))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('DF8 lets no pattern pass that the cache refuses, once filled in', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('*', '?', '\\', ':', 'a', ' ', '{id}', '{scope}') }), (pattern) => {
        if (faultOfCachePattern(pattern) !== null) return;
        expect(cachePatternFault(fillCachePattern(pattern, { id: 't1', scope: 'u1' }) ?? '')).toBeNull();
      }),
    );
  });
});
