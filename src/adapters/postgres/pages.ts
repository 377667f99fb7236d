import { type SQL, sql } from 'drizzle-orm';
import type { ArchivedRow, ArchivePage, ArchiveQuery } from '../../ports/database.ts';
import { rowReader } from './app-row.ts';
import { type Archive, listArchives } from './archive.ts';
import { dataColumns, type LiveTable, qualifiedName, readTables } from './catalog.ts';
import { keyOfTable } from './drift.ts';
import { columnOf, digestSql, keySql } from './encoding.ts';
import type { Session } from './engine.ts';
import { digestOf, idNames, keyOf, type PlacedTable, rowsToMove } from './provenance.ts';
import { all, arrayLiteral, exists, firstRow, list } from './sql.ts';
import { findUndoing, lookAt } from './survey.ts';

/** The rows of one table that are under these keys. */
async function readRows(session: Session, placed: PlacedTable | undefined, live: LiveTable, keys: readonly string[]) {
  const reader = rowReader(
    placed?.bound,
    live.columns.map(({ name }) => name),
  );
  const key = placed === undefined ? keyOfTable(live) : keyOf(placed);
  const rows = await session.rows(sql`SELECT ${key}, ${list(reader.select(live.ident))} FROM ${live.ident}
    WHERE ${key} = ANY((${arrayLiteral(keys)}::text)::text[])`);
  return new Map(rows.map(([rowKey, ...values]) => [String(rowKey), reader.toRow(values)]));
}

/** The drifted rows as they are now, a page in the order of table and key: see `DatabasePort.drifted`. */
export async function readDrifted(
  session: Session,
  tables: readonly PlacedTable[],
  undoes: string,
  after: string | null,
  limit: number,
): Promise<ArchivePage> {
  const { book, dependents } = await lookAt(session, tables, undoes);
  const [table = '', key = ''] = after === null ? [] : (JSON.parse(after) as string[]);
  const found = await book.entries(after === null ? null : { table, key }, limit + 1);
  const page = found.slice(0, limit);
  const live = [...tables.map((each) => each.live), ...dependents.map((each) => each.table)];
  const contents = new Map<string, Map<string, ArchivedRow['row']>>();
  for (const display of new Set(page.map((entry) => entry.table))) {
    const of = live.find((each) => each.display === display) as LiveTable;
    const keys = page.filter((entry) => entry.table === display && entry.kind !== 'deleted').map((entry) => entry.key);
    const placed = tables.find((each) => each.live.oid === of.oid);
    contents.set(display, await readRows(session, placed, of, keys));
  }
  const last = page.at(-1);
  return {
    rows: page.map((entry) => ({ ...entry, row: contents.get(entry.table)?.get(entry.key) ?? null })),
    next: last === undefined || found.length === page.length ? null : JSON.stringify([last.table, last.key]),
  };
}

/** The rows of one collection behind a key, in the order of their keys, and with what became of each. */
async function readCollection(
  session: Session,
  table: PlacedTable,
  where: SQL,
  part: Parameters<typeof digestOf>[1],
  limit: number,
): Promise<ArchivedRow[]> {
  const { bound, live } = table;
  const reader = rowReader(
    bound,
    live.columns.map(({ name }) => name),
  );
  const key = keyOf(table);
  const ofPart = part === null ? sql`FALSE` : sql`bp_r.part = ${part.no}::int`;
  const kind = sql`CASE WHEN bp_r.key IS NULL THEN 'added' WHEN bp_r.digest = ${digestOf(table, part)} THEN 'unchanged'
    ELSE 'changed' END`;
  const rows = await session.rows(sql`SELECT ${key}, ${kind}, ${list(reader.select(live.ident))} FROM ${live.ident}
    LEFT JOIN ${session.own.brought} AS bp_r ON ${ofPart} AND bp_r.key = ${key}
    WHERE ${where} ORDER BY 1 LIMIT ${limit}::int`);
  return rows.map(([rowKey, rowKind, ...values]) => ({
    collection: bound.collection,
    table: live.display,
    key: String(rowKey),
    kind: String(rowKind) as ArchivedRow['kind'],
    row: reader.toRow(values),
  }));
}

/** The rows that a clear would move, a page in the order of collection and key: see `DatabasePort.movable`. */
export async function readMovable(
  session: Session,
  tables: readonly PlacedTable[],
  undoes: string,
  after: string | null,
  limit: number,
): Promise<ArchivePage> {
  const { run, parts } = await findUndoing(session, tables, undoes);
  const [from = '', lastKey = ''] = after === null ? [] : (JSON.parse(after) as string[]);
  const first = Math.max(
    0,
    tables.findIndex(({ bound }) => bound.collection === from),
  );
  const rows: ArchivedRow[] = [];
  for (let i = first; i < tables.length && rows.length < limit; i += 1) {
    const table = tables[i] as PlacedTable;
    const behind = table.bound.collection === from ? sql`${keyOf(table)} > ${lastKey}` : null;
    const where = all([await rowsToMove(session, table, run), behind]);
    rows.push(...(await readCollection(session, table, where, parts[i] ?? null, limit - rows.length)));
  }
  const last = rows.at(-1);
  const isFull = rows.length === limit && last !== undefined;
  return { rows, next: isFull ? JSON.stringify([last.collection, last.key]) : null };
}

