import type { SqlValue } from 'sql.js';
import type { Fence } from '../../ports/database.ts';
import { type LiveTable, readTable } from './catalog.ts';
import { type DigestColumns, keySql } from './encoding.ts';
import type { Session } from './engine.ts';
import { type Condition, execute, firstRow, forEachRow, whereAll } from './sql.ts';
import { type BoundTable, quotedTable } from './tables.ts';

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

const RUN = `SELECT no, run, EXISTS (SELECT 1 FROM backpedal_steps s WHERE s.run = r.run AND s.step = 'begin'),
  cleared_by FROM backpedal_runs r`;

const toRun = (row: SqlValue[] | undefined): RunRecord | null =>
  row === undefined
    ? null
    : { no: Number(row[0]), run: String(row[1]), began: row[2] === 1, clearedBy: row[3] as string | null };

/** The record of a run, or `null` when it never wrote here. */
export function findRun({ db }: Session, run: string): RunRecord | null {
  return toRun(firstRow(db, `${RUN} WHERE run = ?`, [run]));
}

/** The run whose rows this run moved out and did not put back, or `null`. */
export function findRunClearedBy({ db }: Session, run: string): RunRecord | null {
  return toRun(firstRow(db, `${RUN} WHERE cleared_by = ?`, [run]));
}

/** The record of the fence's run, made if need be. */
export function ensureRun(session: Session, fence: Fence): RunRecord {
  execute(session.db, 'INSERT OR IGNORE INTO backpedal_runs (run, migration) VALUES (?, ?)', [
    fence.run,
    fence.migration,
  ]);
  return findRun(session, fence.run) as RunRecord;
}

/** The SQL names of a collection's id columns. */
export function idNames(table: BoundTable): string[] {
  return table.idColumns.map(({ name }) => name);
}

/** Notes the keys of the rows that are in the scope now; they belong to others than this run. */
export function noteRowsBefore(session: Session, fence: Fence, tables: readonly BoundTable[]): void {
  const { no } = ensureRun(session, fence);
  for (const table of tables) {
    const where = whereAll([table.scope]);
    execute(
      session.db,
      `INSERT OR IGNORE INTO backpedal_before (run, tbl, key)
        SELECT ${no}, ?, ${keySql(idNames(table))} FROM ${quotedTable(table)}${where.sql}`,
      [table.name, ...where.params],
    );
  }
}

/** The other runs whose rows in this table are still theirs, oldest first. */
function otherRuns({ db }: Session, run: RunRecord, table: BoundTable): number[] {
  const others: number[] = [];
  const sql = `SELECT no FROM backpedal_runs WHERE no <> ? AND cleared_by IS NULL AND EXISTS
    (SELECT 1 FROM backpedal_rows r WHERE r.run = no AND r.tbl = ?) ORDER BY no`;
  forEachRow(db, sql, [run.no, table.name], (row) => others.push(Number(row[0])));
  return others;
}

const broughtBy = (runs: readonly number[], key: string): string =>
  `EXISTS (SELECT 1 FROM backpedal_rows r WHERE r.run IN (${runs.join(', ')}) AND r.tbl = ? AND r.key = ${key})`;

/**
 * Holds for the rows that the run brought, unless a newer run brought the same key since. After the run's rows were
 * moved out none are: what appears under their keys then is somebody's late write.
 */
export function ownRows(session: Session, table: BoundTable, run: RunRecord | null): Condition {
  if (run === null || run.clearedBy !== null) return { sql: 'FALSE', params: [] };
  const key = keySql(idNames(table), table.name);
  const newer = otherRuns(session, run, table).filter((no) => no > run.no);
  return {
    sql: `${broughtBy([run.no], key)} AND NOT ${broughtBy(newer, key)}`,
    params: [table.name, table.name],
  };
}

/**
 * Holds for the rows that a rollback of `run` moves, within the scope: its own, and those that nobody brought and that
 * were not there before. `null` when that is every row. Of a run that never began nothing is known about the rows
 * before it, so only its own count.
 */
export function movableRows(session: Session, table: BoundTable, run: RunRecord | null): Condition | null {
  const own = ownRows(session, table, run);
  if (run === null || !run.began) return own;
  const others = otherRuns(session, run, table);
  const before = firstRow(session.db, 'SELECT 1 FROM backpedal_before WHERE run = ? AND tbl = ?', [run.no, table.name]);
  if (others.length === 0 && before === undefined) return null;
  const key = keySql(idNames(table), table.name);
  return {
    sql: `(${own.sql}) OR NOT (${broughtBy([...others, ...(run.clearedBy === null ? [run.no] : [])], key)}
      OR EXISTS (SELECT 1 FROM backpedal_before b WHERE b.run = ${run.no} AND b.tbl = ? AND b.key = ${key}))`,
    params: [...own.params, table.name, table.name],
  };
}

/** Whether another run still has rows of its own in the scope: then nobody can tell whose users add rows to it. */
export function isShared(session: Session, tables: readonly BoundTable[], run: RunRecord): boolean {
  return tables.some((table) => {
    const others = otherRuns(session, run, table);
    if (others.length === 0) return false;
    const theirs = { sql: broughtBy(others, keySql(idNames(table), table.name)), params: [table.name] };
    const where = whereAll([table.scope, theirs]);
    return firstRow(session.db, `SELECT 1 FROM ${quotedTable(table)}${where.sql}`, where.params) !== undefined;
  });
}

/** What the digests of this run's rows in a table cover, in terms of the table as it is now. */
export function digestColumns(
  session: Session,
  run: RunRecord | null,
  table: BoundTable,
  live: LiveTable,
): DigestColumns {
  const ids = idNames(table);
  const now = live.columns;
  const row =
    run === null
      ? undefined
      : firstRow(session.db, 'SELECT columns FROM backpedal_columns WHERE run = ? AND tbl = ?', [run.no, table.name]);
  if (row === undefined) return { ids, recorded: now, later: [] };
  const names = JSON.parse(String(row[0])) as string[];
  const recorded = names.flatMap((name) => now.filter((column) => column.name === name));
  // A column that is gone cannot be compared: every row then differs from what was recorded, as it should.
  if (recorded.length < names.length) return { ids, recorded: now, later: [] };
  return { ids, recorded, later: now.filter((column) => !recorded.includes(column)) };
}

/** Records which columns the digests of this run's rows in a table cover, once. */
export function recordDigestColumns(session: Session, run: RunRecord, table: BoundTable): DigestColumns {
  const live = readTable(session.db, table.name);
  const columns = JSON.stringify(live.columns.map(({ name }) => name));
  execute(session.db, 'INSERT OR IGNORE INTO backpedal_columns (run, tbl, columns) VALUES (?, ?, ?)', [
    run.no,
    table.name,
    columns,
  ]);
  return digestColumns(session, run, table, live);
}
