import type { Statement } from 'sql.js';
import type { CopyBatch, CopyOutcome, Fence, Row } from '../../ports/database.ts';
import { keyOfEncodedRow, rowSql } from './encoding.ts';
import type { Session } from './engine.ts';
import { rejectionReason } from './failures.ts';
import { emptyFingerprint, fingerprintInto, fingerprintToHex } from './fingerprint.ts';
import { isRefusal } from './given-row.ts';
import { type InsertPlan, insertPlans } from './insert-plan.ts';
import { once } from './lease.ts';
import { ensureRun, recordDigestColumns } from './provenance.ts';
import { keepsUtf8, longText } from './sql.ts';
import type { AnySqlJsDatabase, BoundTable } from './tables.ts';

/** Writes one row and its provenance; returns why it was refused, or `null`. */
type Writer = (row: Row) => string | null;

/** The insert statements of one batch; a statement for each set of properties, freed together. */
interface RowWriter {
  readonly write: Writer;
  /** Key and digest of each row that was written, as it lies in the table: members of a JSON object, in its text. */
  readonly brought: string[];
  free(): void;
}

function rowWriter(session: Session, drizzle: AnySqlJsDatabase, table: BoundTable, row: string): RowWriter {
  const { db } = session;
  const planFor = insertPlans(drizzle, table, keepsUtf8(db) ? 'utf8' : 'asIs');
  const statements = new Map<InsertPlan, Statement>();
  const brought: string[] = [];
  const inScope = table.scope === null ? 'TRUE' : table.scope.sql;
  const scopeValues = table.scope?.params ?? [];
  const fingerprint = emptyFingerprint();
  return {
    brought,
    write(given) {
      const plan = planFor(given);
      const bound = plan.bind(given);
      if (isRefusal(bound)) return bound.refused;
      let statement = statements.get(plan);
      if (statement === undefined) {
        statement = db.prepare(`${plan.sql} RETURNING ${row}, ${inScope}`);
        statements.set(plan, statement);
      }
      statement.bind(scopeValues.length === 0 ? bound : [...bound, ...scopeValues]);
      if (!statement.step()) return 'ignored by a trigger';
      const [encoded, within] = statement.get();
      statement.reset();
      if (within !== 1) return 'outside the scope of the migration';
      const encodedRow = encoded as string;
      fingerprintInto(encodedRow, fingerprint);
      brought.push(`${JSON.stringify(keyOfEncodedRow(encodedRow))}:"${fingerprintToHex(fingerprint)}"`);
      return null;
    },
    free() {
      for (const statement of statements.values()) statement.free();
    },
  };
}

/** All rows or, as soon as one is refused, none: no savepoint for each row is the fast way, and nearly always enough. */
function writeAll({ db }: Session, rows: readonly Row[], write: Writer): boolean {
  db.run('SAVEPOINT backpedal_batch');
  let complete = true;
  try {
    complete = rows.every((row) => write(row) === null);
  } catch (thrown) {
    if (rejectionReason(thrown) === null) throw thrown;
    complete = false;
  }
  if (!complete) db.run('ROLLBACK TO backpedal_batch');
  db.run('RELEASE backpedal_batch');
  return complete;
}

function writeOne({ db }: Session, row: Row, write: Writer): string | null {
  db.run('SAVEPOINT backpedal_row');
  let reason: string | null;
  try {
    reason = write(row);
  } catch (thrown) {
    reason = rejectionReason(thrown);
    if (reason === null) throw thrown;
  }
  if (reason !== null) db.run('ROLLBACK TO backpedal_row');
  db.run('RELEASE backpedal_row');
  return reason;
}

/** Row by row. Those that only lack a row they refer to are tried again after the others of the batch. */
function writeEach(session: Session, rows: readonly Row[], write: Writer): CopyOutcome['rejected'] {
  const reasons = new Map<number, string>();
  let pending = rows.map((_, index) => index);
  for (;;) {
    for (const index of pending) {
      const reason = writeOne(session, rows[index] as Row, write);
      if (reason === null) reasons.delete(index);
      else reasons.set(index, reason);
    }
    const retry = pending.filter((index) => reasons.get(index)?.startsWith('FOREIGN KEY'));
    if (retry.length === 0 || retry.length === pending.length) break;
    pending = retry;
  }
  return [...reasons].sort(([a], [b]) => a - b).map(([index, reason]) => ({ index, reason }));
}

/** Records whose rows these are, in one statement: one for each row would cost as much as the rows themselves. */
function recordBrought({ db }: Session, runNo: number, table: BoundTable, brought: readonly string[]): void {
  const digests = longText(db, `{${brought.join(',')}}`);
  db.run(
    `INSERT OR REPLACE INTO backpedal_rows (run, tbl, key, digest) SELECT ?, ?, key, value FROM json_each(${digests.sql})`,
    [runNo, table.name, digests.value],
  );
}

/**
 * Copies a batch and records key and digest of each row as it then lies in the table, with defaults and affinities
 * applied. Rows that SQLite refuses, and rows that would fall outside the scope, are reported and skipped.
 */
export function copyBatch(
  session: Session,
  drizzle: AnySqlJsDatabase,
  table: BoundTable,
  fence: Fence,
  batch: CopyBatch,
): CopyOutcome {
  return once(session, fence, batch.step, () => {
    const { rows } = batch;
    const run = ensureRun(session, fence);
    const row = rowSql(recordDigestColumns(session, run, table));
    const writer = rowWriter(session, drizzle, table, row);
    try {
      let rejected: CopyOutcome['rejected'] = [];
      if (!writeAll(session, rows, writer.write)) {
        writer.brought.length = 0;
        rejected = writeEach(session, rows, writer.write);
      }
      recordBrought(session, run.no, table, writer.brought);
      return { inserted: rows.length - rejected.length, rejected };
    } finally {
      writer.free();
    }
  });
}
