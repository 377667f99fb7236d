import { type SQL, sql } from 'drizzle-orm';
import type { CompareOutcome, Row } from '../../ports/database.ts';
import { type BatchRow, rowsAsTable, type Shape, shapesOf, typedValue } from './batch.ts';
import { columnOf } from './encoding.ts';
import { attempt, type Session } from './engine.ts';
import { rejectionReason } from './failures.ts';
import type { WrittenColumn } from './given-row.ts';
import { findPart, keyOf, type Part, type PlacedTable, type RunRecord } from './provenance.ts';
import { all } from './sql.ts';

const EXAMPLES = 10;

type Verdict = 'equal' | 'missing' | 'different';

/** Whether the stored value is the one that was given, by the value and not by how it is written. */
function sameSql(table: PlacedTable, column: WrittenColumn, given: SQL): SQL {
  const stored = columnOf(table.live.ident, column.live.name);
  const value = typedValue(column, given);
  switch (column.live.comparison) {
    case 'json':
      // Written alike it is the same, also with what jsonb could not hold (U+0000).
      return sql`CASE WHEN ${stored}::text IS NOT DISTINCT FROM ${value}::text THEN TRUE
        ELSE ${stored}::jsonb IS NOT DISTINCT FROM ${value}::jsonb END`;
    case 'text':
      return sql`${stored}::text COLLATE "C" IS NOT DISTINCT FROM ${value}::text COLLATE "C"`;
    default:
      return sql`${stored} IS NOT DISTINCT FROM ${value}`;
  }
}

/** Looks rows of one shape up in one statement; a verdict for each, and the keys of those that are not equal. */
async function compareShape(
  session: Session,
  table: PlacedTable,
  part: Part,
  { columns }: Shape,
  rows: readonly BatchRow[],
  note: (index: number, verdict: Verdict, key: string) => void,
): Promise<void> {
  const given = sql.raw('backpedal_given');
  const { ident } = table.live;
  const ids = table.bound.idColumns.map(({ name: id }) => columns.find(({ live }) => live.name === id));
  if (ids.includes(undefined)) {
    for (const { index } of rows) note(index, 'missing', '[]');
    return;
  }
  const idColumns = ids as WrittenColumn[];
  const match = all(idColumns.map((id) => sql`${columnOf(ident, id.live.name)} = ${typedValue(id, given)}`));
  const brought = sql`EXISTS (SELECT 1 FROM ${session.own.brought} AS bp_r
    WHERE bp_r.part = ${part.no}::int AND bp_r.key = ${keyOf(table)})`;
  const givenKey = sql.join(
    idColumns.map((id) => sql`to_json(${typedValue(id, given)})::text`),
    sql` || ',' || `,
  );
  const found = await session.rows(sql`
    SELECT ${given}.backpedal_no, ${columnOf(ident, idColumns[0]?.live.name ?? '')} IS NOT NULL,
      ${all(columns.map((column) => sameSql(table, column, given)))}, '[' || ${givenKey} || ']'
    FROM ${rowsAsTable(columns, rows, given)} LEFT JOIN ${ident} ON ${match} AND ${brought}
    ORDER BY 1`);
  for (const [no, present, same, key] of found) {
    const { index } = rows[Number(no)] as BatchRow;
    note(index, present !== true ? 'missing' : same === true ? 'equal' : 'different', String(key));
  }
}

/** Compares rows or, where one of them cannot be a row of this table at all, halves of them until it is found. */
async function compareWhatFits(
  session: Session,
  compare: (rows: readonly BatchRow[]) => Promise<void>,
  rows: readonly BatchRow[],
  refuse: (index: number) => void,
): Promise<void> {
  if (rows.length === 0) return;
  const thrown = await attempt(session, () => compare(rows));
  if (thrown === null) return;
  if (rejectionReason(thrown) === null) throw thrown;
  if (rows.length === 1) return refuse((rows[0] as BatchRow).index);
  const middle = rows.length >> 1;
  await compareWhatFits(session, compare, rows.slice(0, middle), refuse);
  await compareWhatFits(session, compare, rows.slice(middle), refuse);
}

/** Whether a row stands under the ids of one that Postgres cannot hold as a whole. */
async function verdictOfRefused(
  session: Session,
  table: PlacedTable,
  part: Part,
  row: Row,
): Promise<[Verdict, string]> {
  const ids: Row = Object.fromEntries(table.bound.idColumns.map(({ property }) => [property, row[property] ?? null]));
  let verdict: [Verdict, string] = ['missing', '[]'];
  for (const shape of shapesOf(table, [ids], 'leftOut', () => undefined)) {
    await compareWhatFits(
      session,
      (rows) =>
        compareShape(session, table, part, shape, rows, (_, found, key) => {
          verdict = [found === 'equal' ? 'different' : found, key];
        }),
      shape.rows,
      () => undefined,
    );
  }
  return verdict;
}

/**
 * Compares the rows that a run brought with what it was given to `copyBatch`: each value with the stored one, by the
 * type's equality, texts byte by byte, JSON by what it says. Nothing is written.
 */
export async function compareRows(
  session: Session,
  table: PlacedTable,
  run: RunRecord | null,
  rows: readonly Row[],
): Promise<CompareOutcome> {
  const part = await findPart(session, run, table.live);
  const verdicts = new Map<number, [Verdict, string]>();
  const refused = new Set<number>();
  if (part !== null) {
    for (const shape of shapesOf(table, rows, 'leftOut', (index) => refused.add(index))) {
      await compareWhatFits(
        session,
        (members) =>
          compareShape(session, table, part, shape, members, (index, verdict, key) => {
            verdicts.set(index, [verdict, key]);
          }),
        shape.rows,
        (index) => refused.add(index),
      );
    }
    for (const index of refused) {
      verdicts.set(index, await verdictOfRefused(session, table, part, rows[index] as Row));
    }
  }
  const counts = { equal: 0, missing: 0, different: 0 };
  const keys: string[] = [];
  rows.forEach((_, index) => {
    const [verdict, key] = verdicts.get(index) ?? ['missing', '[]'];
    counts[verdict] += 1;
    if (verdict !== 'equal' && keys.length < EXAMPLES) keys.push(key);
  });
  return { ...counts, keys };
}
