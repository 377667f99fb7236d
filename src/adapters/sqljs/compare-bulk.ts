import type { SqlValue } from 'sql.js';
import { keyOfValues, keySql } from './encoding.ts';
import type { Session } from './engine.ts';
import type { GivenRow } from './given-row.ts';
import { idNames, type RunRecord } from './provenance.ts';
import { forEachRow, longText, quoteName, quoteText } from './sql.ts';
import { type BoundTable, quotedTable } from './tables.ts';

/** Holds for the rows of a table that a run brought. */
export function broughtSql(table: BoundTable, run: RunRecord | null): string {
  return `EXISTS (SELECT 1 FROM backpedal_rows r WHERE r.run = ${run?.no ?? 0} AND r.tbl = ${quoteText(table.name)}
    AND r.key = ${keySql(idNames(table), table.name)})`;
}

const plain = (value: SqlValue): boolean =>
  typeof value === 'string' || (typeof value === 'number' && Number.isSafeInteger(value));

/**
 * The positions of the rows that the run brought and that are in the table exactly as they were given. All are looked
 * up in one statement and read back, at a third of the cost of handing every value to SQLite to compare. Of the others
 * nothing is known yet: what is stored may be another spelling of the same, by the column's affinity say.
 */
export function identicalRows(
  session: Session,
  table: BoundTable,
  run: RunRecord | null,
  rows: readonly GivenRow[],
): Set<number> {
  const identical = new Set<number>();
  if (run === null) return identical;
  const wanted = rows.map(({ ids, values }) => (values !== null && ids?.every(plain) ? keyOfValues(ids) : null));
  const keys = longText(session.db, JSON.stringify(wanted));
  const match = table.idColumns.map(({ name }, i) => `${quotedTable(table)}.${quoteName(name)} = j.value ->> ${i}`);
  const columns = table.columns.map(({ name }) => `${quotedTable(table)}.${quoteName(name)}`);
  const sql = `SELECT j.key, ${columns.join(', ')} FROM json_each(${keys.sql}) AS j
    CROSS JOIN backpedal_rows r ON r.run = ? AND r.tbl = ? AND r.key = j.value
    CROSS JOIN ${quotedTable(table)} ON ${match.join(' AND ')}`;
  forEachRow(session.db, sql, [keys.value, run.no, table.name], (found) => {
    const position = found[0] as number;
    const { row, values } = rows[position] as GivenRow;
    const same = table.columns.every(({ property }, i) => values?.[i] === found[i + 1] || row[property] === undefined);
    if (same) identical.add(position);
  });
  return identical;
}
