import type { SqlValue } from 'sql.js';
import type { ArchivedRow, ArchivePage, ArchiveQuery, ArchiveSummary, Fence, Row } from '../../ports/database.ts';
import { type ArchiveLayout, type ArchivePart, type DetachedColumn, ROWID } from './archive-table.ts';
import { type LiveTable, readTable, sameName } from './catalog.ts';
import { keyColumns } from './drift.ts';
import { keySql, readSql, readText } from './encoding.ts';
import type { Session } from './engine.ts';
import { assertFence } from './lease.ts';
import { idNames } from './provenance.ts';
import { allRows, execute, firstNumber, firstRow, quoteName } from './sql.ts';
import type { BoundTable } from './tables.ts';

/** One archive table. */
export interface Archive {
  readonly no: number;
  readonly collection: string;
  readonly table: string;
  readonly name: string;
  readonly part: ArchivePart;
  readonly layout: ArchiveLayout;
  readonly columns: readonly string[];
  readonly detached: readonly DetachedColumn[];
}

/** Whether an archive table holds rows that were there before the clear, for people to read. */
export function isReadable({ part }: Archive): boolean {
  return part !== 'created';
}

/** The archive tables of a run, in the order in which they were written. */
export function listArchives({ db }: Session, migration: string, run: string): Archive[] {
  const rows = allRows(
    db,
    `SELECT no, collection, tbl, archive, part, layout, columns, undo FROM backpedal_archives
      WHERE migration = ? AND run = ? ORDER BY no`,
    [migration, run],
  );
  return rows.map((row) => ({
    no: Number(row[0]),
    collection: String(row[1]),
    table: String(row[2]),
    name: String(row[3]),
    part: String(row[4]) as ArchivePart,
    layout: String(row[5]) as ArchiveLayout,
    columns: JSON.parse(String(row[6])) as string[],
    detached: JSON.parse(String(row[7])) as DetachedColumn[],
  }));
}

/** The name under which the rowid of an archive table can be read. */
export function rowidOf(session: Session, archive: Archive): string {
  if (archive.layout === 'copied' && archive.columns.length > 0) {
    return firstRow(session.db, 'SELECT 1 FROM pragma_table_info(?) WHERE name = ?', [archive.name, ROWID]) ===
      undefined
      ? (readTable(session.db, archive.name).rowid ?? 'rowid')
      : ROWID;
  }
  return readTable(session.db, archive.name).rowid ?? 'rowid';
}

/** Removes an archive table and its registration. */
export function removeArchive({ db }: Session, archive: Archive): void {
  db.run(`DROP TABLE ${quoteName(archive.name)}`);
  execute(db, 'DELETE FROM backpedal_archives WHERE no = ?', [archive.no]);
}

/** Rows by run, collection and table: see `DatabasePort.archives`. */
export function summarizeArchives(session: Session, migration: string): ArchiveSummary[] {
  const runs = allRows(session.db, 'SELECT DISTINCT run FROM backpedal_archives WHERE migration = ? ORDER BY no', [
    migration,
  ]);
  const summaries = new Map<string, ArchiveSummary>();
  for (const run of runs.map((row) => String(row[0]))) {
    for (const { collection, table, name } of listArchives(session, migration, run).filter(isReadable)) {
      const id = JSON.stringify([run, collection, table]);
      const rows = firstNumber(session.db, `SELECT count(*) FROM ${quoteName(name)}`);
      summaries.set(id, { run, collection, table, rows: (summaries.get(id)?.rows ?? 0) + rows });
    }
  }
  return [...summaries.values()];
}

/** Deletes the archive of a run: see `DatabasePort.dropArchive`. */
export function dropArchive(session: Session, fence: Fence, run: string): void {
  assertFence(session, fence);
  for (const archive of listArchives(session, fence.migration, run)) removeArchive(session, archive);
  execute(session.db, 'DELETE FROM backpedal_drift WHERE run = ?', [run]);
  execute(session.db, 'UPDATE backpedal_runs SET dropped = 1 WHERE cleared_by = ?', [run]);
}

/** Turns values as SQLite holds them into a row as the app knows it; columns that it does not know keep their names. */
export function toAppRow(bound: BoundTable | undefined, columns: readonly string[], values: readonly SqlValue[]): Row {
  const row: Record<string, unknown> = {};
  columns.forEach((name, i) => {
    const value = readText(values[i] ?? null);
    const known = bound?.columns.find((column) => column.name === name);
    if (known === undefined) {
      if (bound === undefined) row[name] = value;
      return;
    }
    row[known.property] = value === null ? null : fromDriver(known.column, value);
  });
  return row;
}

function fromDriver(column: BoundTable['columns'][number]['column'], value: unknown): unknown {
  const given = value instanceof Uint8Array && typeof Buffer !== 'undefined' ? Buffer.from(value) : value;
  try {
    return column.mapFromDriverValue(given);
  } catch {
    // Somebody has put something into the column that its type does not know; it is better told raw than not at all.
    return value;
  }
}

