import { DatabaseError } from '../../errors.ts';
import type { ArchivedRow, ClearOutcome, Fence, Row, RowKey, StepOutcome } from '../../ports/database.ts';
import type { MemorySchema, MemoryTable } from './schema.ts';

/** The lease of a migration: its newest token, and who holds it. */
export interface LeaseRecord {
  readonly token: number;
  readonly holder: { readonly run: string; readonly storage: string } | null;
}

/** A step with the migration that it belongs to and its place in time. */
export interface StepRecord extends StepOutcome {
  readonly migration: string;
  readonly sequence: number;
}

/** Digests of the rows that a run brought, by key; `null` until they have been taken. */
export type BroughtRows = ReadonlyMap<RowKey, string | null>;

/** An archived row and how it is put back: as a whole row, by its foreign key columns, or not at all. */
export interface ArchiveRecord extends ArchivedRow {
  readonly migration: string;
  readonly run: string;
  readonly putBack: 'row' | 'columns' | 'nothing';
  readonly columns: readonly string[];
}

/** What a run cleared, kept for `undoClear` and `sweep`. */
export interface ClearRecord {
  readonly undoes: string;
  readonly outcome: ClearOutcome;
  /** What the undone run had brought, by collection. */
  readonly brought: ReadonlyMap<string, BroughtRows>;
  readonly archive: 'kept' | 'dropped';
}

/** The durable content of a database in memory. Everything is a Map, so that one undo log covers it all. */
export interface MemoryStore {
  readonly schema: MemorySchema;
  readonly rows: ReadonlyMap<string, Map<RowKey, Row>>;
  readonly leases: Map<string, LeaseRecord>;
  /** By run and step. */
  readonly steps: Map<string, StepRecord>;
  /** By run: the keys that were in the scope when it began, by collection. */
  readonly begun: Map<string, ReadonlyMap<string, ReadonlySet<RowKey>>>;
  /** By collection: the run that brought a row last. */
  readonly owners: ReadonlyMap<string, Map<RowKey, string>>;
  /** By run and collection. */
  readonly brought: Map<string, BroughtRows>;
  /** By run. */
  readonly cleared: Map<string, ClearRecord>;
  readonly archive: Map<number, ArchiveRecord>;
  readonly counters: { sequence: number; writesUntilFault: number | null };
}

/** The writes of a transaction; each can be undone. */
export interface Transaction {
  set<K, V>(map: Map<K, V>, key: K, value: V): void;
  delete<K, V>(map: Map<K, V>, key: K): void;
}

/** A database without rows. */
export function createStore(schema: MemorySchema): MemoryStore {
  const names = [...Object.keys(schema.tables), ...Object.keys(schema.others ?? {})];
  return {
    schema,
    rows: new Map(names.map((name) => [name, new Map<RowKey, Row>()])),
    leases: new Map(),
    steps: new Map(),
    begun: new Map(),
    owners: new Map(Object.keys(schema.tables).map((name) => [name, new Map<RowKey, string>()])),
    brought: new Map(),
    cleared: new Map(),
    archive: new Map(),
    counters: { sequence: 0, writesUntilFault: null },
  };
}

/** Does all of `work` or, when it throws, nothing. */
export function transact<T>(store: MemoryStore, work: (transaction: Transaction) => T): T {
  const undo: (() => void)[] = [];
  const willWrite = <K, V>(map: Map<K, V>, key: K): void => {
    failWhenTold(store);
    const before = map.get(key);
    undo.push(before === undefined ? () => map.delete(key) : () => map.set(key, before));
  };
  try {
    return work({
      set: (map, key, value) => {
        willWrite(map, key);
        map.set(key, value);
      },
      delete: (map, key) => {
        willWrite(map, key);
        map.delete(key);
      },
    });
  } catch (error) {
    for (const step of undo.reverse()) step();
    throw error;
  }
}

