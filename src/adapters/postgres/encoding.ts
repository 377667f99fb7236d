import { type SQL, sql } from 'drizzle-orm';
import type { LiveColumn } from './catalog.ts';
import { list, name } from './sql.ts';

/** A column of a table or of an alias. */
export function columnOf(table: SQL, column: string): SQL {
  return sql`${table}.${name(column)}`;
}

/** SQL for the key of a row (`RowKey`): a JSON array. */
export function keySql(table: SQL, idColumns: readonly string[]): SQL {
  const parts = idColumns.map((id) => sql`to_json(${columnOf(table, id)})::text`);
  return sql`('[' || ${sql.join(parts, sql` || ',' || `)} || ']') COLLATE "C"`;
}

/**
 * Types of which two values have the same hash only if they are written alike: bool, bytea, name, int8, int2, int4,
 * text, oid, varchar, date, time, timestamp, timestamptz, uuid. And jsonb, of which numbers that are written
 * differently (1 and 1.0) are the same value, to Postgres and to every reader in JavaScript; writing it out would cost
 * more than all else in a clear. All others are hashed as they are written.
 */
const HASHED_AS_THEY_ARE: ReadonlySet<number> = new Set([
  16, 17, 19, 20, 21, 23, 25, 26, 1043, 1082, 1083, 1114, 1184, 2950, 3802,
]);

function hashable(table: SQL, column: LiveColumn): SQL {
  const value = columnOf(table, column.name);
  const given = HASHED_AS_THEY_ARE.has(column.typeOid) ? value : sql`${value}::text`;
  const isText = column.collatable || !HASHED_AS_THEY_ARE.has(column.typeOid);
  return isText ? sql`${given} COLLATE "C"` : given;
}

// A column that came after the digests were taken counts only where it holds something other than its default.
function laterSql(table: SQL, column: LiveColumn): SQL {
  const value = sql`${columnOf(table, column.name)}::text`;
  const missing = column.missing === null ? (column.defaultSql ?? 'NULL') : null;
  const start = missing === null ? sql`${column.missing}::text::${sql.raw(column.type)}` : sql`(${sql.raw(missing)})`;
  const hash = sql`hashtextextended(${column.name}::text || '=' || coalesce(${value}, '') COLLATE "C", 1)`;
  return sql`CASE WHEN ${value} IS NOT DISTINCT FROM (${start})::text THEN 0::int8 ELSE ${hash} END`;
}

/** Which columns a row's digest covers. */
export interface DigestColumns {
  /** The columns when the digests were recorded, ids included. */
  readonly recorded: readonly LiveColumn[];
  /** The columns that were added to the table since. */
  readonly later: readonly LiveColumn[];
}

// More elements than any function takes, fewer than a table has columns.
const MOST_FIELDS = 1600;

/**
 * SQL for the digest of a row: 64 bits over all columns, in Postgres' own hash functions, which it promises to keep
 * (partitions depend on them). The outer hash makes sums of digests safe: without it, values that two rows exchange
 * would leave the sum as it was.
 */
export function digestSql(table: SQL, { recorded, later }: DigestColumns): SQL {
  const fields = recorded.slice(0, MOST_FIELDS).map((column) => hashable(table, column));
  const row = sql`hash_record_extended(ROW(${list(fields)}), 0)`;
  const added = later.map((column) => sql` # ${laterSql(table, column)}`);
  return sql`hashint8extended(${row}${sql.join(added, sql``)}, 0)`;
}

/** A sum of digests, as Postgres gives it, as sixteen hexadecimal digits. */
export function sumToHex(sum: unknown): string {
  return BigInt.asUintN(64, BigInt(String(sum ?? 0)))
    .toString(16)
    .padStart(16, '0');
}
