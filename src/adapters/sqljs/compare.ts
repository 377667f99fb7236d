import type { SqlValue, Statement } from 'sql.js';
import type { CompareOutcome, Row } from '../../ports/database.ts';
import { isWellFormed, keyOfValues, keySql } from './encoding.ts';
import type { Session } from './engine.ts';
import { unknownProperty } from './insert-plan.ts';
import { idNames, type RunRecord } from './provenance.ts';
import { firstRow, quoteName, quoteText } from './sql.ts';
import { type BoundColumn, type BoundTable, quotedTable } from './tables.ts';

const EXAMPLES = 10;

const isJson = ({ column }: BoundColumn): boolean => column.dataType === 'json';

/** Equality of parsed JSON; the order of properties does not matter. */
function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key as keyof typeof a], b[key as keyof typeof b]))
  );
}

function parseJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    // Not JSON: then it is compared as the text it is.
    return text;
  }
}

const driverValue = ({ column, property }: BoundColumn, row: Row): SqlValue => {
  const value = row[property];
  return (value === null || value === undefined ? null : column.mapToDriverValue(value)) as SqlValue;
};

/** The lookup of a row with one set of properties: a column of the result for each of them, 1 where it is the same. */
interface Lookup {
  readonly columns: readonly BoundColumn[];
  readonly statement: Statement;
}

const idMatch = (table: BoundTable): string =>
  table.idColumns.map(({ name }) => `${quoteName(name)} = ?`).join(' AND ');

function prepareLookup({ db }: Session, table: BoundTable, runNo: number, columns: readonly BoundColumn[]): Lookup {
  // `IS` with the column on the left applies the column's affinity, as the insert did; BINARY leaves no room for
  // collations that take different texts for the same.
  const same = columns.map(({ name }) => `${quoteName(name)} IS ? COLLATE BINARY`).join(', ');
  const brought = `EXISTS (SELECT 1 FROM backpedal_rows r WHERE r.run = ${runNo} AND r.tbl = ${quoteText(table.name)}
    AND r.key = ${keySql(idNames(table), table.name)})`;
  const statement = db.prepare(`SELECT ${same} FROM ${quotedTable(table)} WHERE ${idMatch(table)} AND ${brought}`);
  return { columns, statement };
}

function sameJsonColumn({ db }: Session, table: BoundTable, column: BoundColumn, given: SqlValue, ids: SqlValue[]) {
  const sql = `SELECT CAST(${quoteName(column.name)} AS TEXT) FROM ${quotedTable(table)} WHERE ${idMatch(table)}`;
  const stored = firstRow(db, sql, ids)?.[0] ?? null;
  return given !== null && stored !== null && sameJson(parseJson(given), parseJson(stored));
}

/** What the row's columns are given, or `null` when no table can hold that. */
function givenValues(columns: readonly BoundColumn[], row: Row): SqlValue[] | null {
  try {
    const values = columns.map((column) => driverValue(column, row));
    return values.every((value) => typeof value !== 'string' || isWellFormed(value)) ? values : null;
  } catch {
    // A column's mapper refuses the value, as it did when the row was to be copied.
    return null;
  }
}

/**
 * Compares the rows that a run brought with what it was given to `copyBatch`. SQLite itself says whether it holds what it was
 * given; JSON columns that are written differently are compared by what they say.
 */
export function compareRows(
  session: Session,
  table: BoundTable,
  run: RunRecord | null,
  rows: readonly Row[],
): CompareOutcome {
  const lookups = new Map<string, Lookup>();
  const counts = { equal: 0, missing: 0, different: 0 };
  const keys: string[] = [];
  const compareRow = (row: Row, ids: SqlValue[]): keyof typeof counts => {
    const shape = table.columns.map(({ property }) => (row[property] === undefined ? '0' : '1')).join('');
    let lookup = lookups.get(shape);
    if (lookup === undefined) {
      const given = table.columns.filter(({ property }) => row[property] !== undefined);
      lookup = prepareLookup(session, table, run?.no ?? 0, given);
      lookups.set(shape, lookup);
    }
    const { columns, statement } = lookup;
    const values = givenValues(columns, row);
    if (values === null || unknownProperty(table, row) !== undefined) return 'different';
    statement.bind([...values, ...ids]);
    if (!statement.step()) return 'missing';
    const same = statement.get();
    statement.reset();
    const equal = columns.every(
      (column, i) =>
        same[i] === 1 || (isJson(column) && sameJsonColumn(session, table, column, values[i] as SqlValue, ids)),
    );
    return equal ? 'equal' : 'different';
  };
  try {
    for (const row of rows) {
      const ids = givenValues(table.idColumns, row);
      const verdict = ids === null || ids.includes(null) ? 'missing' : compareRow(row, ids);
      counts[verdict] += 1;
      if (verdict !== 'equal' && keys.length < EXAMPLES) keys.push(keyOfValues(ids ?? []));
    }
  } finally {
    for (const { statement } of lookups.values()) statement.free();
  }
  return { ...counts, keys };
}
