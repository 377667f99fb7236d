import { type SQL, sql } from 'drizzle-orm';
import type { Fence } from '../../ports/database.ts';
import { dataColumns, type LiveTable, readBoundTables } from './catalog.ts';
import { type DigestColumns, digestSql, keySql } from './encoding.ts';
import type { Session } from './engine.ts';
import { all, exists, firstRow } from './sql.ts';
import type { BoundTable } from './tables.ts';

/** A run that brought rows, or began to. */
export interface RunRecord {
  /** Greater than those of all runs before it. */
  readonly no: number;
  readonly run: string;
  /** Whether the rows that were there before were noted. */
  readonly began: boolean;
  /** The run that moved its rows out, and did not put them back. */
  readonly clearedBy: string | null;
}

/** A collection's table as the app and as the database know it, with the rows that are in its scope. */
export interface PlacedTable {
  readonly bound: BoundTable;
  readonly live: LiveTable;
}

/** The tables of all collections, as they are in the database now. @throws DatabaseError `DATABASE_SCHEMA` */
export async function placeTables(session: Session, tables: readonly BoundTable[]): Promise<PlacedTable[]> {
  const live = await readBoundTables(session, tables);
  return tables.map((bound, i) => ({ bound, live: live[i] as LiveTable }));
}

const toRun = (row: readonly unknown[] | undefined): RunRecord | null =>
  row === undefined
    ? null
    : {
        no: Number(row[0]),
        run: String(row[1]),
        began: row[2] === true,
        clearedBy: row[3] === null ? null : String(row[3]),
      };

const runSql = (session: Session, condition: SQL): SQL => {
  const { own, scope } = session;
  return sql`SELECT r.no, r.run, EXISTS (SELECT 1 FROM ${own.steps} s
      WHERE s.scope = r.scope AND s.run = r.run AND s.step = 'begin'), r.cleared_by
    FROM ${own.runs} AS r WHERE r.scope = ${scope} AND ${condition}`;
};

/** The record of a run, or `null` when it never wrote here. */
export async function findRun(session: Session, run: string): Promise<RunRecord | null> {
  return toRun(await firstRow(session, runSql(session, sql`r.run = ${run}`)));
}

/** The run whose rows this run moved out and did not put back, or `null`. */
export async function findRunClearedBy(session: Session, run: string): Promise<RunRecord | null> {
  return toRun(await firstRow(session, runSql(session, sql`r.cleared_by = ${run}`)));
}

/** The record of the fence's run, made if need be. */
export async function ensureRun(session: Session, fence: Fence): Promise<RunRecord> {
  const { own, scope } = session;
  await session.run(sql`INSERT INTO ${own.runs} (scope, run, migration)
    VALUES (${scope}, ${fence.run}, ${fence.migration}) ON CONFLICT DO NOTHING`);
  return (await findRun(session, fence.run)) as RunRecord;
}

/** The SQL names of a collection's id columns. */
export function idNames({ bound }: PlacedTable): string[] {
  return bound.idColumns.map(({ name }) => name);
}

/** The key of a row of the table, in a statement in which it goes by its own name. */
export function keyOf(table: PlacedTable): SQL {
  return keySql(table.live.ident, idNames(table));
}

/** What a run brought into one table. */
export interface Part {
  readonly no: number;
  readonly columns: readonly string[];
  /** How many rows, and the sum of their digests; `null` before they were taken. */
  readonly digest: { readonly rows: number; readonly sum: string } | null;
}

/** What a run brought into a table, or `null` when it has nothing to do with it. */
export async function findPart(session: Session, run: RunRecord | null, table: LiveTable): Promise<Part | null> {
  if (run === null) return null;
  const { own } = session;
  const row = await firstRow(
    session,
    sql`SELECT no, columns, rows, digest FROM ${own.parts} WHERE run = ${run.no}::int AND table_name = ${table.id}`,
  );
  if (row === undefined) return null;
  const [no, columns, rows, digest] = row;
  return {
    no: Number(no),
    columns: JSON.parse(String(columns)) as string[],
    digest: digest === null ? null : { rows: Number(rows), sum: String(digest) },
  };
}

/** The part of a run in a table, made if need be, with the columns that its digests cover from then on. */
export async function ensurePart(session: Session, run: RunRecord, table: LiveTable): Promise<Part> {
  const { own } = session;
  const columns = JSON.stringify(dataColumns(table).map(({ name }) => name));
  await session.run(sql`INSERT INTO ${own.parts} (run, table_name, columns)
    VALUES (${run.no}::int, ${table.id}, ${columns}) ON CONFLICT DO NOTHING`);
  return (await findPart(session, run, table)) as Part;
}

/** What the digests of a part cover, in terms of the table as it is now. */
export function digestColumns(table: LiveTable, part: Part | null): DigestColumns {
  const now = dataColumns(table);
  if (part === null) return { recorded: now, later: [] };
  const recorded = part.columns.flatMap((name) => now.filter((column) => column.name === name));
  // A column that is gone cannot be compared: every row then differs from what was recorded, as it should.
  if (recorded.length < part.columns.length) return { recorded: now, later: [] };
  return { recorded, later: now.filter((column) => !recorded.includes(column)) };
}

