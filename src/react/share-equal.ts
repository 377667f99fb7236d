import { shallowEqual } from './shallow-equal.ts';

/**
 * `next`, with every member that says the same as before being the object that it was, so that selectors see no change;
 * `before` itself when all of them do.
 */
export function shareEqual<T extends object>(next: T, before: T): T {
  const shared = { ...next };
  for (const name of Object.keys(next) as (keyof T)[]) {
    if (JSON.stringify(next[name]) === JSON.stringify(before[name])) shared[name] = before[name];
  }
  return shallowEqual(shared, before) ? before : Object.freeze(shared);
}
