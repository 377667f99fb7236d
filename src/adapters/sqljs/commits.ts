import type { Database } from 'sql.js';
import { DatabaseError } from '../../errors.ts';
import { execute, firstNumber, firstRow } from './sql.ts';

/** The result of a transaction, and whether there is anything to save. */
export interface CommitOutcome<T> {
  readonly status: 'changed' | 'unchanged';
  readonly result: T;
}

// More than there can be saves between one's own and the look whether it was saved.
const KEPT = 64;

/** A name for one commit that no other has. */
export function newCommitId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Whether the image holds this commit. */
export function isCommitted(db: Database, id: string): boolean {
  const table = firstRow(db, `SELECT 1 FROM sqlite_schema WHERE name = 'backpedal_commits'`);
  return table !== undefined && firstRow(db, 'SELECT 1 FROM backpedal_commits WHERE id = ?', [id]) !== undefined;
}

const changesOf = (db: Database): number =>
  firstNumber(db, 'SELECT total_changes()') + firstNumber(db, 'PRAGMA schema_version') * 1e9;

/**
 * Runs the work of a transaction and, if it has changed anything, signs the image with the commit.
 * @throws DatabaseError `DATABASE_FAILED` when the work is asynchronous: it would be committed before it has run
 */
export function commitWork<T>(db: Database, id: string, work: () => T): CommitOutcome<T> {
  const before = changesOf(db);
  const result = work();
  if (typeof (result as { then?: unknown } | null)?.then === 'function') {
    throw new DatabaseError(
      'DATABASE_FAILED',
      'The work of a transaction must be synchronous; use the .run(), .all() and .get() of Drizzle without await.',
    );
  }
  if (changesOf(db) === before) return { status: 'unchanged', result };
  execute(db, 'INSERT INTO backpedal_commits (id) VALUES (?)', [id]);
  execute(db, `DELETE FROM backpedal_commits WHERE no <= (SELECT max(no) FROM backpedal_commits) - ${KEPT}`);
  return { status: 'changed', result };
}