/** The table of a collection by its name in the database, if it is one. */
export function boundTable(tables: readonly BoundTable[], table: string): BoundTable | undefined {
  return tables.find(({ name }) => sameName(name, table));
}

/** The columns by which rows of a table are named in keys, among those that an archive has. */
function archiveKeyColumns(session: Session, archive: Archive, bound: BoundTable | undefined): readonly string[] {
  if (bound !== undefined) return idNames(bound);
  const exists = firstRow(session.db, `SELECT 1 FROM pragma_table_list WHERE schema = 'main' AND name = ?`, [
    archive.table,
  ]);
  const live: LiveTable | null = exists === undefined ? null : readTable(session.db, archive.table);
  const ids = live === null ? [] : keyColumns(live).filter((column) => archive.columns.includes(column));
  return ids.length > 0 ? ids : [rowidOf(session, archive)];
}

const KINDS: Readonly<Record<ArchivePart, string>> = {
  rows: `coalesce(d.kind, 'unchanged')`,
  dependents: `'dependent'`,
  detached: `'dependent'`,
  late: `'late'`,
  altered: `'dependent'`,
  created: `'dependent'`,
};

function readArchive(
  session: Session,
  archive: Archive,
  bound: BoundTable | undefined,
  query: ArchiveQuery,
  after: number | null,
  limit: number,
): { cursor: string; entry: ArchivedRow }[] {
  const rowid = rowidOf(session, archive);
  const key = keySql(archiveKeyColumns(session, archive, bound), archive.name);
  const name = quoteName(archive.name);
  const hasKinds = archive.part === 'rows';
  const drift = hasKinds ? ` LEFT JOIN backpedal_drift d ON d.run = ? AND d.tbl = ? AND d.key = ${key}` : '';
  const isWanted = hasKinds && query.content === 'drift';
  // Looked up in a set of their own first: the rows that drifted are few, and most rows need not be joined then.
  const only = isWanted ? ` AND ${key} IN (SELECT key FROM backpedal_drift WHERE run = ? AND tbl = ?)` : '';
  const place = [query.run, archive.table];
  const columns = archive.columns.map((column) => readSql(column, archive.name)).join(', ');
  const rows = allRows(
    session.db,
    `SELECT ${name}.${rowid}, ${key}, ${KINDS[archive.part]}, ${columns} FROM ${name}${drift}
      WHERE ${after === null ? 'TRUE' : `${name}.${rowid} > ${after}`}${only} ORDER BY ${name}.${rowid} LIMIT ?`,
    [...(hasKinds ? place : []), ...(isWanted ? place : []), limit],
  );
  return rows.map(([id, rowKey, kind, ...values]) => ({
    cursor: `${archive.no}:${id}`,
    entry: {
      collection: archive.collection,
      table: archive.table,
      key: String(rowKey),
      kind: kind as ArchivedRow['kind'],
      row: toAppRow(bound, archive.columns, values),
    },
  }));
}

function readDeleted(
  { db }: Session,
  tables: readonly BoundTable[],
  query: ArchiveQuery,
  after: readonly [string, string],
  limit: number,
): { cursor: string; entry: ArchivedRow }[] {
  const rows = allRows(
    db,
    `SELECT tbl, key FROM backpedal_drift WHERE run = ? AND kind = 'deleted' AND (tbl, key) > (?, ?)
      ORDER BY tbl, key LIMIT ?`,
    [query.run, ...after, limit],
  );
  return rows.map(([table, key]) => ({
    cursor: `deleted:${JSON.stringify([table, key])}`,
    entry: {
      collection: boundTable(tables, String(table))?.collection ?? String(table),
      table: String(table),
      key: String(key),
      kind: 'deleted',
      row: null,
    },
  }));
}

/** A page of archived rows: archive table by archive table, then the rows of which nothing is left but the key. */
export function readArchived(session: Session, tables: readonly BoundTable[], query: ArchiveQuery): ArchivePage {
  const cleared = firstRow(session.db, 'SELECT 1 FROM backpedal_steps WHERE migration = ? AND run = ?', [
    query.migration,
    query.run,
  ]);
  const [, place = '', position = ''] = /^([^:]*):(.*)$/s.exec(query.after ?? '') ?? [];
  const found: { cursor: string; entry: ArchivedRow }[] = [];
  const wanted = query.limit + 1;
  if (place !== 'deleted') {
    for (const archive of listArchives(session, query.migration, query.run).filter(isReadable)) {
      if (archive.no < Number(place) || found.length >= wanted) continue;
      const after = archive.no === Number(place) ? Number(position) : null;
      const bound = boundTable(tables, archive.table);
      found.push(...readArchive(session, archive, bound, query, after, wanted - found.length));
    }
  }
  if (found.length < wanted && cleared !== undefined) {
    const after = place === 'deleted' ? (JSON.parse(position) as [string, string]) : (['', ''] as const);
    found.push(...readDeleted(session, tables, query, after, wanted - found.length));
  }
  const page = found.slice(0, query.limit);
  return {
    rows: page.map(({ entry }) => entry),
    next: found.length > page.length ? (page.at(-1)?.cursor ?? null) : null,
  };
}
