import { type Column, type SQL, sql } from 'drizzle-orm';
import type { SQLJsDatabase } from 'drizzle-orm/sql-js';
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core';
import { DatabaseError } from '../../errors.ts';
import type { ScopeKind } from '../../ports/database.ts';
import type { Condition } from './sql.ts';
import { quoteName } from './sql.ts';

/** A Drizzle database of any schema on sql.js. */
// biome-ignore lint/suspicious/noExplicitAny: the schema type parameter is invariant, and any schema is welcome
export type AnySqlJsDatabase = SQLJsDatabase<any>;

/**
 * Which rows of the tables belong to the migration, and so may be cleared: all of them, or those that a condition for
 * each collection selects. `name` is what people read.
 */
export type SqlJsScope =
  | 'wholeTable'
  | { readonly name: string; readonly where: Readonly<Record<string, SQL | undefined>> };

/** A column as the app knows it (`property`) and as SQLite does (`name`). */
export interface BoundColumn {
  readonly property: string;
  readonly name: string;
  readonly column: Column;
}

/** A collection's Drizzle table, prepared for raw SQL. */
export interface BoundTable {
  readonly collection: string;
  readonly name: string;
  readonly table: SQLiteTable;
  readonly columns: readonly BoundColumn[];
  /** The property names of the columns. */
  readonly properties: ReadonlySet<string>;
  readonly idColumns: readonly BoundColumn[];
  /** Rows outside it belong to nobody that we know; `null` when the whole table is ours. */
  readonly scope: Condition | null;
}

function bindColumns(db: AnySqlJsDatabase, table: SQLiteTable): BoundColumn[] {
  const byName = new Map(getTableConfig(table).columns.map((column) => [column.name, column]));
  return Object.entries(table as unknown as Record<string, unknown>).flatMap(([property, value]) => {
    const column = [...byName.values()].find((c) => c === value);
    if (column === undefined) return [];
    // Drizzle's `casing` option lives in the database object: only a compiled query knows a column's final name.
    const compiled = db.select({ value: column }).from(table).toSQL().sql;
    const quoted = /^select "((?:[^"]|"")*)" from/.exec(compiled)?.[1];
    return [{ property, name: quoted?.replaceAll('""', '"') ?? column.name, column }];
  });
}

function compileScope(db: AnySqlJsDatabase, table: SQLiteTable, where: SQL): Condition {
  const query = db.select({ value: sql`1` }).from(table);
  const prefix = `${query.toSQL().sql} where `;
  const compiled = db.select({ value: sql`1` }).from(table).where(where).toSQL();
  return { sql: compiled.sql.slice(prefix.length), params: compiled.params as Condition['params'] };
}

function bindTable(
  db: AnySqlJsDatabase,
  collection: string,
  table: SQLiteTable,
  scope: SqlJsScope,
  faults: string[],
): BoundTable {
  const config = getTableConfig(table);
  const columns = bindColumns(db, table);
  const composite = config.primaryKeys[0]?.columns ?? [];
  const ids = composite.length > 0 ? composite : config.columns.filter((column) => column.primary);
  const idColumns = ids.flatMap((id) => columns.filter(({ column }) => column.name === id.name));
  if (idColumns.length === 0) faults.push(`table ${config.name} (collection ${collection}) declares no primary key`);
  const where = scope === 'wholeTable' ? undefined : scope.where[collection];
  if (scope !== 'wholeTable' && where === undefined)
    faults.push(`scope "${scope.name}" has no condition for ${collection}`);
  return {
    collection,
    name: config.name,
    table,
    columns,
    properties: new Set(columns.map(({ property }) => property)),
    idColumns,
    scope: where === undefined ? null : compileScope(db, table, where),
  };
}

/**
 * Reads the Drizzle tables of all collections.
 * @throws DatabaseError `DATABASE_SCHEMA` that lists every table without a primary key, every table that serves two
 *   collections and every collection without a condition in the scope
 */
export function bindTables(
  db: AnySqlJsDatabase,
  tables: Readonly<Record<string, SQLiteTable>>,
  scope: SqlJsScope,
): BoundTable[] {
  const faults: string[] = [];
  const bound = Object.entries(tables).map(([collection, table]) => bindTable(db, collection, table, scope, faults));
  const names = bound.map(({ name }) => name.toLowerCase());
  for (const name of new Set(names.filter((n, i) => names.indexOf(n) !== i))) {
    faults.push(`table ${name} serves more than one collection`);
  }
  if (faults.length > 0) {
    throw new DatabaseError('DATABASE_SCHEMA', `The tables cannot be used: ${faults.join('; ')}.`, {
      details: { faults },
    });
  }
  return bound;
}

/** The scope as the port tells it. */
export function scopeKind(scope: SqlJsScope): ScopeKind {
  return scope === 'wholeTable' ? { kind: 'wholeTable' } : { kind: 'condition', name: scope.name };
}

/** The name of a table, quoted. */
export function quotedTable(table: { readonly name: string }): string {
  return quoteName(table.name);
}
