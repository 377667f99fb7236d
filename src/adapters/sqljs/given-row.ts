import type { SqlValue } from 'sql.js';
import type { Row } from '../../ports/database.ts';
import { isWellFormed } from './encoding.ts';
import type { BoundColumn } from './tables.ts';

/**
 * What SQLite is given for these columns of a row; properties that are left out count as null. `null` when a column's
 * type refuses its value, or SQLite could not hold it.
 */
export function givenValues(columns: readonly BoundColumn[], row: Row): SqlValue[] | null {
  const values: SqlValue[] = [];
  for (const { column, property } of columns) {
    const value = row[property];
    let mapped: unknown = null;
    try {
      if (value !== null && value !== undefined) mapped = column.mapToDriverValue(value);
    } catch {
      // The column's own mapping refuses the value, as it did when the row was to be copied.
      return null;
    }
    if (typeof mapped === 'string' && !isWellFormed(mapped)) return null;
    values.push(mapped as SqlValue);
  }
  return values;
}

/** A row as it was given, in the terms of SQLite. */
export interface GivenRow {
  readonly row: Row;
  /** `null` when no row of the table could be found under them. */
  readonly ids: readonly SqlValue[] | null;
  /** Values of all columns; `null` when no row could hold them. */
  readonly values: readonly SqlValue[] | null;
}

/** Maps rows to what SQLite is given for them. */
export function givenRows(
  columns: readonly BoundColumn[],
  idColumns: readonly BoundColumn[],
  rows: readonly Row[],
): GivenRow[] {
  const positions = idColumns.map((id) => columns.indexOf(id));
  return rows.map((row) => {
    const values = givenValues(columns, row);
    const ids = values === null ? givenValues(idColumns, row) : positions.map((position) => values[position] ?? null);
    return { row, values, ids: ids?.includes(null) ? null : ids };
  });
}
