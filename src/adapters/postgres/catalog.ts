import { type SQL, sql } from 'drizzle-orm';
import { DatabaseError } from '../../errors.ts';
import type { Session } from './engine.ts';
import { arrayLiteral, name } from './sql.ts';
import type { BoundTable } from './tables.ts';

/** A column as it is in the database. */
export interface LiveColumn {
  readonly name: string;
  readonly notNull: boolean;
  /** Computed from others, so never written. */
  readonly generated: boolean;
  /** The SQL of its type without length or precision, which an assignment then applies. */
  readonly type: string;
  readonly typeOid: number;
  readonly collatable: boolean;
  readonly defaultSql: string | null;
  /** What rows hold that were there before the column was; `null` when Postgres does not say. */
  readonly missing: string | null;
  /** How two values are compared: by the type's own equality, as texts byte by byte, or as JSON. */
  readonly comparison: 'value' | 'text' | 'json';
}

/** A trigger of the app's. */
export interface Trigger {
  readonly name: string;
  /** `O` by default, `A` always, `R` in replicas: see pg_trigger.tgenabled. */
  readonly enabled: string;
  readonly events: ReadonlySet<'insert' | 'update' | 'delete'>;
  readonly before: boolean;
}

/** A table as it is in the database now, which may have more columns than the app's schema knows. */
export interface LiveTable {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** For people: with its schema only where that is needed to find it. */
  readonly display: string;
  /** Under which we remember it. */
  readonly id: string;
  /** For statements. */
  readonly ident: SQL;
  readonly columns: readonly LiveColumn[];
  /** Names of the primary key's columns, in its order; empty when none is declared. */
  readonly primaryKey: readonly string[];
  readonly triggers: readonly Trigger[];
}

/** What ON DELETE says, in the letters of pg_constraint. */
export type DeleteAction = 'cascade' | 'setNull' | 'setDefault' | 'forbid';

/** A foreign key, seen from the table that declares it; tables by their oids. */
export interface ForeignKey {
  readonly child: number;
  readonly parent: number;
  readonly childColumns: readonly string[];
  readonly parentColumns: readonly string[];
  readonly onDelete: DeleteAction;
  /** The columns that SET NULL and SET DEFAULT change. */
  readonly changes: readonly string[];
}

const ACTIONS: Readonly<Record<string, DeleteAction>> = {
  c: 'cascade',
  n: 'setNull',
  d: 'setDefault',
  r: 'forbid',
  a: 'forbid',
};

/** The columns of a table that hold data of their own. */
export function dataColumns(table: LiveTable): readonly LiveColumn[] {
  return table.columns.filter(({ generated }) => !generated);
}

/** A quoted name for `to_regclass`. */
export function qualifiedName(schema: string | null, table: string): string {
  const quote = (part: string): string => `"${part.replaceAll('"', '""')}"`;
  return schema === null ? quote(table) : `${quote(schema)}.${quote(table)}`;
}

const COMPARISON = sql`CASE
  WHEN t.oid = 'json'::regtype THEN 'json'
  WHEN t.typcategory = 'S' OR t.typtype = 'd' THEN 'text'
  WHEN t.typtype IN ('e', 'r', 'm') THEN 'value'
  WHEN t.typcategory = 'A' THEN
    CASE WHEN EXISTS (SELECT 1 FROM pg_opclass o WHERE o.opcintype = t.typelem AND o.opcdefault
      AND o.opcmethod = (SELECT oid FROM pg_am WHERE amname = 'btree')) THEN 'value' ELSE 'text' END
  WHEN EXISTS (SELECT 1 FROM pg_opclass o WHERE o.opcintype = t.oid AND o.opcdefault
    AND o.opcmethod = (SELECT oid FROM pg_am WHERE amname = 'btree')) THEN 'value'
  ELSE 'text' END`;

interface ColumnRow {
  readonly n: string;
  readonly nn: boolean;
  readonly g: boolean;
  readonly t: string;
  readonly o: number;
  readonly c: boolean;
  readonly d: string | null;
  readonly m: string | null;
  readonly q: LiveColumn['comparison'];
}

interface TriggerRow {
  readonly n: string;
  readonly e: string;
  readonly t: number;
}

// pg_trigger.tgtype is a set of bits.
const toTrigger = ({ n, e, t }: TriggerRow): Trigger => ({
  name: n,
  enabled: e,
  before: (t & 2) !== 0,
  events: new Set([
    ...((t & 4) === 0 ? [] : (['insert'] as const)),
    ...((t & 8) === 0 ? [] : (['delete'] as const)),
    ...((t & 16) === 0 ? [] : (['update'] as const)),
  ]),
});

