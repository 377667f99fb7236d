import type { SqlValue } from 'sql.js';
import { packedDigests } from './digest.ts';
import { keyOfValues, keySql } from './encoding.ts';
import type { Session } from './engine.ts';
import type { GivenRow } from './given-row.ts';
import { idNames, type RunRecord } from './provenance.ts';
import { quoteName, quoteText } from './sql.ts';
import { type BoundTable, quotedTable } from './tables.ts';

/** Holds for the rows of a table that a run brought. */
export function broughtSql(table: BoundTable, run: RunRecord | null): string {
  return `EXISTS (SELECT 1 FROM backpedal_rows r WHERE r.run = ${run?.no ?? 0} AND r.tbl = ${quoteText(table.name)}
    AND r.key = ${keySql(idNames(table), table.name)})`;
}

const plain = (value: SqlValue): boolean =>
  typeof value === 'string' || (typeof value === 'number' && Number.isSafeInteger(value));

/**
 * The positions of the rows that are in the table exactly as they were given. All are looked up in one statement and
 * read back, at a third of the cost of handing every value to SQLite to compare. Of the others nothing is known yet:
 * what is stored may be another spelling of the same, by the column's affinity say.
 */
export function identicalRows(
  session: Session,
  table: BoundTable,
  run: RunRecord | null,
  rows: readonly GivenRow[],
): Set<number> {
  const brought = new Set(run === null ? [] : packedDigests(session, run.no, table).keys.split('\n'));
  const wanted = rows.map(({ ids, values }) =>
    values !== null && ids?.every(plain) && brought.has(keyOfValues(ids)) ? ids : null,
  );
  const match = table.idColumns.map(({ name }, i) => `${quotedTable(table)}.${quoteName(name)} = j.value ->> ${i}`);
  const columns = table.columns.map(({ name }) => `${quotedTable(table)}.${quoteName(name)}`);
  const statement = session.db.prepare(
    `SELECT j.key, ${columns.join(', ')} FROM json_each(?) AS j CROSS JOIN ${quotedTable(table)}
      WHERE ${match.join(' AND ')}`,
  );
  const identical = new Set<number>();
  try {
    statement.bind([JSON.stringify(wanted)]);
    while (statement.step()) {
      const [position, ...stored] = statement.get();
      const { row, values } = rows[Number(position)] as GivenRow;
      const same = table.columns.every(({ property }, i) => row[property] === undefined || values?.[i] === stored[i]);
      if (same) identical.add(Number(position));
    }
  } finally {
    statement.free();
  }
  return identical;
}
