import type { Row, RowKey } from '../../ports/database.ts';
import type { MemoryReference } from './schema.ts';
import { inScope, type MemoryStore, rowsOf, tableOf } from './store.ts';
import { keyOf } from './values.ts';

/** A row that a foreign key changes when others are removed. `collection` is the one it hangs on in the end. */
export interface Dependent {
  readonly table: string;
  readonly key: RowKey;
  readonly collection: string;
  readonly row: Row;
  readonly effect: 'moved' | 'detached' | 'forbids';
  /** The columns that are set to null (`detached`). */
  readonly columns: readonly string[];
}

/** Rows that are to be removed: by table, then by key, with the collection that is the reason. */
export type Removal = Map<string, Map<RowKey, string>>;

/** Every row, other than the removed ones, that their removal would change; follows cascades to their ends. */
export function dependentsOf(store: MemoryStore, removal: Removal): Dependent[] {
  const removed: Removal = new Map([...removal].map(([table, keys]) => [table, new Map(keys)]));
  const found = new Map<string, Dependent>();
  let frontier: Removal = removed;
  while ([...frontier.values()].some((keys) => keys.size > 0)) {
    const next: Removal = new Map();
    for (const dependent of referrersOf(store, frontier)) {
      const { table, key } = dependent;
      if (removed.get(table)?.has(key)) continue;
      const name = JSON.stringify([table, key]);
      found.set(name, mergeEffects(found.get(name), dependent));
      if (dependent.effect === 'moved') entry(next, table).set(key, dependent.collection);
    }
    for (const [table, keys] of next) for (const [key, reason] of keys) entry(removed, table).set(key, reason);
    frontier = next;
  }
  return [...found.values()];
}

/** A row whose reference has been set to null. */
export function detached(row: Row, columns: readonly string[]): Row {
  return { ...row, ...Object.fromEntries(columns.map((column) => [column, null])) };
}

/** Why a table refuses a row, or `null`: a fault in its columns, its key, or a row that it refers to. */
export function refusal(store: MemoryStore, name: string, row: Row): string | null {
  const table = tableOf(store, name);
  const unknown = Object.keys(row).find((column) => row[column] !== undefined && !table.columns.includes(column));
  if (unknown !== undefined) return `there is no column "${unknown}"`;
  const missing = table.required?.find((column) => (row[column] ?? null) === null);
  if (missing !== undefined) return `column "${missing}" may not be null`;
  const key = keyOf(row, table.idColumns);
  if (key === null) return `the id (${table.idColumns.join(', ')}) is missing or neither text nor number`;
  for (const reference of table.references ?? []) {
    const target = keyOf(row, reference.columns);
    if (target === null || (reference.table === name && target === key)) continue;
    if (!rowsOf(store, reference.table).has(target)) return `${reference.columns.join(', ')} refers to no row`;
  }
  return null;
}

/** Why a run may not bring a row, or `null`: what the table refuses, a row that is there, or one out of the scope. */
export function copyRefusal(store: MemoryStore, collection: string, row: Row): string | null {
  const reason = refusal(store, collection, row);
  if (reason !== null) return reason;
  const key = keyOf(row, tableOf(store, collection).idColumns);
  if (key !== null && rowsOf(store, collection).has(key)) return 'a row with this id is there already';
  return inScope(store, collection, row) ? null : 'it lies outside the scope, and could not be taken back';
}

function* referrersOf(store: MemoryStore, frontier: Removal): Generator<Dependent> {
  for (const table of store.rows.keys()) {
    for (const reference of tableOf(store, table).references ?? []) {
      const targets = frontier.get(reference.table);
      if (targets === undefined || targets.size === 0) continue;
      for (const [key, row] of rowsOf(store, table)) {
        const collection = targets.get(keyOf(row, reference.columns) ?? '');
        if (collection === undefined) continue;
        yield { table, key, collection, row, effect: EFFECTS[reference.onDelete], columns: reference.columns };
      }
    }
  }
}

const EFFECTS = { cascade: 'moved', setNull: 'detached', restrict: 'forbids' } as const satisfies Record<
  MemoryReference['onDelete'],
  Dependent['effect']
>;

const STRENGTH = { moved: 2, forbids: 1, detached: 0 };

function mergeEffects(before: Dependent | undefined, now: Dependent): Dependent {
  if (before === undefined) return now;
  const columns = [...new Set([...before.columns, ...now.columns])];
  return { ...(STRENGTH[now.effect] > STRENGTH[before.effect] ? now : before), columns };
}

function entry(removal: Removal, table: string): Map<RowKey, string> {
  const keys = removal.get(table) ?? new Map<RowKey, string>();
  removal.set(table, keys);
  return keys;
}