/** Reads tables by their oids. */
export async function readTables(session: Session, oids: readonly number[]): Promise<LiveTable[]> {
  if (oids.length === 0) return [];
  const rows = await session.rows(sql`
    SELECT c.oid::int8, n.nspname::text, c.relname::text, pg_table_is_visible(c.oid),
      (SELECT json_agg(json_build_object('n', a.attname, 'nn', a.attnotnull, 'g', a.attgenerated <> '',
          't', format_type(a.atttypid, -1), 'o', a.atttypid::int8, 'c', t.typcollation <> 0,
          'd', pg_get_expr(d.adbin, d.adrelid), 'm', (a.attmissingval::text::text[])[1], 'q', ${COMPARISON})
          ORDER BY a.attnum)
        FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
          LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)::text,
      (SELECT json_agg(a.attname ORDER BY k.position)
        FROM pg_index i CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, position)
          JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
        WHERE i.indrelid = c.oid AND i.indisprimary)::text,
      (SELECT json_agg(json_build_object('n', tgname, 'e', tgenabled, 't', tgtype) ORDER BY tgname)
        FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal AND tgenabled <> 'D')::text
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid = ANY((${arrayLiteral(oids.map(String))}::text)::oid[])`);
  const tables = rows.map(([oid, schema, table, visible, columns, key, triggers]): LiveTable => {
    const isVisible = visible === true;
    return {
      oid: Number(oid),
      schema: String(schema),
      name: String(table),
      display: isVisible ? String(table) : `${schema}.${table}`,
      id: `${schema}.${table}`,
      ident: sql`${name(String(schema))}.${name(String(table))}`,
      columns: (JSON.parse(String(columns ?? '[]')) as ColumnRow[]).map((column) => ({
        name: column.n,
        notNull: column.nn,
        generated: column.g,
        type: column.t,
        typeOid: column.o,
        collatable: column.c,
        defaultSql: column.d,
        missing: column.m,
        comparison: column.q,
      })),
      primaryKey: JSON.parse(String(key ?? '[]')) as string[],
      triggers: (JSON.parse(String(triggers ?? '[]')) as TriggerRow[]).map(toTrigger),
    };
  });
  return oids.flatMap((oid) => tables.filter((table) => table.oid === oid));
}

/** The tables of collections as they are in the database. @throws DatabaseError `DATABASE_SCHEMA` */
export async function readBoundTables(session: Session, tables: readonly BoundTable[]): Promise<LiveTable[]> {
  const names = tables.map((table) => qualifiedName(table.schema, table.name));
  const found = await session.rows(sql`
    SELECT to_regclass(t.name)::oid::int8 FROM unnest((${arrayLiteral(names)}::text)::text[]) WITH ORDINALITY AS t(name, no)
    ORDER BY t.no`);
  const oids = tables.map((table, i) => {
    const oid = found[i]?.[0] ?? null;
    if (oid !== null) return Number(oid);
    throw new DatabaseError('DATABASE_SCHEMA', `There is no table ${table.name}; create it before the migration.`, {
      details: { table: table.name },
    });
  });
  return readTables(session, oids);
}

/** Every foreign key of the database, those of partitions left out. */
export async function listForeignKeys(session: Session): Promise<ForeignKey[]> {
  const rows = await session.rows(sql`
    SELECT f.conrelid::int8, f.confrelid::int8, f.confdeltype::text,
      (SELECT json_agg(json_build_array(a.attname, b.attname, a.attnum) ORDER BY k.position)
        FROM unnest(f.conkey, f.confkey) WITH ORDINALITY AS k(child, parent, position)
          JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.child
          JOIN pg_attribute b ON b.attrelid = f.confrelid AND b.attnum = k.parent)::text,
      to_json(f)->>'confdelsetcols'
    FROM pg_constraint f WHERE f.contype = 'f' AND f.conparentid = 0 ORDER BY f.oid`);
  return rows.map(([child, parent, action, columns, only]) => {
    const pairs = JSON.parse(String(columns)) as [string, string, number][];
    const some = only === null || only === undefined ? null : (JSON.parse(String(only)) as number[]);
    return {
      child: Number(child),
      parent: Number(parent),
      childColumns: pairs.map(([column]) => column),
      parentColumns: pairs.map(([, column]) => column),
      onDelete: ACTIONS[String(action)] ?? 'forbid',
      changes: pairs.filter(([, , no]) => some?.includes(no) ?? true).map(([column]) => column),
    };
  });
}

/** The tables with those that others refer to first; tables that refer to each other keep their order. */
export function parentsFirst<T>(
  tables: readonly T[],
  oidOf: (table: T) => number,
  foreignKeys: readonly ForeignKey[],
): T[] {
  const ordered: T[] = [];
  const visited = new Set<T>();
  const visit = (table: T): void => {
    if (visited.has(table)) return;
    visited.add(table);
    for (const key of foreignKeys.filter(({ child }) => child === oidOf(table))) {
      for (const parent of tables.filter((each) => oidOf(each) === key.parent)) visit(parent);
    }
    ordered.push(table);
  };
  for (const table of tables) visit(table);
  return ordered;
}
