import type { CachePort } from '../ports/cache.ts';
import { type Disposable, refusalOf, using } from './contract-subject.ts';
import type { ContractTools } from './contract-tools.ts';

/** A cache under test. */
export interface CacheSubject extends Disposable {
  readonly cache: CachePort;
  /** Every key that is cached, as the app names it. */
  keys(): Promise<readonly string[]> | readonly string[];
}

/** What an adapter's author passes in. There is no part of this contract that an adapter may leave out. */
export interface CacheContract {
  readonly name: string;
  /** A cache of its own that holds exactly these keys. */
  create(keys: readonly string[]): Promise<CacheSubject> | CacheSubject;
  readonly supports: readonly never[];
}

const KEYS = ['task:1', 'task:2', 'task:', 'tasks', 'xtask:1', 'environment:1', 'session:1', 'task\n:3', 'task:[1]'];
const CATCH_ALL = ['', '*', '**', '?*', '*?', '*:*', '*-*', '* *', '\\**', '[*]', '???'];

/** What glob patterns mean: the pattern, keys that match it, keys that do not. */
const GLOBS: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['task:?', ['task:1', 'task:*', 'task:?'], ['task:', 'task:12', 'xtask:1']],
  ['task:*', ['task:', 'task:1', 'task:1:2', 'task:\n'], ['task', 'Task:1', ' task:1']],
  ['*:task', [':task', 'a:b:task'], ['a:task:b', 'task']],
  ['a*b*c', ['abc', 'a-b-b-c', 'aabbcc'], ['acb', 'ab', 'xabc']],
  ['task:\\*', ['task:*'], ['task:1', 'task:\\*', 'task:']],
  ['task:\\?', ['task:?'], ['task:1']],
  ['a\\\\b', ['a\\b'], ['a\\\\b', 'ab']],
  ['[ab]1', ['[ab]1'], ['a1', 'b1']],
  ['a.{1}', ['a.{1}'], ['ab', 'abb']],
  ['^a$', ['^a$'], ['a']],
  ['--', ['--'], ['-', '---']],
  ['\\*', ['*'], ['a', '']],
];

/** The contract of `CachePort`: rules CA1 to CA6. */
export function cacheContract({ describe, it, expect }: ContractTools, contract: CacheContract): void {
  const onKeys = (keys: readonly string[], body: (subject: CacheSubject) => Promise<void>): Promise<void> =>
    using(contract.create(keys), body);
  const remaining = async (subject: CacheSubject): Promise<string[]> => [...(await subject.keys())].sort();

  describe(`${contract.name} keeps the contract of a cache`, () => {
    it('CA1 CA2 removes and counts what matches, once', () =>
      onKeys(KEYS, async (subject) => {
        expect(await subject.cache.invalidate(['task:*'])).toBe(4);
        const others = ['environment:1', 'session:1', 'task\n:3', 'tasks', 'xtask:1'];
        expect(await remaining(subject)).toEqual(others);
        expect(await subject.cache.invalidate(['task:*'])).toBe(0);
        expect(await remaining(subject)).toEqual(others);
      }));

    it('CA3 counts a key once, and nothing for no pattern', () =>
      onKeys(KEYS, async (subject) => {
        expect(await subject.cache.invalidate([])).toBe(0);
        expect(await subject.cache.count([])).toBe(0);
        expect(await subject.cache.count(['task:*', '*task:1', 'task:1'])).toBe(5);
        expect(await subject.cache.invalidate(['task:*', '*task:1', 'task:1'])).toBe(5);
      }));

    it('CA4 patterns mean what they say', async () => {
      for (const [pattern, matching, others] of GLOBS)
        await onKeys([...matching, ...others], async (subject) => {
          expect(await subject.cache.invalidate([pattern])).toBe(matching.length);
          expect(await remaining(subject)).toEqual([...others].sort());
        });
    });

    it('CA5 refuses patterns that are empty or match everything, before anything is removed', () =>
      onKeys(KEYS, async (subject) => {
        for (const pattern of [...CATCH_ALL, 'task:\\']) {
          expect(await refusalOf(() => subject.cache.invalidate(['task:1', pattern]))).toBe('CACHE_PATTERN');
          expect(await refusalOf(() => subject.cache.count([pattern]))).toBe('CACHE_PATTERN');
        }
        expect(await remaining(subject)).toEqual([...KEYS].sort());
      }));

    it('CA6 counting removes nothing', () =>
      onKeys(KEYS, async (subject) => {
        expect(await subject.cache.count(['task:*', 'session:?'])).toBe(5);
        expect(await remaining(subject)).toEqual([...KEYS].sort());
      }));
  });
}
