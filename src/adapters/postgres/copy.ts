import { sql } from 'drizzle-orm';
import type { CopyBatch, CopyOutcome, Fence } from '../../ports/database.ts';
import { type BatchRow, rowsAsTable, type Shape, shapesOf, typedValue } from './batch.ts';
import { attempt, type Session } from './engine.ts';
import { rejectionReason } from './failures.ts';
import { once } from './lease.ts';
import { digestOf, ensurePart, ensureRun, keyOf, type Part, type PlacedTable } from './provenance.ts';
import { firstRow, list, name } from './sql.ts';

/** Rows that were refused although no statement failed. */
class NotTaken extends Error {}

/** Writes rows and their provenance in one statement; throws when one of them is not taken. */
async function insertRows(
  session: Session,
  table: PlacedTable,
  part: Part,
  shape: Shape,
  rows: readonly BatchRow[],
): Promise<void> {
  const { live, bound } = table;
  const given = sql.raw('backpedal_given');
  const columns = shape.columns.map((column) => name(column.live.name));
  const values = shape.columns.map((column) => typedValue(column, given));
  const within = bound.scope ?? sql`TRUE`;
  const row = await firstRow(
    session,
    sql`WITH backpedal_in AS (
        INSERT INTO ${live.ident} (${list(columns)}) OVERRIDING SYSTEM VALUE
        SELECT ${list(values)} FROM ${rowsAsTable(shape.columns, rows, given)} ORDER BY backpedal_given.backpedal_no
        RETURNING ${keyOf(table)} AS key, ${digestOf(table, part)} AS digest, (${within}) IS TRUE AS within
      ), backpedal_noted AS (
        INSERT INTO ${session.own.brought} (part, key, digest)
        SELECT ${part.no}::int, key, digest FROM backpedal_in
        ON CONFLICT (part, key) DO UPDATE SET digest = excluded.digest
      ) SELECT count(*), coalesce(bool_and(within), TRUE) FROM backpedal_in`,
  );
  if (Number(row?.[0]) !== rows.length) throw new NotTaken('ignored by a trigger');
  if (row?.[1] !== true) throw new NotTaken('outside the scope of the migration');
}

const reasonOf = (thrown: unknown): string | null =>
  thrown instanceof NotTaken ? thrown.message : rejectionReason(thrown);

/**
 * Writes rows or, where some are refused, halves of them until those are found: one statement is the fast way, and
 * nearly always enough.
 */
async function insertWhatFits(
  write: (rows: readonly BatchRow[]) => Promise<unknown>,
  rows: readonly BatchRow[],
  refuse: (row: BatchRow, reason: string) => void,
): Promise<void> {
  if (rows.length === 0) return;
  const thrown = await write(rows);
  if (thrown === null) return;
  const reason = reasonOf(thrown);
  if (reason === null) throw thrown;
  if (rows.length === 1) return refuse(rows[0] as BatchRow, reason);
  const middle = rows.length >> 1;
  await insertWhatFits(write, rows.slice(0, middle), refuse);
  await insertWhatFits(write, rows.slice(middle), refuse);
}

/** Writes all shapes. Rows that only lack a row they refer to are tried again after the others of the batch. */
async function insertShapes(
  session: Session,
  table: PlacedTable,
  part: Part,
  shapes: readonly Shape[],
  reasons: Map<number, string>,
): Promise<void> {
  let pending = shapes.map(({ columns, rows }): Shape => ({ columns, rows: [...rows] }));
  for (let waiting = Number.POSITIVE_INFINITY; ; ) {
    const again: Shape[] = [];
    for (const shape of pending) {
      const later: BatchRow[] = [];
      const write = (rows: readonly BatchRow[]) =>
        attempt(session, () => insertRows(session, table, part, shape, rows));
      for (const { index } of shape.rows) reasons.delete(index);
      await insertWhatFits(write, shape.rows, (row, reason) => {
        reasons.set(row.index, reason);
        if (reason.startsWith('FOREIGN KEY')) later.push(row);
      });
      if (later.length > 0) again.push({ columns: shape.columns, rows: later });
    }
    const left = again.reduce((sum, { rows }) => sum + rows.length, 0);
    if (left === 0 || left >= waiting) return;
    waiting = left;
    pending = again;
  }
}

/**
 * Copies a batch and records key and digest of each row as it then lies in the table, with defaults and types applied.
 * Rows that Postgres refuses, and rows that would fall outside the scope, are reported and skipped.
 */
export function copyBatch(session: Session, table: PlacedTable, fence: Fence, batch: CopyBatch): Promise<CopyOutcome> {
  return once(session, fence, batch.step, async () => {
    const run = await ensureRun(session, fence);
    const part = await ensurePart(session, run, table.live);
    const reasons = new Map<number, string>();
    const shapes = shapesOf(table, batch.rows, 'filledIn', (index, reason) => reasons.set(index, reason));
    await insertShapes(session, table, part, shapes, reasons);
    const rejected = [...reasons].sort(([a], [b]) => a - b).map(([index, reason]) => ({ index, reason }));
    return { inserted: batch.rows.length - rejected.length, rejected };
  });
}
