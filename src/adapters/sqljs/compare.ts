import type { SqlValue, Statement } from 'sql.js';
import type { CompareOutcome, Row } from '../../ports/database.ts';
import { broughtSql, identicalRows } from './compare-bulk.ts';
import { keyOfValues } from './encoding.ts';
import type { Session } from './engine.ts';
import { type GivenRow, givenRows } from './given-row.ts';
import { unknownProperty } from './insert-plan.ts';
import type { RunRecord } from './provenance.ts';
import { firstRow, quoteName } from './sql.ts';
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

/** The lookup of a row with one set of properties: a column of the result for each of them, 1 where it is the same. */
interface Lookup {
  readonly columns: readonly BoundColumn[];
  readonly statement: Statement;
}

const idMatch = (table: BoundTable): string =>
  table.idColumns.map(({ name }) => `${quoteName(name)} = ?`).join(' AND ');

function prepareLookup(
  { db }: Session,
  table: BoundTable,
  run: RunRecord | null,
  columns: readonly BoundColumn[],
): Lookup {
  // `IS` with the column on the left applies the column's affinity, as the insert did; BINARY leaves no room for
  // collations that take different texts for the same.
  const same = columns.map(({ name }) => `${quoteName(name)} IS ? COLLATE BINARY`).join(', ');
  const statement = db.prepare(
    `SELECT ${same} FROM ${quotedTable(table)} WHERE ${idMatch(table)} AND ${broughtSql(table, run)}`,
  );
  return { columns, statement };
}

function sameJsonColumn(
  { db }: Session,
  table: BoundTable,
  column: BoundColumn,
  given: SqlValue,
  ids: readonly SqlValue[],
) {
  const sql = `SELECT CAST(${quoteName(column.name)} AS TEXT) FROM ${quotedTable(table)} WHERE ${idMatch(table)}`;
  const stored = firstRow(db, sql, ids)?.[0] ?? null;
  return given !== null && stored !== null && sameJson(parseJson(given), parseJson(stored));
}

/** Asks SQLite itself whether it holds what it was given; slower, but it knows the columns' affinities. */
interface Comparer {
  compare(given: GivenRow): 'equal' | 'missing' | 'different';
  free(): void;
}

function createComparer(session: Session, table: BoundTable, run: RunRecord | null): Comparer {
  const lookups = new Map<string, Lookup>();
  return {
    compare({ row, ids, values }) {
      if (ids === null) return 'missing';
      if (values === null || unknownProperty(table, row) !== undefined) return 'different';
      const shape = table.columns.map(({ property }) => (row[property] === undefined ? '0' : '1')).join('');
      let lookup = lookups.get(shape);
      if (lookup === undefined) {
        const given = table.columns.filter(({ property }) => row[property] !== undefined);
        lookup = prepareLookup(session, table, run, given);
        lookups.set(shape, lookup);
      }
      const { columns, statement } = lookup;
      const given = values.filter((_, i) => row[table.columns[i]?.property ?? ''] !== undefined);
      statement.bind([...given, ...ids]);
      if (!statement.step()) return 'missing';
      const same = statement.get();
      statement.reset();
      const equal = columns.every(
        (column, i) =>
          same[i] === 1 || (isJson(column) && sameJsonColumn(session, table, column, given[i] ?? null, ids)),
      );
      return equal ? 'equal' : 'different';
    },
    free: () => {
      for (const { statement } of lookups.values()) statement.free();
    },
  };
}

/**
 * Compares the rows that a run brought with what it was given to `copyBatch`. JSON columns that are written differently
 * are compared by what they say.
 */
export function compareRows(
  session: Session,
  table: BoundTable,
  run: RunRecord | null,
  rows: readonly Row[],
): CompareOutcome {
  const given = givenRows(table, rows);
  const identical = identicalRows(session, table, run, given);
  const counts = { equal: 0, missing: 0, different: 0 };
  const keys: string[] = [];
  const comparer = createComparer(session, table, run);
  try {
    given.forEach((each, position) => {
      const known = identical.has(position) && unknownProperty(table, each.row) === undefined;
      const verdict = known ? 'equal' : comparer.compare(each);
      counts[verdict] += 1;
      if (verdict !== 'equal' && keys.length < EXAMPLES) keys.push(keyOfValues(each.ids ?? []));
    });
  } finally {
    comparer.free();
  }
  return { ...counts, keys };
}
