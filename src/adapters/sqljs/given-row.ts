import type { SqlValue } from 'sql.js';
import type { Row } from '../../ports/database.ts';
import { isWellFormed } from './encoding.ts';
import type { BoundColumn, BoundTable } from './tables.ts';

/** Why SQLite cannot be given a row, in words for people and without values. */
export interface Refusal {
  readonly refused: string;
}

/** Tells a refusal from what SQLite can be given. */
export function isRefusal(given: unknown): given is Refusal {
  return typeof given === 'object' && given !== null && 'refused' in given;
}

function isBindable(value: unknown): value is SqlValue {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return true;
    default:
      return value === null || value instanceof Uint8Array;
  }
}

const typeName = (value: unknown): string =>
  value === null ? 'null' : typeof value === 'object' ? (value.constructor?.name ?? 'object') : typeof value;

/** What SQLite is given for a value of this column, as Drizzle maps it. */
export function driverValue({ column, name }: BoundColumn, value: unknown): SqlValue | Refusal {
  let mapped: unknown;
  try {
    mapped = value === null ? null : column.mapToDriverValue(value);
  } catch {
    return { refused: `column ${name} does not take a value of type ${typeName(value)}` };
  }
  if (!isBindable(mapped)) return { refused: `column ${name} does not take a value of type ${typeName(value)}` };
  if (typeof mapped === 'string' && !isWellFormed(mapped)) {
    return { refused: `column ${name} cannot hold a lone surrogate` };
  }
  return mapped;
}

/** What SQLite is given for these columns of a row; properties that are left out count as null. */
function driverValues(columns: readonly BoundColumn[], row: Row): SqlValue[] | Refusal {
  const values: SqlValue[] = [];
  for (const column of columns) {
    const given = row[column.property];
    const value = given === undefined ? null : driverValue(column, given);
    if (isRefusal(value)) return value;
    values.push(value);
  }
  return values;
}

const mapped = new WeakMap<BoundTable, WeakMap<Row, SqlValue[] | Refusal>>();

/**
 * What SQLite is given for all columns of a row that is copied. It is kept until the row is compared, as mapping
 * documents is a good part of either.
 */
export function mapRow(table: BoundTable, row: Row): SqlValue[] | Refusal {
  const values = driverValues(table.columns, row);
  const rows = mapped.get(table) ?? new WeakMap<Row, SqlValue[] | Refusal>();
  mapped.set(table, rows.set(row, values));
  return values;
}

function takeMapped(table: BoundTable, row: Row): SqlValue[] | Refusal {
  const rows = mapped.get(table);
  const values = rows?.get(row);
  rows?.delete(row);
  return values ?? driverValues(table.columns, row);
}

/** A row as it was given, in the terms of SQLite. */
export interface GivenRow {
  readonly row: Row;
  /** `null` when no row of the table could be found under them. */
  readonly ids: readonly SqlValue[] | null;
  /** Values of all columns; `null` when no row could hold them. */
  readonly values: readonly SqlValue[] | null;
}

/** Rows with what SQLite was given for them. */
export function givenRows(table: BoundTable, rows: readonly Row[]): GivenRow[] {
  const { columns, idColumns } = table;
  const positions = idColumns.map((id) => columns.indexOf(id));
  return rows.map((row) => {
    const values = takeMapped(table, row);
    const ids = isRefusal(values)
      ? driverValues(idColumns, row)
      : positions.map((position) => values[position] ?? null);
    return {
      row,
      values: isRefusal(values) ? null : values,
      ids: isRefusal(ids) || ids.includes(null) ? null : ids,
    };
  });
}
