import type { ArchivedRow, ArchivePage } from '../../ports/database.ts';
import { boundTable, toAppRow } from './archive.ts';
import { readTable } from './catalog.ts';
import { dropScratches } from './dependents.ts';
import { compareDrifted, type DriftedRow, keyColumns, planClear } from './drift.ts';
import { keySql, readSql } from './encoding.ts';
import type { Session } from './engine.ts';
import { idNames } from './provenance.ts';
import { forEachRow, quoteName } from './sql.ts';
import type { BoundTable } from './tables.ts';

/** Reads the rows of one table that are under these keys, in one pass over it. */
function readRows(session: Session, tables: readonly BoundTable[], name: string, keys: readonly string[]) {
  const bound = boundTable(tables, name);
  const table = readTable(session.db, name);
  const columns = table.columns.map((column) => column.name);
  const key = keySql(bound === undefined ? keyColumns(table) : idNames(bound), table.name);
  const rows = new Map<string, ArchivedRow['row']>();
  forEachRow(
    session.db,
    `SELECT ${key}, ${columns.map((column) => readSql(column, table.name)).join(', ')} FROM ${quoteName(table.name)}
      WHERE ${key} IN (SELECT value FROM json_each(?))`,
    [JSON.stringify(keys)],
    ([rowKey, ...values]) => rows.set(String(rowKey), toAppRow(bound, columns, values)),
  );
  return rows;
}

/** The drifted rows as they are now, a page in the order of table and key: see `DatabasePort.drifted`. */
export function readDrifted(
  session: Session,
  tables: readonly BoundTable[],
  undoes: string,
  after: string | null,
  limit: number,
): ArchivePage {
  const plan = planClear(session, tables, undoes);
  dropScratches(session);
  const [table = '', key = ''] = after === null ? [] : (JSON.parse(after) as string[]);
  const waiting = after === null ? plan.drifted : plan.drifted.filter((row) => compareDrifted(row, { table, key }) > 0);
  const page = waiting.slice(0, limit);
  const present = page.filter(({ kind }) => kind !== 'deleted');
  const contents = new Map(
    [...new Set(present.map((row) => row.table))].map((name) => {
      const keys = present.filter((row) => row.table === name).map((row) => row.key);
      return [name, readRows(session, tables, name, keys)] as const;
    }),
  );
  const last = page.at(-1);
  return {
    rows: page.map(
      (row: DriftedRow): ArchivedRow => ({
        collection: row.collection,
        table: row.table,
        key: row.key,
        kind: row.kind,
        row: contents.get(row.table)?.get(row.key) ?? null,
      }),
    ),
    next: last === undefined || waiting.length === page.length ? null : JSON.stringify([last.table, last.key]),
  };
}