interface Found {
  readonly cursor: string;
  readonly entry: ArchivedRow;
}

const KINDS = { dependents: 'dependent', detached: 'dependent', late: 'late' } as const;

/** How rows of an archive are named: as those of their table, among the columns that the archive has. */
async function keyInArchive(session: Session, archive: Archive, placed: PlacedTable | undefined, source: SQL) {
  if (placed !== undefined) return keySql(source, idNames(placed));
  const oid = await firstRow(
    session,
    sql`SELECT to_regclass(${qualifiedName(archive.tableSchema, archive.tableName)})::oid::int8`,
  );
  const live = oid?.[0] === null ? undefined : (await readTables(session, [Number(oid?.[0])]))[0];
  const ids = live?.primaryKey.filter((column) => archive.columns.includes(column)) ?? [];
  if (ids.length > 0) return keySql(source, ids);
  const recorded = live === undefined ? [] : dataColumns(live).filter(({ name }) => archive.columns.includes(name));
  if (recorded.length < archive.columns.length) return sql`'["#' || ${columnOf(source, 'backpedal_no')} || '"]'`;
  return sql`'["#' || ${digestSql(source, { recorded, later: [] })} || '"]'`;
}

async function readArchive(
  session: Session,
  archive: Archive,
  placed: PlacedTable | undefined,
  query: ArchiveQuery,
  after: number,
  limit: number,
): Promise<Found[]> {
  const source = sql.raw('a');
  const reader = rowReader(placed?.bound, archive.columns);
  const place = columnOf(source, 'backpedal_no');
  const hasKinds = archive.part === 'rows';
  const kind = hasKinds ? sql`coalesce(d.kind, 'unchanged')` : sql`${KINDS[archive.part as keyof typeof KINDS]}::text`;
  const join = query.content === 'drift' ? sql`JOIN` : sql`LEFT JOIN`;
  const kinds = sql`${join} ${session.own.drift} AS d ON d.scope = ${session.scope} AND d.run = ${query.run}
    AND d.archive = ${archive.no}::int AND d.place = ${place}`;
  const rows = await session.rows(sql`
    SELECT ${place}, ${await keyInArchive(session, archive, placed, source)}, ${kind}, ${list(reader.select(source))}
    FROM ${archive.ident} AS a ${hasKinds ? kinds : sql``}
    WHERE ${place} > ${after}::int8 ORDER BY ${place} LIMIT ${limit}::int`);
  return rows.map(([no, key, rowKind, ...values]) => ({
    cursor: `${archive.no}:${no}`,
    entry: {
      collection: archive.collection,
      table: archive.display,
      key: String(key),
      kind: String(rowKind) as ArchivedRow['kind'],
      row: reader.toRow(values),
    },
  }));
}

async function readDeleted(
  session: Session,
  tables: readonly PlacedTable[],
  query: ArchiveQuery,
  after: readonly [string, string],
  limit: number,
): Promise<Found[]> {
  const rows = await session.rows(sql`SELECT table_name, key FROM ${session.own.drift}
    WHERE scope = ${session.scope} AND run = ${query.run} AND kind = 'deleted'
      AND (table_name COLLATE "C", key) > (${after[0]}, ${after[1]})
    ORDER BY table_name COLLATE "C", key LIMIT ${limit}::int`);
  return rows.map(([table, key]) => ({
    cursor: `deleted:${JSON.stringify([table, key])}`,
    entry: {
      collection: tables.find(({ live }) => live.display === table)?.bound.collection ?? String(table),
      table: String(table),
      key: String(key),
      kind: 'deleted',
      row: null,
    },
  }));
}

/** A page of archived rows: archive table by archive table, then the rows of which nothing is left but the key. */
export async function readArchived(
  session: Session,
  tables: readonly PlacedTable[],
  query: ArchiveQuery,
): Promise<ArchivePage> {
  const { own, scope } = session;
  const [, place = '', position = ''] = /^([^:]*):(.*)$/s.exec(query.after ?? '') ?? [];
  const found: Found[] = [];
  const wanted = query.limit + 1;
  if (place !== 'deleted') {
    for (const archive of await listArchives(session, query.migration, query.run)) {
      if (archive.no < Number(place) || found.length >= wanted) continue;
      const after = archive.no === Number(place) ? Number(position) : 0;
      const { tableSchema, tableName } = archive;
      const placed = tables.find(({ live }) => live.schema === tableSchema && live.name === tableName);
      found.push(...(await readArchive(session, archive, placed, query, after, wanted - found.length)));
    }
  }
  const isOfMigration = sql`SELECT 1 FROM ${own.steps}
    WHERE scope = ${scope} AND migration = ${query.migration} AND run = ${query.run} LIMIT 1`;
  if (found.length < wanted && (await exists(session, isOfMigration))) {
    const after = place === 'deleted' ? (JSON.parse(position) as [string, string]) : (['', ''] as const);
    found.push(...(await readDeleted(session, tables, query, after, wanted - found.length)));
  }
  const page = found.slice(0, query.limit);
  return {
    rows: page.map(({ entry }) => entry),
    next: found.length > page.length ? (page.at(-1)?.cursor ?? null) : null,
  };
}
