import type { MemoryStore } from '../memory-database/store.ts';

const cloneInner = <K, V>(map: ReadonlyMap<string, Map<K, V>>): Map<string, Map<K, V>> =>
  new Map([...map].map(([name, inner]) => [name, new Map(inner)]));

/** A copy of a database in memory. Rows and records are never changed in place, so both may share them. */
export function cloneStore(store: MemoryStore): MemoryStore {
  return {
    schema: store.schema,
    rows: cloneInner(store.rows),
    leases: new Map(store.leases),
    steps: new Map(store.steps),
    begun: new Map(store.begun),
    owners: cloneInner(store.owners),
    brought: new Map(store.brought),
    cleared: new Map(store.cleared),
    archive: new Map(store.archive),
    counters: { ...store.counters },
  };
}
