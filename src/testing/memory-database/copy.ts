import type {
  CollectionDigest,
  CompareOutcome,
  CopyBatch,
  CopyOutcome,
  Fence,
  Row,
  RowDigest,
  RowKey,
} from '../../ports/database.ts';
import { copyRefusal } from './foreign-keys.ts';
import { ownRows } from './plan.ts';
import { broughtBy, broughtName, inScope, type MemoryStore, once, ownersOf, rowsOf, tableOf } from './store.ts';
import { byCodeUnits, canonicalText, cloneRow, digestRow, digestText, keyOf } from './values.ts';

const EXAMPLES = 10;

/** `DatabasePort.begin`. */
export function begin(store: MemoryStore, fence: Fence): void {
  once(store, fence, 'begin', (transaction) => {
    const present = Object.keys(store.schema.tables).map((collection) => {
      const scoped = [...rowsOf(store, collection)].filter(([, row]) => inScope(store, collection, row));
      return [collection, new Set(scoped.map(([key]) => key))] as const;
    });
    transaction.set(store.begun, fence.run, new Map(present));
    return null;
  });
}

/** `DatabasePort.copy`. */
export function copy(store: MemoryStore, fence: Fence, batch: CopyBatch): CopyOutcome {
  const { collection } = batch;
  return once(store, fence, batch.step, (transaction) => {
    const rejected: { index: number; reason: string }[] = [];
    const brought = new Map(broughtBy(store, fence.run, collection));
    for (const [index, given] of batch.rows.entries()) {
      const reason = copyRefusal(store, collection, given);
      const key = keyOf(given, tableOf(store, collection).idColumns);
      if (reason !== null || key === null) {
        rejected.push({ index, reason: reason ?? 'it has no id' });
        continue;
      }
      transaction.set(rowsOf(store, collection), key, completeRow(store, collection, given));
      transaction.set(ownersOf(store, collection), key, fence.run);
      brought.set(key, null);
    }
    transaction.set(store.brought, broughtName(fence.run, collection), brought);
    return { inserted: batch.rows.length - rejected.length, rejected };
  });
}

/** `DatabasePort.compare`: only the columns that are given count, as the others have their defaults. */
export function compare(store: MemoryStore, run: string, collection: string, rows: readonly Row[]): CompareOutcome {
  const outcome = { equal: 0, missing: 0, different: 0 };
  const keys: RowKey[] = [];
  const owners = ownersOf(store, collection);
  for (const given of rows) {
    const key = keyOf(given, tableOf(store, collection).idColumns) ?? 'null';
    const found = owners.get(key) === run ? rowsOf(store, collection).get(key) : undefined;
    const verdict = found === undefined ? 'missing' : isContained(given, found) ? 'equal' : 'different';
    outcome[verdict] += 1;
    if (verdict !== 'equal' && keys.length < EXAMPLES) keys.push(key);
  }
  return { ...outcome, keys };
}

/** `DatabasePort.digest`. */
export function digest(store: MemoryStore, fence: Fence): readonly CollectionDigest[] {
  return once(store, fence, 'digest', (transaction) =>
    Object.keys(store.schema.tables).map((collection) => {
      const rows = ownRows(store, fence.run, collection).map(([key, row]) => [key, digestRow(row)] as const);
      const sorted = rows.sort(([a], [b]) => byCodeUnits(a, b));
      const brought = new Map<RowKey, string | null>([...broughtBy(store, fence.run, collection), ...sorted]);
      transaction.set(store.brought, broughtName(fence.run, collection), brought);
      return { collection, rows: sorted.length, digest: digestText(JSON.stringify(sorted)) };
    }),
  );
}

/** `DatabasePort.rowDigests`. */
export function rowDigests(
  store: MemoryStore,
  run: string,
  collection: string,
  after: RowKey | null,
  limit: number,
): readonly RowDigest[] {
  return [...broughtBy(store, run, collection)]
    .filter((entry): entry is [RowKey, string] => entry[1] !== null && (after === null || entry[0] > after))
    .map(([key, rowDigest]) => ({ key, digest: rowDigest }))
    .sort((a, b) => byCodeUnits(a.key, b.key))
    .slice(0, limit);
}

/** A row with all columns of its table; those that are not given are null. */
export function completeRow(store: MemoryStore, table: string, given: Row): Row {
  const columns = tableOf(store, table).columns.map((column) => [column, given[column] ?? null]);
  return cloneRow(Object.fromEntries(columns));
}

function isContained(given: Row, found: Row): boolean {
  return Object.keys(given).every(
    (column) => given[column] === undefined || canonicalText(given[column]) === canonicalText(found[column]),
  );
}
