import { type SQL, sql } from 'drizzle-orm';
import { DatabaseError } from '../../errors.ts';
import type { Fence } from '../../ports/database.ts';
import { type Archive, dataNames, listArchives, PLACE, removeArchive, removeIfEmpty } from './archive.ts';
import { type LiveTable, listForeignKeys, parentsFirst, qualifiedName, readTables } from './catalog.ts';
import { columnOf } from './encoding.ts';
import { attempt, type Session } from './engine.ts';
import { isConstraint, isTransient } from './failures.ts';
import { assertFence, forgetStep, recordedOutcome, recordOutcome } from './lease.ts';
import { all, exists, firstNumber, firstRow, list, name } from './sql.ts';

/** An archive with the table that its rows came from. */
interface Return {
  readonly archive: Archive;
  readonly table: LiveTable;
}

async function tableOf(session: Session, { tableSchema, tableName }: Archive): Promise<LiveTable> {
  const row = await firstRow(session, sql`SELECT to_regclass(${qualifiedName(tableSchema, tableName)})::oid::int8`);
  const table = row?.[0] === null ? undefined : (await readTables(session, [Number(row?.[0])]))[0];
  if (table !== undefined) return table;
  throw new DatabaseError('DATABASE_SCHEMA', `There is no table ${tableName} any more; its rows stay in the archive.`, {
    details: { table: tableName },
  });
}

/** Puts the rows of an archive for which a condition holds back into their table. */
const insertSql = ({ archive, table }: Return, where: SQL): SQL => sql`
  INSERT INTO ${table.ident} (${dataNames(archive.columns)}) OVERRIDING SYSTEM VALUE
  SELECT ${dataNames(archive.columns)} FROM ${archive.ident} WHERE ${where} ORDER BY ${PLACE}`;

/** All archives in one statement, after which foreign keys are looked at: rows may refer to each other in circles. */
async function putAllBack(session: Session, returns: readonly Return[]): Promise<number | null> {
  if (returns.length === 0) return 0;
  const alias = (i: number): SQL => sql.raw(`backpedal_back_${i}`);
  const steps = returns.map((each, i) => sql`${alias(i)} AS (${insertSql(each, sql`TRUE`)} RETURNING 1)`);
  const counts = returns.map((_, i) => sql`(SELECT count(*) FROM ${alias(i)})`);
  let count = 0;
  const thrown = await attempt(session, async () => {
    const row = (await firstRow(session, sql`WITH ${list(steps)} SELECT ${list(counts)}`)) ?? [];
    count = row.reduce((sum: number, each) => sum + Number(each), 0);
  });
  if (thrown !== null) {
    if (isConstraint(thrown)) return null;
    throw thrown;
  }
  for (const { archive } of returns) await removeArchive(session, archive);
  return count;
}

/** Rows from `low` to `high` or, where some are refused, halves of them; what went back leaves the archive. */
async function putRangeBack(session: Session, each: Return, low: number, high: number): Promise<number> {
  const range = sql`${PLACE} BETWEEN ${low}::int8 AND ${high}::int8`;
  let count = 0;
  const thrown = await attempt(session, async () => {
    count = await session.run(insertSql(each, range));
    await session.run(sql`DELETE FROM ${each.archive.ident} WHERE ${range}`);
  });
  if (thrown === null) return count;
  if (!isConstraint(thrown)) throw thrown;
  if (low >= high) return 0;
  const middle = Math.floor((low + high) / 2);
  return (await putRangeBack(session, each, low, middle)) + (await putRangeBack(session, each, middle + 1, high));
}

/** What can go back goes back; rows whose place is taken, or whose parents are gone, stay in the archive. */
async function putBackWhatFits(session: Session, returns: readonly Return[]): Promise<number> {
  const ordered = parentsFirst(returns, ({ table }) => table.oid, await listForeignKeys(session));
  let count = 0;
  for (let grown = 1; grown > 0; count += grown) {
    grown = 0;
    for (const each of ordered) {
      const last = await firstNumber(session, sql`SELECT max(${PLACE}) FROM ${each.archive.ident}`);
      if (last > 0) grown += await putRangeBack(session, each, 1, last);
    }
  }
  for (const { archive } of ordered) await removeIfEmpty(session, archive);
  return count;
}

