import {
  type ArchivePage,
  type CollectionSurvey,
  type DatabaseSurvey,
  type DependentSurvey,
  type DriftEntry,
  NO_DRIFT,
  type Row,
  type RowDrift,
  type RowKey,
} from '../../ports/database.ts';
import { type Dependent, dependentsOf, type Removal } from './foreign-keys.ts';
import { broughtBy, inScope, type MemoryStore, ownersOf, rowsOf } from './store.ts';
import { byCodeUnits, cloneRow, digestRow, digestText } from './values.ts';

/** A row of a collection that a clear moves out, or would have moved out had it not been deleted. */
export interface PlannedRow {
  readonly collection: string;
  readonly key: RowKey;
  readonly kind: 'unchanged' | 'changed' | 'added' | 'deleted';
  /** `null` for deleted ones. */
  readonly row: Row | null;
}

/** A drifted row as it is now; `null` for a deleted one. */
export type DriftedRow = DriftEntry & { readonly row: Row | null };

/** What clearing the rows of a run means, row by row. */
export interface ClearPlan {
  readonly collections: readonly CollectionSurvey[];
  readonly rows: readonly PlannedRow[];
  readonly dependents: readonly Dependent[];
  readonly drift: RowDrift;
  /** All drifted rows, in the order of table and key. */
  readonly drifted: readonly DriftedRow[];
}

/** Finds out what clearing the rows of run `undoes` means; changes nothing. */
export function planClear(store: MemoryStore, undoes: string): ClearPlan {
  const collections = Object.keys(store.schema.tables);
  const rows = collections.flatMap((collection) => plannedRows(store, undoes, collection));
  const dependents = dependentsOf(store, removalOf(rows));
  const drifted: DriftedRow[] = [
    ...rows.flatMap(({ collection, key, kind, row }) =>
      kind === 'unchanged' ? [] : [{ collection, table: collection, key, kind, row }],
    ),
    ...dependents
      .filter(({ effect }) => effect !== 'forbids')
      .map(({ collection, table, key, row }) => ({ collection, table, key, kind: 'dependent' as const, row })),
  ].sort((a, b) => byCodeUnits(a.table, b.table) || byCodeUnits(a.key, b.key));
  return {
    collections: collections.map((collection) => surveyOf(store, collection, rows, dependents)),
    rows,
    dependents,
    drift: driftOf(drifted),
    drifted,
  };
}

/** The plan as the port shows it. */
export function toSurvey(plan: ClearPlan, limit: number): DatabaseSurvey {
  const { collections, drift } = plan;
  const entries = plan.drifted.slice(0, limit).map(({ row: _, ...entry }) => entry);
  return { collections, dependents: summarize(plan.dependents), drift, entries };
}

/** `DatabasePort.drifted`. A page goes on behind a table and key, so that rows that change meanwhile move no others. */
export function driftedPage(store: MemoryStore, undoes: string, after: string | null, limit: number): ArchivePage {
  const [lastTable, lastKey]: string[] = after === null ? ['', ''] : JSON.parse(after);
  const waiting = planClear(store, undoes).drifted.filter(
    ({ table, key }) => (byCodeUnits(table, lastTable ?? '') || byCodeUnits(key, lastKey ?? '')) > 0,
  );
  const page = waiting.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: page.map(({ row, ...entry }) => ({ ...entry, row: row === null ? null : cloneRow(row) })),
    next: last === undefined || waiting.length === page.length ? null : JSON.stringify([last.table, last.key]),
  };
}

/** `DatabasePort.movable`, in the order of table and key. */
export function movablePage(store: MemoryStore, undoes: string, after: string | null, limit: number): ArchivePage {
  const [lastTable, lastKey]: string[] = after === null ? ['', ''] : JSON.parse(after);
  const waiting = planClear(store, undoes)
    .rows.filter(({ row }) => row !== null)
    .map((row) => ({ ...row, table: row.collection }))
    .sort((a, b) => byCodeUnits(a.table, b.table) || byCodeUnits(a.key, b.key))
    .filter(({ table, key }) => (byCodeUnits(table, lastTable ?? '') || byCodeUnits(key, lastKey ?? '')) > 0);
  const page = waiting.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: page.map((entry) => ({ ...entry, row: entry.row === null ? null : cloneRow(entry.row) })),
    next: last === undefined || waiting.length === page.length ? null : JSON.stringify([last.table, last.key]),
  };
}

