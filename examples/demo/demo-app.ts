import type { SQLJsDatabase } from 'drizzle-orm/sql-js';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Item, Migration } from '../../src/index.ts';

/** What people did to one row after the migration, in the terms of the item that it came from. */
export type Edit = { readonly collection: string; readonly id: string | number } & (
  | { readonly kind: 'added'; readonly item: Item }
  | { readonly kind: 'changed'; readonly properties: Item }
  | { readonly kind: 'deleted' }
);

/** An app: its migration, its tables, and what its people do in the database. */
export interface DemoApp {
  readonly migration: Migration;
  /** The Drizzle table of each collection. */
  readonly tables: Readonly<Record<string, SQLiteTable>>;
  readonly createTables: readonly string[];
  /** Adds, changes and deletes rows through Drizzle; synchronous, as sql.js is. */
  readonly work: (db: SQLJsDatabase) => readonly Edit[];
}
