import { useClientStore } from './backpedal-context.ts';
import type { RollbackSnapshot } from './types.ts';
import { type Equality, everything, useSelected } from './use-selected.ts';

/**
 * All that is known of the migration and its rollback, and the actions on it. With a selector the component renders
 * again only when what it selects changes: `useRollback((s) => s.progress)`.
 * @param isEqual for selectors that make new objects. Default `Object.is`.
 * @throws BackpedalError `PROVIDER_MISSING` outside of a provider
 */
export function useRollback(): RollbackSnapshot;
export function useRollback<T>(selector: (snapshot: RollbackSnapshot) => T, isEqual?: Equality<T>): T;
export function useRollback(
  selector: (snapshot: RollbackSnapshot) => unknown = everything,
  isEqual?: Equality<unknown>,
): unknown {
  return useSelected(useClientStore(), selector, isEqual);
}