/** The digest of a row of the table, in a statement in which it goes by its own name. */
export function digestOf({ live }: PlacedTable, part: Part | null): SQL {
  return digestSql(live.ident, digestColumns(live, part));
}

/** Notes the keys of the rows that are in the scope now; they belong to others than this run. */
export async function noteRowsBefore(session: Session, fence: Fence, tables: readonly PlacedTable[]): Promise<void> {
  const run = await ensureRun(session, fence);
  for (const table of tables) {
    const part = await ensurePart(session, run, table.live);
    await session.run(sql`INSERT INTO ${session.own.before} (part, key)
      SELECT ${part.no}::int, ${keyOf(table)} FROM ${table.live.ident} WHERE ${all([table.bound.scope])}
      ON CONFLICT DO NOTHING`);
  }
}

/** Holds for parts of other runs in a table whose rows are still theirs; parts go by `bp_p`, runs by `bp_u`. */
function othersSql(session: Session, run: RunRecord, table: LiveTable, which: 'all' | 'newer'): SQL {
  const { own } = session;
  const newer = which === 'newer' ? sql`bp_u.no > ${run.no}::int` : sql`bp_u.no <> ${run.no}::int`;
  return sql`${own.parts} AS bp_p JOIN ${own.runs} AS bp_u ON bp_u.no = bp_p.run
    AND bp_p.table_name = ${table.id} AND bp_u.cleared_by IS NULL AND ${newer}`;
}

/** Whether another run has rows in this table at all; the common case, that none has, is worth a look. */
async function hasOthers(session: Session, run: RunRecord, table: LiveTable): Promise<boolean> {
  const { own } = session;
  return exists(
    session,
    sql`SELECT 1 FROM ${othersSql(session, run, table, 'all')}
      AND EXISTS (SELECT 1 FROM ${own.brought} AS bp_r WHERE bp_r.part = bp_p.no) LIMIT 1`,
  );
}

const broughtByOthers = (session: Session, run: RunRecord, table: PlacedTable, which: 'all' | 'newer'): SQL =>
  sql`EXISTS (SELECT 1 FROM ${session.own.brought} AS bp_r JOIN ${othersSql(session, run, table.live, which)}
    ON bp_r.part = bp_p.no WHERE bp_r.key = ${keyOf(table)})`;

const broughtByPart = (session: Session, part: Part | null, table: PlacedTable): SQL =>
  part === null
    ? sql`FALSE`
    : sql`EXISTS (SELECT 1 FROM ${session.own.brought} AS bp_r
        WHERE bp_r.part = ${part.no}::int AND bp_r.key = ${keyOf(table)})`;

/**
 * Holds for the rows that the run brought, unless a newer run brought the same key since. After the run's rows were
 * moved out none are: what appears under their keys then is somebody's late write.
 */
export async function ownRows(session: Session, table: PlacedTable, run: RunRecord | null): Promise<SQL> {
  if (run === null || run.clearedBy !== null) return sql`FALSE`;
  const own = broughtByPart(session, await findPart(session, run, table.live), table);
  if (!(await hasOthers(session, run, table.live))) return own;
  return sql`${own} AND NOT ${broughtByOthers(session, run, table, 'newer')}`;
}

/**
 * Holds for the rows that a rollback of `run` moves, within the scope: its own, and those that nobody brought and that
 * were not there before. `null` when that is every row. Of a run that never began nothing is known about the rows
 * before it, so only its own count.
 */
export async function movableRows(session: Session, table: PlacedTable, run: RunRecord | null): Promise<SQL | null> {
  if (run === null || !run.began) return ownRows(session, table, run);
  const { own } = session;
  const part = await findPart(session, run, table.live);
  const others = await hasOthers(session, run, table.live);
  const before =
    part !== null && (await exists(session, sql`SELECT 1 FROM ${own.before} WHERE part = ${part.no}::int LIMIT 1`));
  if (!others && !before) return null;
  const kept = [
    ...(others ? [broughtByOthers(session, run, table, 'all')] : []),
    ...(before
      ? [
          sql`EXISTS (SELECT 1 FROM ${own.before} AS bp_b
          WHERE bp_b.part = ${part.no}::int AND bp_b.key = ${keyOf(table)})`,
        ]
      : []),
  ];
  // A run's own row counts even where the key was there before, or where an older run had brought it.
  return sql`(${await ownRows(session, table, run)}) OR NOT (${sql.join(kept, sql` OR `)})`;
}

/** The rows of a table that a rollback of `run` moves, as one condition; `null` for every row of the table. */
export async function rowsToMove(session: Session, table: PlacedTable, run: RunRecord | null): Promise<SQL | null> {
  const movable = await movableRows(session, table, run);
  return movable === null && table.bound.scope === null ? null : all([table.bound.scope, movable]);
}

/** Whether another run still has rows of its own in the scope: then nobody can tell whose users add rows to it. */
export async function isShared(session: Session, tables: readonly PlacedTable[], run: RunRecord): Promise<boolean> {
  for (const table of tables) {
    if (!(await hasOthers(session, run, table.live))) continue;
    const theirs = all([table.bound.scope, broughtByOthers(session, run, table, 'all')]);
    if (await exists(session, sql`SELECT 1 FROM ${table.live.ident} WHERE ${theirs} LIMIT 1`)) return true;
  }
  return false;
}