/** `transact` for the holder of a token. @throws DatabaseError `DATABASE_FENCED` unless it is the newest one */
export function transactFenced<T>(store: MemoryStore, fence: Fence, work: (transaction: Transaction) => T): T {
  const newest = store.leases.get(fence.migration)?.token ?? 0;
  if (fence.token !== newest) {
    throw new DatabaseError(
      'DATABASE_FENCED',
      `Token ${fence.token} of migration ${fence.migration} is not the newest one (${newest}); stop: another run has taken over.`,
      { details: { migration: fence.migration, run: fence.run, token: fence.token, newest } },
    );
  }
  return transact(store, work);
}

/** The name of a step in `MemoryStore.steps`. */
export function stepName(run: string, step: string): string {
  return JSON.stringify([run, step]);
}

/** Does `work` and records its outcome, or returns the outcome recorded before. */
export function once<T>(store: MemoryStore, fence: Fence, step: string, work: (transaction: Transaction) => T): T {
  return transactFenced(store, fence, (transaction) => {
    const name = stepName(fence.run, step);
    const recorded = store.steps.get(name);
    if (recorded !== undefined) return structuredClone(recorded.outcome) as T;
    const outcome = work(transaction);
    recordStep(store, transaction, fence, step, outcome);
    return outcome;
  });
}

/** Records the outcome of a step, as JSON would keep it. */
export function recordStep(
  store: MemoryStore,
  transaction: Transaction,
  fence: Fence,
  step: string,
  outcome: unknown,
): void {
  const { migration, run } = fence;
  const kept: unknown = JSON.parse(JSON.stringify(outcome ?? null));
  const sequence = nextSequence(store);
  transaction.set(store.steps, stepName(run, step), { migration, run, step, outcome: kept, sequence });
}

/** A number greater than all before; numbers of an undone transaction are not used again. */
export function nextSequence(store: MemoryStore): number {
  store.counters.sequence += 1;
  return store.counters.sequence;
}

/** What a run archived, in the order in which it was moved. */
export function archiveOf(store: MemoryStore, migration: string, run: string): [number, ArchiveRecord][] {
  return [...store.archive]
    .filter(([, archived]) => archived.migration === migration && archived.run === run)
    .sort(([a], [b]) => a - b);
}

/** The declaration of a table. @throws DatabaseError `DATABASE_SCHEMA` when there is none of that name */
export function tableOf(store: MemoryStore, name: string): MemoryTable {
  const table = store.schema.tables[name] ?? store.schema.others?.[name];
  if (table === undefined) throw unknownTable(name);
  return table;
}

/** The rows of a table. @throws DatabaseError `DATABASE_SCHEMA` when there is none of that name */
export function rowsOf(store: MemoryStore, name: string): Map<RowKey, Row> {
  const rows = store.rows.get(name);
  if (rows === undefined) throw unknownTable(name);
  return rows;
}

/** Who brought the rows of a collection. @throws DatabaseError `DATABASE_SCHEMA` when it is no collection */
export function ownersOf(store: MemoryStore, collection: string): Map<RowKey, string> {
  const owners = store.owners.get(collection);
  if (owners === undefined) throw unknownTable(collection);
  return owners;
}

/** What a run brought into a collection. */
export function broughtBy(store: MemoryStore, run: string, collection: string): BroughtRows {
  return store.brought.get(broughtName(run, collection)) ?? new Map();
}

/** The name of a run's rows in `MemoryStore.brought`. */
export function broughtName(run: string, collection: string): string {
  return JSON.stringify([run, collection]);
}

/** Whether a row may be cleared at all. */
export function inScope(store: MemoryStore, collection: string, row: Row): boolean {
  const { scope } = store.schema;
  return scope === 'wholeTable' || scope.selects(row, collection);
}

function unknownTable(name: string): DatabaseError {
  return new DatabaseError('DATABASE_SCHEMA', `There is no table "${name}"; declare it in \`tables\` or \`others\`.`, {
    details: { table: name },
  });
}

function failWhenTold(store: MemoryStore): void {
  const { counters } = store;
  if (counters.writesUntilFault === null) return;
  counters.writesUntilFault -= 1;
  if (counters.writesUntilFault > 0) return;
  counters.writesUntilFault = null;
  throw new DatabaseError('DATABASE_FAILED', 'The write was told to fail; the transaction was undone.');
}