/** Dependents by table, collection and effect. */
export function summarize(dependents: readonly Dependent[]): DependentSurvey[] {
  const counts = new Map<string, DependentSurvey>();
  for (const { table, collection, effect } of dependents) {
    const name = JSON.stringify([table, collection, effect]);
    counts.set(name, { table, collection, effect, rows: (counts.get(name)?.rows ?? 0) + 1 });
  }
  return [...counts.values()];
}

/** The keys that a plan's rows would leave empty. */
export function removalOf(rows: readonly PlannedRow[]): Removal {
  const removal: Removal = new Map();
  for (const { collection, key, row } of rows) {
    if (row === null) continue;
    const keys = removal.get(collection) ?? new Map<RowKey, string>();
    removal.set(collection, keys.set(key, collection));
  }
  return removal;
}

/**
 * Rows in the scope that are nobody's: no run brought them, and they were not there when run `undoes` began. A run
 * that never began knows of none.
 */
export function ownerlessRows(store: MemoryStore, undoes: string, collection: string): [RowKey, Row][] {
  const before = store.begun.get(undoes)?.get(collection);
  if (before === undefined) return [];
  const owners = ownersOf(store, collection);
  return [...rowsOf(store, collection)].filter(
    ([key, row]) => inScope(store, collection, row) && !owners.has(key) && !before.has(key),
  );
}

/** The rows in the scope that a run brought and that are still there. */
export function ownRows(store: MemoryStore, run: string, collection: string): [RowKey, Row][] {
  const owners = ownersOf(store, collection);
  return [...rowsOf(store, collection)].filter(
    ([key, row]) => owners.get(key) === run && inScope(store, collection, row),
  );
}

/**
 * Whether another run than `run` has rows of its own in the scope. Rows that appear from then on may belong to its
 * users, and nobody can tell.
 */
export function isSharedWithOthers(store: MemoryStore, run: string): boolean {
  return Object.keys(store.schema.tables).some((collection) =>
    [...ownersOf(store, collection)].some(([key, owner]) => {
      const row = rowsOf(store, collection).get(key);
      return owner !== run && row !== undefined && inScope(store, collection, row);
    }),
  );
}

function plannedRows(store: MemoryStore, undoes: string, collection: string): PlannedRow[] {
  const brought = broughtBy(store, undoes, collection);
  const own = new Map(ownRows(store, undoes, collection));
  const planned: PlannedRow[] = [];
  for (const [key, digest] of brought) {
    const row = own.get(key) ?? null;
    const same = row !== null && (digest === null || digest === digestRow(row));
    planned.push({ collection, key, row, kind: row === null ? 'deleted' : same ? 'unchanged' : 'changed' });
  }
  const added = ownerlessRows(store, undoes, collection);
  return [...planned, ...added.map(([key, row]) => ({ collection, key, row, kind: 'added' as const }))];
}

function surveyOf(
  store: MemoryStore,
  collection: string,
  rows: readonly PlannedRow[],
  dependents: readonly Dependent[],
): CollectionSurvey {
  const count = (kind: PlannedRow['kind']): number =>
    rows.filter((row) => row.collection === collection && row.kind === kind).length;
  const moved = count('unchanged') + count('changed') + count('added');
  const cascaded = dependents.filter(({ table, effect, row }) => {
    return table === collection && effect === 'moved' && inScope(store, collection, row);
  }).length;
  const scoped = [...rowsOf(store, collection).values()].filter((row) => inScope(store, collection, row)).length;
  return {
    collection,
    rows: moved,
    added: count('added'),
    changed: count('changed'),
    deleted: count('deleted'),
    kept: scoped - moved - cascaded,
  };
}

function driftOf(drifted: readonly DriftedRow[]): RowDrift {
  const count = (kind: DriftEntry['kind']): number => drifted.filter((entry) => entry.kind === kind).length;
  const identities = drifted.map(({ table, key, kind, row }) => [table, key, kind, row === null ? '' : digestRow(row)]);
  return {
    digest: drifted.length === 0 ? NO_DRIFT : digestText(JSON.stringify(identities)),
    added: count('added'),
    changed: count('changed'),
    deleted: count('deleted'),
    dependents: count('dependent'),
  };
}
