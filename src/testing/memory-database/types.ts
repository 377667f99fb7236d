import type { DatabasePort, Row } from '../../ports/database.ts';
import type { MemoryStore } from './store.ts';

/** A foreign key: `columns` hold the id of a row of `table`, or `null` in one of them for none. */
export interface MemoryReference {
  readonly columns: readonly string[];
  /** The name under which the other table is declared; its id columns are what is referred to. */
  readonly table: string;
  readonly onDelete: 'cascade' | 'setNull' | 'restrict';
}

/** A table as `memoryDatabase` is told of it. Values may be of any kind that can be cloned. */
export interface MemoryTable {
  readonly columns: readonly string[];
  readonly idColumns: readonly string[];
  /** Columns besides the id that may not be `null`. */
  readonly required?: readonly string[];
  readonly references?: readonly MemoryReference[];
}

/** Who may be cleared: every row, or the rows that `selects` is true of, under the name of that scope. */
export type MemoryScope =
  | 'wholeTable'
  | { readonly name: string; readonly selects: (row: Row, collection: string) => boolean };

/** The tables of a new database. */
export interface MemorySchema {
  /** The tables behind the collections of the migration, by collection. */
  readonly tables: Readonly<Record<string, MemoryTable>>;
  /** Tables outside the migration, by name: those that refer to the others, say. */
  readonly others?: Readonly<Record<string, MemoryTable>>;
  readonly scope: MemoryScope;
  /** Default `memory-database`. */
  readonly failureDomain?: string;
}

/** A new database, or another handle (another process, or the same one started again) on an existing one. */
export type MemoryDatabaseOptions = MemorySchema | { readonly store: MemoryStore };

/** The app's side of the database: what people do. `id` names a row by its id columns. */
export interface MemoryTables {
  /** The rows of a table, in the order of their keys. */
  rows(table: string): Row[];
  /** @throws DatabaseError `DATABASE_FAILED` when the table refuses the row */
  insert(table: string, row: Row): void;
  /** @throws DatabaseError `DATABASE_FAILED` when there is no such row, or the table refuses it as changed */
  update(table: string, id: Row, changes: Row): void;
  /** @throws DatabaseError `DATABASE_FAILED` when there is no such row, `DATABASE_RESTRICTED` by a foreign key */
  remove(table: string, id: Row): void;
}

/** `DatabasePort` in memory, with the app's side and faults. */
export interface MemoryDatabase extends DatabasePort, MemoryTables {
  /** What is durable: whatever was committed. Give it to `memoryDatabase({ store })` to open it once more. */
  readonly store: MemoryStore;
  /** The process that holds this handle dies: the port's methods throw `DATABASE_UNAVAILABLE` from now on. */
  crash(): void;
  /** The write number `count` from now on fails inside its transaction, once; `null` takes that back. */
  failWrite(count: number | null): void;
}
