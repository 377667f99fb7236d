import { sql } from 'drizzle-orm';
import { DatabaseError } from '../../errors.ts';
import type { DatabaseLedger, Fence, LeaseOutcome, LeaseRequest } from '../../ports/database.ts';
import type { PgEngine, PostgresTimeouts, Session } from './engine.ts';
import { isLockTimeout } from './failures.ts';
import { firstRow } from './sql.ts';

interface LeaseRow {
  readonly token: number;
  readonly run: string | null;
  readonly storage: string | null;
}

const textOrNull = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));

const toLease = (row: readonly unknown[] | undefined): LeaseRow =>
  row === undefined
    ? { token: 0, run: null, storage: null }
    : { token: Number(row[0]), run: textOrNull(row[1]), storage: textOrNull(row[2]) };

async function readLease(session: Session, migration: string): Promise<LeaseRow> {
  const { own, scope } = session;
  const statement = sql`SELECT token, run, storage FROM ${own.leases} WHERE scope = ${scope} AND migration = ${migration}`;
  return toLease(await firstRow(session, statement));
}

// Whoever writes under a token holds this lock until the transaction ends, and a take-over waits for it: an ordinary
// row, because advisory locks of a session do not survive a pooler.
async function lockLease(session: Session, migration: string): Promise<LeaseRow> {
  const { own, scope } = session;
  const row = await firstRow(
    session,
    sql`SELECT token, run, storage, pg_current_xact_id()::text FROM ${own.leases}
      WHERE scope = ${scope} AND migration = ${migration} FOR UPDATE`,
  );
  if (row !== undefined) session.noteTransactionId(String(row[3]));
  return toLease(row);
}

async function grant(session: Session, { migration, run, storage, mode }: LeaseRequest): Promise<LeaseOutcome> {
  const { own, scope } = session;
  const busy = (held: LeaseRow): LeaseOutcome | null =>
    mode === 'whenFree' && held.run !== null && held.run !== run
      ? { status: 'busy', run: held.run, storage: held.storage ?? '' }
      : null;
  // Looked at without waiting first: whoever holds it may be in the middle of a long transaction.
  const refused = busy(await readLease(session, migration));
  if (refused !== null) return refused;
  await session.run(
    sql`INSERT INTO ${own.leases} (scope, migration, token) VALUES (${scope}, ${migration}, 0) ON CONFLICT DO NOTHING`,
  );
  const held = await lockLease(session, migration);
  const late = busy(held);
  if (late !== null) return late;
  const token = held.token + 1;
  await session.run(sql`UPDATE ${own.leases} SET token = ${token}::int8, run = ${run}, storage = ${storage}
    WHERE scope = ${scope} AND migration = ${migration}`);
  return { status: 'granted', token };
}

/** Ends the transaction that holds the lease's row: of a holder that is frozen, or that nobody hears any more. */
async function endHoldersTransaction(engine: PgEngine, migration: string): Promise<void> {
  await engine.read('ending the transaction of a former holder', async (session) => {
    const { own, scope } = session;
    await session.rows(sql`SELECT pg_terminate_backend(l.pid) FROM ${own.leases} AS x
      JOIN pg_locks AS l ON l.locktype = 'transactionid' AND l.transactionid = x.xmax AND l.granted
      WHERE x.scope = ${scope} AND x.migration = ${migration} AND l.pid <> pg_backend_pid()`);
  });
}

const TAKE_OVER_ATTEMPTS = 5;

/** Grants or refuses the lease of a migration; see `DatabasePort.lease`. */
export async function takeLease(
  engine: PgEngine,
  { takeOver }: Required<PostgresTimeouts>,
  request: LeaseRequest,
): Promise<LeaseOutcome> {
  if (request.mode === 'whenFree') return engine.write('a lease', (session) => grant(session, request));
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await engine.write('a take-over', (session) => grant(session, request), { lock: takeOver });
    } catch (thrown) {
      if (!(thrown instanceof DatabaseError) || !isLockTimeout(thrown.cause) || attempt === TAKE_OVER_ATTEMPTS) {
        throw thrown;
      }
      await endHoldersTransaction(engine, request.migration);
    }
  }
}

/** Gives the lease back if this token holds it. */
export async function releaseLease(session: Session, { migration, token }: Fence): Promise<void> {
  const { own, scope } = session;
  await session.run(sql`UPDATE ${own.leases} SET run = NULL, storage = NULL
    WHERE scope = ${scope} AND migration = ${migration} AND token = ${token}::int8`);
}

/**
 * Stops a transaction whose token is not the newest one; one whose token is keeps others from taking over until it
 * ends. A token that was never issued here is refused as well: it comes from another database.
 * @throws DatabaseError `DATABASE_FENCED`
 */
export async function assertFence(session: Session, fence: Fence): Promise<void> {
  const { token } = await lockLease(session, fence.migration);
  if (token === fence.token) return;
  throw new DatabaseError(
    'DATABASE_FENCED',
    `Run ${fence.run} of ${fence.migration} holds token ${fence.token}, but the newest is ${token}: another run has taken over. Stop this one.`,
    { details: { migration: fence.migration, run: fence.run, token: fence.token, newest: token } },
  );
}

/** The recorded outcome of a step, or `undefined` when it has not been taken. */
export async function recordedOutcome(session: Session, run: string, step: string): Promise<unknown> {
  const { own, scope } = session;
  const row = await firstRow(
    session,
    sql`SELECT outcome FROM ${own.steps} WHERE scope = ${scope} AND run = ${run} AND step = ${step}`,
  );
  return row === undefined ? undefined : JSON.parse(String(row[0]));
}

/** Records the outcome of a step; the first one stays. */
export async function recordOutcome(session: Session, fence: Fence, step: string, outcome: unknown): Promise<void> {
  const { own, scope } = session;
  await session.run(sql`INSERT INTO ${own.steps} (scope, migration, run, step, outcome)
    VALUES (${scope}, ${fence.migration}, ${fence.run}, ${step}, ${jsonText(outcome)}) ON CONFLICT DO NOTHING`);
}

/** Forgets a step that has been undone. */
export async function forgetStep(session: Session, run: string, step: string): Promise<void> {
  const { own, scope } = session;
  await session.run(sql`DELETE FROM ${own.steps} WHERE scope = ${scope} AND run = ${run} AND step = ${step}`);
}

// JSON text has no U+0000 of its own, and a lone surrogate is written as an escape: Postgres takes every outcome.
const jsonText = (outcome: unknown): string => JSON.stringify(outcome ?? null);

/**
 * Takes a step under the token of a run, once: it is taken and its outcome recorded, or the recorded outcome is given.
 * @throws DatabaseError `DATABASE_FENCED`
 */
export async function once<T>(session: Session, fence: Fence, step: string, take: () => Promise<T>): Promise<T> {
  await assertFence(session, fence);
  const recorded = await recordedOutcome(session, fence.run, step);
  if (recorded !== undefined) return recorded as T;
  const outcome = await take();
  await recordOutcome(session, fence, step, outcome);
  return outcome;
}

/** What is known of a migration's runs. */
export async function readLedger(session: Session, migration: string): Promise<DatabaseLedger> {
  const { own, scope } = session;
  const { token, run, storage } = await readLease(session, migration);
  const steps = await session.rows(
    sql`SELECT run, step, outcome FROM ${own.steps} WHERE scope = ${scope} AND migration = ${migration} ORDER BY no`,
  );
  return {
    token,
    holder: run === null ? null : { run, storage: storage ?? '' },
    steps: steps.map((row) => ({ run: String(row[0]), step: String(row[1]), outcome: JSON.parse(String(row[2])) })),
  };
}
