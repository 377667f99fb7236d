import { BackpedalError, DatabaseError } from '../../errors.ts';

/** What Postgres tells about an error, besides a message that may hold values. */
interface PostgresFault {
  readonly code?: string;
  readonly constraint?: string;
  readonly column?: string;
  readonly table?: string;
  readonly cause?: unknown;
}

function faultOf(thrown: unknown): PostgresFault | null {
  for (let each = thrown, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth += 1) {
    const fault = each as PostgresFault;
    if (typeof fault.code === 'string' && /^[0-9A-Z]{5}$/.test(fault.code)) return fault;
  }
  return null;
}

/** The SQLSTATE of what the server answered, or `null` when it was not the server that refused. */
export function sqlStateOf(thrown: unknown): string | null {
  return faultOf(thrown)?.code ?? null;
}

/** Serialization failures and deadlocks: the same transaction may succeed at once. */
export function isConflict(thrown: unknown): boolean {
  const state = sqlStateOf(thrown);
  return state === '40001' || state === '40P01';
}

/** A lock that was not to be had in time. */
export function isLockTimeout(thrown: unknown): boolean {
  return sqlStateOf(thrown) === '55P03';
}

const CONNECTION_ENDED = /terminat|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|socket|closed|not queryable|timeout/i;

const transient = (message: string, cause: unknown): DatabaseError =>
  new DatabaseError('DATABASE_UNAVAILABLE', message, { cause, persistence: 'transient' });

function ofState(state: string, thrown: unknown, doing: string): DatabaseError {
  const family = state.slice(0, 2);
  if (family === '40') return transient(`Others kept changing the same rows during ${doing}; try again.`, thrown);
  if (state === '55P03') return transient(`Somebody holds a lock that ${doing} needs; try again.`, thrown);
  if (state === '57014') return transient(`Postgres ended ${doing}, which took longer than it may.`, thrown);
  if (['08', '53', '57'].includes(family) || state === '25P03') {
    return transient(`Postgres could not carry out ${doing} now; nothing was changed. Try again.`, thrown);
  }
  if (state === '23503' || state === '23001') {
    return new DatabaseError(
      'DATABASE_RESTRICTED',
      `A foreign key forbids ${doing}; nothing was changed. Remove what refers to the rows, then try again.`,
      { cause: thrown },
    );
  }
  if (['42P01', '42703', '3F000', '42704'].includes(state)) {
    return new DatabaseError(
      'DATABASE_SCHEMA',
      `The database lacks a table or column that ${doing} needs; bring its schema up to date.`,
      { cause: thrown },
    );
  }
  if (state === '42501') {
    return new DatabaseError(
      'DATABASE_SCHEMA',
      `The database role may not do what ${doing} needs: it reads and writes the tables, and creates tables in the schema of backpedal. Grant it that.`,
      { cause: thrown },
    );
  }
  return new DatabaseError(
    'DATABASE_FAILED',
    `Postgres refused ${doing} (SQLSTATE ${state}); nothing was changed. See the cause.`,
    { cause: thrown, details: { sqlState: state } },
  );
}

/**
 * Whatever a driver threw as a DatabaseError. The message names what was being done; Postgres' own words stay in the
 * cause, because they hold values.
 */
export function asDatabaseError(thrown: unknown, doing: string): BackpedalError {
  if (thrown instanceof BackpedalError) return thrown;
  const state = sqlStateOf(thrown);
  if (state !== null) return ofState(state, thrown, doing);
  const { code = '', message = '' } = thrown instanceof Error ? (thrown as Error & { code?: string }) : {};
  if (CONNECTION_ENDED.test(`${code} ${message}`)) {
    return transient(
      `The connection to Postgres ended before ${doing} was done; nothing was changed. Try again.`,
      thrown,
    );
  }
  return new DatabaseError('DATABASE_FAILED', `The client refused ${doing}; nothing was changed. See the cause.`, {
    cause: thrown,
  });
}

/** Whether the same may succeed later: it was others who were in the way, or the connection. */
export function isTransient(thrown: unknown): boolean {
  return asDatabaseError(thrown, 'a change').persistence === 'transient';
}

const CONSTRAINTS: Readonly<Record<string, string>> = {
  '23502': 'NOT NULL constraint',
  '23503': 'FOREIGN KEY constraint',
  '23505': 'UNIQUE constraint',
  '23514': 'CHECK constraint',
  '23P01': 'EXCLUDE constraint',
  '44000': 'CHECK OPTION of a view',
  '42501': 'refused by a policy for rows',
  '54000': 'a value is larger than an index takes',
  '22021': 'a text cannot hold U+0000',
  '22P05': 'JSON cannot hold U+0000 or a lone surrogate',
};

/** Whether a constraint refused what was written. */
export function isConstraint(thrown: unknown): boolean {
  return sqlStateOf(thrown)?.startsWith('23') ?? false;
}

/**
 * Why Postgres refused a row, in words without values: the kind of constraint and the column or the constraint's name.
 * `null` when it was not the row's fault.
 */
export function rejectionReason(thrown: unknown): string | null {
  const fault = faultOf(thrown);
  const state = fault?.code;
  if (fault === null || state === undefined) return null;
  const where = fault.column ?? fault.constraint;
  const known = CONSTRAINTS[state];
  if (known !== undefined) return where === undefined ? known : `${known}: ${where}`;
  if (state.startsWith('23')) return 'a constraint';
  if (state.startsWith('22')) return 'a value does not fit the type of its column';
  return state === 'P0001' ? 'refused by a trigger' : null;
}