/** Gives detached rows back what they referred to, unless they are gone or refer to something else by now. */
async function attachAgain(session: Session, { archive, table }: Return): Promise<number> {
  const source = sql.raw('backpedal_a');
  const detached = archive.detached.map((column) => column.name);
  const others = archive.columns.filter((column) => !detached.includes(column));
  const same = (column: string): SQL => sql`${columnOf(table.ident, column)} = ${columnOf(source, column)}`;
  const sameText = (column: string): SQL =>
    sql`${columnOf(table.ident, column)}::text IS NOT DISTINCT FROM ${columnOf(source, column)}::text`;
  const matches = all([
    ...(table.primaryKey.length > 0 ? table.primaryKey.map(same) : others.map(sameText)),
    ...archive.detached.map(
      ({ name: column, becomes }) =>
        sql`${columnOf(table.ident, column)} IS NOT DISTINCT FROM (${sql.raw(becomes)}) OR ${same(column)}`,
    ),
  ]);
  const assignments = detached.map((column) => sql`${name(column)} = ${columnOf(source, column)}`);
  const attach = async (where: SQL): Promise<number> => {
    const rows = await session.rows(sql`WITH attached AS (
        UPDATE ${table.ident} SET ${list(assignments)} FROM ${archive.ident} AS ${source}
        WHERE ${where} AND ${matches} RETURNING ${columnOf(source, 'backpedal_no')} AS no
      ) DELETE FROM ${archive.ident} WHERE ${PLACE} IN (SELECT no FROM attached) RETURNING 1`);
    return rows.length;
  };
  const range = async (low: number, high: number): Promise<number> => {
    let count = 0;
    const thrown = await attempt(session, async () => {
      count = await attach(sql`${columnOf(source, 'backpedal_no')} BETWEEN ${low}::int8 AND ${high}::int8`);
    });
    if (thrown === null) return count;
    if (!isConstraint(thrown)) throw thrown;
    if (low >= high) return 0;
    const middle = Math.floor((low + high) / 2);
    return (await range(low, middle)) + (await range(middle + 1, high));
  };
  const last = await firstNumber(session, sql`SELECT max(${PLACE}) FROM ${archive.ident}`);
  const count = last === 0 ? 0 : await range(1, last);
  await removeIfEmpty(session, archive);
  return count;
}

const ENABLE: Readonly<Record<string, string>> = { A: 'ENABLE ALWAYS', R: 'ENABLE REPLICA', O: 'ENABLE' };

/**
 * Runs a change while the app's triggers are away, so that rows come back exactly as they were. Only the owner of a
 * table may send them away; where the role is not, they run.
 */
async function withoutTriggers<T>(
  session: Session,
  tables: readonly LiveTable[],
  change: () => Promise<T>,
): Promise<T> {
  const away: SQL[] = [];
  for (const table of new Map(tables.map((each) => [each.oid, each])).values()) {
    for (const trigger of table.triggers) {
      const alter = (how: string): SQL => sql`ALTER TABLE ${table.ident} ${sql.raw(how)} TRIGGER ${name(trigger.name)}`;
      const thrown = await attempt(session, async () => void (await session.run(alter('DISABLE'))));
      if (thrown === null) away.push(alter(ENABLE[trigger.enabled] ?? 'ENABLE'));
      // Somebody who is writing in the table keeps its triggers there: then rows go back later, and not through them.
      else if (isTransient(thrown)) throw thrown;
    }
  }
  const result = await change();
  for (const enable of away) await session.run(enable);
  return result;
}

async function undoArchives(session: Session, archives: readonly Archive[]): Promise<number> {
  const returns: Return[] = [];
  for (const archive of archives) returns.push({ archive, table: await tableOf(session, archive) });
  return withoutTriggers(
    session,
    returns.map(({ table }) => table),
    async () => {
      const gone = returns.filter(({ archive }) => archive.part !== 'detached');
      let rows = (await putAllBack(session, gone)) ?? (await putBackWhatFits(session, gone));
      for (const each of returns.filter(({ archive }) => archive.part === 'detached')) {
        rows += await attachAgain(session, each);
      }
      return rows;
    },
  );
}

/** Undoes a clear: see `DatabasePort.undoClear`. */
export async function undoClear(session: Session, fence: Fence): Promise<number> {
  await assertFence(session, fence);
  const { own, scope } = session;
  const { migration, run } = fence;
  if ((await recordedOutcome(session, run, 'clear')) === undefined) {
    return Number((await recordedOutcome(session, run, 'undoClear')) ?? 0);
  }
  const cleared = sql`scope = ${scope} AND cleared_by = ${run}`;
  if (await exists(session, sql`SELECT 1 FROM ${own.runs} WHERE ${cleared} AND dropped`)) {
    throw new DatabaseError('DATABASE_FAILED', `The archive of run ${run} was dropped; nothing can be put back.`, {
      details: { run },
    });
  }
  const rows = await undoArchives(session, await listArchives(session, migration, run));
  // Rows whose place is taken stay in the archive, and so does what is known of them.
  const left = (await listArchives(session, migration, run)).map(({ no }) => sql`${no}::int`);
  const known = left.length === 0 ? sql`FALSE` : sql`archive IN (${list(left)})`;
  await session.run(sql`DELETE FROM ${own.drift} WHERE scope = ${scope} AND run = ${run} AND (${known}) IS NOT TRUE`);
  await session.run(sql`UPDATE ${own.runs} SET cleared_by = NULL WHERE ${cleared}`);
  await forgetStep(session, run, 'clear');
  await recordOutcome(session, fence, 'undoClear', rows);
  return rows;
}
