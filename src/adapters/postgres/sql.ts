import { type SQL, sql } from 'drizzle-orm';
import { DatabaseError } from '../../errors.ts';
import type { Session } from './engine.ts';

/** An identifier of one part, quoted by Drizzle. */
export function name(identifier: string): SQL {
  return sql`${sql.identifier(identifier)}`;
}

/** Parts of a statement with commas between them. */
export function list(parts: readonly SQL[]): SQL {
  return sql.join([...parts], sql`, `);
}

/** All of these conditions; those that are `null` restrict nothing. */
export function all(conditions: readonly (SQL | null)[]): SQL {
  const given = conditions.filter((condition) => condition !== null);
  if (given.length === 0) return sql`TRUE`;
  return sql.join(
    given.map((condition) => sql`(${condition})`),
    sql` AND `,
  );
}

/** The first row of a statement. */
export async function firstRow(session: Session, statement: SQL): Promise<readonly unknown[] | undefined> {
  return (await session.rows(statement))[0];
}

/** The first value of a statement as a number; 0 when there is none. */
export async function firstNumber(session: Session, statement: SQL): Promise<number> {
  return Number((await firstRow(session, statement))?.[0] ?? 0);
}

/** Whether a statement gives a row. */
export async function exists(session: Session, statement: SQL): Promise<boolean> {
  return (await firstRow(session, statement)) !== undefined;
}

/**
 * An identifier that Postgres takes as it is, and that needs no thought wherever it is written.
 * @throws DatabaseError `DATABASE_SCHEMA`
 */
export function assertIdentifier(identifier: string, what: string): string {
  if (/^[a-z_][a-z0-9_]{0,62}$/i.test(identifier)) return identifier;
  throw new DatabaseError(
    'DATABASE_SCHEMA',
    `${what} is no identifier; give it a name of at most 63 letters, digits and underscores that does not begin with a digit.`,
  );
}

/** The literal of an array of texts, as Postgres reads it. */
export function arrayLiteral(values: readonly (string | null)[]): string {
  const parts = values.map((value) =>
    value === null ? 'NULL' : `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`,
  );
  return `{${parts.join(',')}}`;
}
