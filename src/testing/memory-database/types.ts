import type { DatabasePort, Row } from '../../ports/database.ts';
import type { MemorySchema } from './schema.ts';
import type { MemoryStore } from './store.ts';

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
