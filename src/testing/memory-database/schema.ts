import type { Row } from '../../ports/database.ts';

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
