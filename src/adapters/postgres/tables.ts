import { type Column, type SQL, sql } from 'drizzle-orm';
import { getTableConfig, type PgDatabase, type PgQueryResultHKT, type PgTable } from 'drizzle-orm/pg-core';
import { DatabaseError } from '../../errors.ts';
import type { ScopeKind } from '../../ports/database.ts';

/** A Drizzle database of any schema on node-postgres or PGlite. */
// biome-ignore lint/suspicious/noExplicitAny: the schema type parameters are invariant, and any schema is welcome
export type AnyPgDatabase = PgDatabase<PgQueryResultHKT, any, any>;

/**
 * Which rows of the tables belong to the migration, and so may be cleared: all of them, or those that a condition for
 * each collection selects. `name` says whose they are: leases, runs and archives are kept apart by it, so each tenant
 * needs a name of its own.
 */
export type PostgresScope =
  | 'wholeTable'
  | { readonly name: string; readonly where: Readonly<Record<string, SQL | undefined>> };

/** A column as the app knows it (`property`) and as Postgres does (`name`). */
export interface BoundColumn {
  readonly property: string;
  readonly name: string;
  readonly column: Column;
}

/** A collection's Drizzle table. */
export interface BoundTable {
  readonly collection: string;
  readonly schema: string | null;
  readonly name: string;
  readonly columns: readonly BoundColumn[];
  /** The property names of the columns. */
  readonly properties: ReadonlySet<string>;
  readonly idColumns: readonly BoundColumn[];
  /** Rows outside it belong to nobody that we know; `null` when the whole table is ours. */
  readonly scope: SQL | null;
}

function bindColumns(db: AnyPgDatabase, table: PgTable): BoundColumn[] {
  const columns = getTableConfig(table).columns;
  return Object.entries(table as unknown as Record<string, unknown>).flatMap(([property, value]) => {
    const column = columns.find((each) => each === value);
    if (column === undefined) return [];
    // Drizzle's `casing` option lives in the database object: only a compiled query knows a column's final name.
    const compiled = db
      .select({ value: sql`${column}` })
      .from(table)
      .toSQL().sql;
    const quoted = /^select (?:(?:"(?:[^"]|"")*"\.)*)"((?:[^"]|"")*)" from/.exec(compiled)?.[1];
    return [{ property, name: quoted?.replaceAll('""', '"') ?? column.name, column }];
  });
}

function bindTable(
  db: AnyPgDatabase,
  collection: string,
  table: PgTable,
  scope: PostgresScope,
  faults: string[],
): BoundTable {
  const config = getTableConfig(table);
  const columns = bindColumns(db, table);
  const composite = config.primaryKeys[0]?.columns ?? [];
  const ids = composite.length > 0 ? composite : config.columns.filter((column) => column.primary);
  const idColumns = ids.flatMap((id) => columns.filter(({ column }) => column.name === id.name));
  if (idColumns.length === 0) faults.push(`table ${config.name} (collection ${collection}) declares no primary key`);
  for (const each of [config.name, ...(config.schema === undefined ? [] : [config.schema])]) {
    const bytes = new TextEncoder().encode(each).length;
    if (each === '' || bytes > 63 || each.includes('\u0000')) {
      faults.push(`table ${JSON.stringify(each)} (collection ${collection}) has a name that is no identifier`);
    }
  }
  const where = scope === 'wholeTable' ? undefined : scope.where[collection];
  if (scope !== 'wholeTable' && where === undefined)
    faults.push(`scope "${scope.name}" has no condition for ${collection}`);
  return {
    collection,
    schema: config.schema ?? null,
    name: config.name,
    columns,
    properties: new Set(columns.map(({ property }) => property)),
    idColumns,
    scope: where ?? null,
  };
}

/**
 * Reads the Drizzle tables of all collections.
 * @throws DatabaseError `DATABASE_SCHEMA` that lists every table without a primary key, every table that serves two
 *   collections, every name that is no identifier and every collection without a condition in the scope
 */
export function bindTables(
  db: AnyPgDatabase,
  tables: Readonly<Record<string, PgTable>>,
  scope: PostgresScope,
): BoundTable[] {
  const faults: string[] = [];
  const bound = Object.entries(tables).map(([collection, table]) => bindTable(db, collection, table, scope, faults));
  const names = bound.map(({ schema, name }) => JSON.stringify([schema, name]));
  for (const table of bound.filter((_, i) => names.indexOf(names[i] as string) !== i)) {
    faults.push(`table ${table.name} serves more than one collection`);
  }
  if (scope !== 'wholeTable' && scope.name === '') faults.push('the scope has no name');
  if (faults.length > 0) {
    throw new DatabaseError('DATABASE_SCHEMA', `The tables cannot be used: ${faults.join('; ')}.`, {
      details: { faults },
    });
  }
  return bound;
}

/** The scope as the port tells it. */
export function scopeKind(scope: PostgresScope): ScopeKind {
  return scope === 'wholeTable' ? { kind: 'wholeTable' } : { kind: 'condition', name: scope.name };
}
