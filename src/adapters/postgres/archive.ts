import { type SQL, sql } from 'drizzle-orm';
import type { ArchiveSummary, Fence } from '../../ports/database.ts';
import { dataColumns, type LiveTable } from './catalog.ts';
import type { Session } from './engine.ts';
import { assertFence } from './lease.ts';
import { firstNumber, list, name } from './sql.ts';

/**
 * What lies in an archive table: rows of a collection; dependents that left with them; dependents as they were before
 * they lost what they referred to; rows that came late.
 */
export type ArchivePart = 'rows' | 'dependents' | 'detached' | 'late';

/** A column that a foreign key empties, and the SQL of what it then holds: NULL or its default. */
export interface DetachedColumn {
  readonly name: string;
  readonly becomes: string;
}

/** One archive table: the columns of the app's table with their types, behind a number and a digest. */
export interface Archive {
  readonly no: number;
  readonly ident: SQL;
  readonly collection: string;
  readonly tableSchema: string;
  readonly tableName: string;
  /** The table's name, for people. */
  readonly display: string;
  readonly part: ArchivePart;
  readonly columns: readonly string[];
  readonly detached: readonly DetachedColumn[];
}

/** The number of a row in its archive, in the order in which the rows came. */
export const PLACE: SQL = sql.raw('backpedal_no');
/** The digest of a row when it was archived. */
export const DIGEST: SQL = sql.raw('backpedal_digest');

/** What an archive table is for. */
export interface ArchiveEntry {
  readonly table: LiveTable;
  readonly collection: string;
  readonly part: ArchivePart;
  readonly detached?: readonly DetachedColumn[];
}

// So that people find their way around; what counts is the number.
const archiveName = (no: number, table: string): string =>
  `archive_${no}_${table.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_')}`.slice(0, 63);

/** The data columns of a table, with commas between them. */
export function dataNames(columns: readonly string[]): SQL {
  return list(columns.map(name));
}

/** Makes an empty archive table for rows of a table, with the columns' own types and without their constraints. */
export async function createArchive(session: Session, fence: Fence, entry: ArchiveEntry): Promise<Archive> {
  const { own, scope, schema } = session;
  const { table, collection, part, detached = [] } = entry;
  const columns = dataColumns(table).map((column) => column.name);
  const no = await firstNumber(
    session,
    sql`INSERT INTO ${own.archives}
        (scope, migration, run, collection, table_schema, table_name, display, archive, part, columns, undo)
      VALUES (${scope}, ${fence.migration}, ${fence.run}, ${collection}, ${table.schema}, ${table.name},
        ${table.display}, '', ${part}, ${JSON.stringify(columns)}, ${JSON.stringify(detached)}) RETURNING no`,
  );
  const archive = archiveName(no, table.name);
  await session.run(sql`UPDATE ${own.archives} SET archive = ${archive} WHERE no = ${no}::int`);
  const ident = sql`${name(schema)}.${name(archive)}`;
  await session.run(sql`CREATE TABLE ${ident} AS
    SELECT NULL::int8 AS ${PLACE}, NULL::int8 AS ${DIGEST}, ${dataNames(columns)} FROM ${table.ident} WITH NO DATA`);
  return {
    no,
    ident,
    collection,
    tableSchema: table.schema,
    tableName: table.name,
    display: table.display,
    part,
    columns,
    detached,
  };
}

/** Lets rows be found by their number, once they are all there. */
export async function indexArchive(session: Session, { ident }: Archive): Promise<void> {
  await session.run(sql`CREATE UNIQUE INDEX ON ${ident} (${PLACE})`);
}

/** The archive tables of a run, in the order in which they were written. */
export async function listArchives(session: Session, migration: string, run: string): Promise<Archive[]> {
  const { own, scope, schema } = session;
  const rows = await session.rows(
    sql`SELECT no, archive, collection, table_schema, table_name, display, part, columns, undo FROM ${own.archives}
      WHERE scope = ${scope} AND migration = ${migration} AND run = ${run} ORDER BY no`,
  );
  return rows.map((row) => ({
    no: Number(row[0]),
    ident: sql`${name(schema)}.${name(String(row[1]))}`,
    collection: String(row[2]),
    tableSchema: String(row[3]),
    tableName: String(row[4]),
    display: String(row[5]),
    part: String(row[6]) as ArchivePart,
    columns: JSON.parse(String(row[7])) as string[],
    detached: JSON.parse(String(row[8])) as DetachedColumn[],
  }));
}

/** Removes an archive table and its registration. */
export async function removeArchive(session: Session, archive: Archive): Promise<void> {
  await session.run(sql`DROP TABLE ${archive.ident}`);
  await session.run(sql`DELETE FROM ${session.own.archives} WHERE no = ${archive.no}::int`);
}

/** Removes an archive table in which nothing is left; tells whether it did. */
export async function removeIfEmpty(session: Session, archive: Archive): Promise<boolean> {
  const left = await session.rows(sql`SELECT 1 FROM ${archive.ident} LIMIT 1`);
  if (left.length > 0) return false;
  await removeArchive(session, archive);
  return true;
}

/** Rows by run, collection and table: see `DatabasePort.archives`. */
export async function summarizeArchives(session: Session, migration: string): Promise<ArchiveSummary[]> {
  const { own, scope } = session;
  const runs = await session.rows(
    sql`SELECT run FROM ${own.archives} WHERE scope = ${scope} AND migration = ${migration} GROUP BY run ORDER BY min(no)`,
  );
  const summaries = new Map<string, ArchiveSummary>();
  for (const run of runs.map((row) => String(row[0]))) {
    for (const { collection, display, ident } of await listArchives(session, migration, run)) {
      const id = JSON.stringify([run, collection, display]);
      const rows = await firstNumber(session, sql`SELECT count(*) FROM ${ident}`);
      summaries.set(id, { run, collection, table: display, rows: (summaries.get(id)?.rows ?? 0) + rows });
    }
  }
  return [...summaries.values()];
}

/** Deletes the archive of a run, and what is known of the rows that lay in it: see `DatabasePort.dropArchive`. */
export async function dropArchive(session: Session, fence: Fence, run: string): Promise<void> {
  await assertFence(session, fence);
  const { own, scope } = session;
  for (const archive of await listArchives(session, fence.migration, run)) await removeArchive(session, archive);
  const cleared = sql`SELECT no FROM ${own.runs} WHERE scope = ${scope} AND migration = ${fence.migration}
    AND cleared_by = ${run}`;
  const parts = sql`SELECT no FROM ${own.parts} WHERE run IN (${cleared})`;
  await session.run(sql`DELETE FROM ${own.brought} WHERE part IN (${parts})`);
  await session.run(sql`DELETE FROM ${own.drift} WHERE scope = ${scope} AND run = ${run}`);
  await session.run(sql`UPDATE ${own.runs} SET dropped = TRUE WHERE no IN (${cleared})`);
}
