const isEqual = (one: unknown, other: unknown): boolean =>
  Object.is(one, other) || JSON.stringify(one) === JSON.stringify(other);

/** `next`, with every member that says the same as before being the object that it was: selectors see no change. */
export function shareEqual<T extends object>(next: T, before: T): T {
  const shared = { ...next };
  for (const name of Object.keys(next) as (keyof T)[]) {
    if (isEqual(next[name], before[name])) shared[name] = before[name];
  }
  return Object.freeze(shared);
}
