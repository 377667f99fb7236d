import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import type { ExternalStore } from './cell.ts';

/** The selector that selects everything. */
export const everything = <T>(snapshot: T): T => snapshot;

/** How two selections are compared; `Object.is` unless told. */
export type Equality<T> = (one: T, other: T) => boolean;

/** Remembers what was selected from a snapshot, so that selecting twice gives the same. */
function remembering<S, T>(select: (snapshot: S) => T): (snapshot: S) => T {
  let last: { readonly snapshot: S; readonly selected: T } | undefined;
  return (snapshot) => {
    if (last?.snapshot !== snapshot) last = { snapshot, selected: select(snapshot) };
    return last.selected;
  };
}

/** A part of what a store holds; renders again only when that part is not equal to what was rendered. */
export function useSelected<S, T>(
  store: Pick<ExternalStore<S>, 'getSnapshot' | 'getServerSnapshot' | 'subscribe'>,
  selector: (snapshot: S) => T,
  isEqual: Equality<T> = Object.is,
): T {
  const rendered = useRef<{ readonly value: T } | undefined>(undefined);
  const select = useMemo(
    () =>
      remembering((snapshot: S): T => {
        const next = selector(snapshot);
        const last = rendered.current;
        return last !== undefined && isEqual(last.value, next) ? last.value : next;
      }),
    [selector, isEqual],
  );
  const value = useSyncExternalStore(
    store.subscribe,
    () => select(store.getSnapshot()),
    () => select(store.getServerSnapshot()),
  );
  useEffect(() => {
    rendered.current = { value };
  }, [value]);
  return value;
}
