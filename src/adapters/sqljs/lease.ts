import { DatabaseError } from '../../errors.ts';
import type { DatabaseLedger, Fence, LeaseOutcome, LeaseRequest } from '../../ports/database.ts';
import type { Session } from './engine.ts';
import { allRows, execute, firstRow } from './sql.ts';

interface LeaseRow {
  readonly token: number;
  readonly run: string | null;
  readonly storage: string | null;
}

function readLease({ db }: Session, migration: string): LeaseRow {
  const row = firstRow(db, 'SELECT token, run, storage FROM backpedal_leases WHERE migration = ?', [migration]);
  if (row === undefined) return { token: 0, run: null, storage: null };
  return { token: Number(row[0]), run: row[1] as string | null, storage: row[2] as string | null };
}

/** Grants or refuses the lease of a migration; see `DatabasePort.lease`. */
export function takeLease(session: Session, request: LeaseRequest): LeaseOutcome {
  const { migration, run, storage, mode } = request;
  const held = readLease(session, migration);
  if (mode === 'whenFree' && held.run !== null && held.run !== run) {
    return { status: 'busy', run: held.run, storage: held.storage ?? '' };
  }
  const token = held.token + 1;
  execute(
    session.db,
    `INSERT INTO backpedal_leases (migration, token, run, storage) VALUES (?, ?, ?, ?)
      ON CONFLICT (migration) DO UPDATE SET token = excluded.token, run = excluded.run, storage = excluded.storage`,
    [migration, token, run, storage],
  );
  return { status: 'granted', token };
}

/** Gives the lease back if this token holds it. */
export function releaseLease(session: Session, { migration, token }: Fence): void {
  execute(session.db, 'UPDATE backpedal_leases SET run = NULL, storage = NULL WHERE migration = ? AND token = ?', [
    migration,
    token,
  ]);
}

/**
 * Stops a transaction whose token is not the newest one. A token that was never issued here is refused as well: it
 * comes from a copy of this database that is not this one.
 * @throws DatabaseError `DATABASE_FENCED`
 */
export function assertFence(session: Session, fence: Fence): void {
  const { token } = readLease(session, fence.migration);
  if (token === fence.token) return;
  throw new DatabaseError(
    'DATABASE_FENCED',
    `Run ${fence.run} of ${fence.migration} holds token ${fence.token}, but the newest is ${token}: another run has taken over. Stop this one.`,
    { details: { migration: fence.migration, run: fence.run, token: fence.token, newest: token } },
  );
}

/** The recorded outcome of a step, or `undefined` when it has not been taken. */
export function recordedOutcome({ db }: Session, run: string, step: string): unknown {
  const row = firstRow(db, 'SELECT outcome FROM backpedal_steps WHERE run = ? AND step = ?', [run, step]);
  return row === undefined ? undefined : JSON.parse(String(row[0]));
}

/**
 * Takes a step under the token of a run, once: it is taken and its outcome recorded, or the recorded outcome is given.
 * @throws DatabaseError `DATABASE_FENCED`
 */
export function once<T>(session: Session, fence: Fence, step: string, take: () => T): T {
  assertFence(session, fence);
  const recorded = recordedOutcome(session, fence.run, step);
  if (recorded !== undefined) return recorded as T;
  const outcome = take();
  recordOutcome(session, fence, step, outcome);
  return outcome;
}

/** Forgets a step that has been undone. */
export function forgetStep({ db }: Session, run: string, step: string): void {
  execute(db, 'DELETE FROM backpedal_steps WHERE run = ? AND step = ?', [run, step]);
}

/** Records the outcome of a step; the first one stays. */
export function recordOutcome({ db }: Session, fence: Fence, step: string, outcome: unknown): void {
  execute(db, 'INSERT OR IGNORE INTO backpedal_steps (migration, run, step, outcome) VALUES (?, ?, ?, ?)', [
    fence.migration,
    fence.run,
    step,
    JSON.stringify(outcome ?? null),
  ]);
}

/** What is known of a migration's runs. */
export function readLedger(session: Session, migration: string): DatabaseLedger {
  const { token, run, storage } = readLease(session, migration);
  const steps = allRows(session.db, 'SELECT run, step, outcome FROM backpedal_steps WHERE migration = ? ORDER BY no', [
    migration,
  ]);
  return {
    token,
    holder: run === null ? null : { run, storage: storage ?? '' },
    steps: steps.map((row) => ({ run: String(row[0]), step: String(row[1]), outcome: JSON.parse(String(row[2])) })),
  };
}
