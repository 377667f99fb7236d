import type { Database, SqlValue, Statement } from 'sql.js';

/** An identifier, quoted for SQL text. */
export function quoteName(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

/** A string literal for SQL text; for names of tables and runs, never for users' values. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Calls `visit` with each row of a query. */
export function forEachRow(
  db: Database,
  sql: string,
  params: readonly SqlValue[],
  visit: (row: SqlValue[]) => void,
): void {
  const statement = db.prepare(sql);
  try {
    statement.bind([...params]);
    while (statement.step()) visit(statement.get());
  } finally {
    statement.free();
  }
}

/** All rows of a query. */
export function allRows(db: Database, sql: string, params: readonly SqlValue[] = []): SqlValue[][] {
  const rows: SqlValue[][] = [];
  forEachRow(db, sql, params, (row) => rows.push(row));
  return rows;
}

/** The first row of a query. */
export function firstRow(db: Database, sql: string, params: readonly SqlValue[] = []): SqlValue[] | undefined {
  const statement = db.prepare(sql);
  try {
    statement.bind([...params]);
    return statement.step() ? statement.get() : undefined;
  } finally {
    statement.free();
  }
}

const kept = new WeakMap<Database, Map<string, Statement>>();

/**
 * The first row of a query without parameters. Its statement stays with the database: for what every transaction asks,
 * compiling it anew takes longer than the answer.
 */
export function firstRowOfKept(db: Database, sql: string): SqlValue[] | undefined {
  const statements = kept.get(db) ?? new Map<string, Statement>();
  const statement = statements.get(sql) ?? db.prepare(sql);
  kept.set(db, statements.set(sql, statement));
  try {
    return statement.step() ? statement.get() : undefined;
  } finally {
    statement.reset();
  }
}

const encoder = new TextEncoder();

/**
 * Whether the database keeps texts as UTF-8, as nearly all do. Then a long text is better handed over as the bytes that
 * it is stored as, see {@link utf8}: sql.js writes a string into SQLite's memory unit by unit, and bytes in one go.
 */
export function keepsUtf8(db: Database): boolean {
  return firstRowOfKept(db, 'PRAGMA encoding')?.[0] === 'UTF-8';
}

/** A text as bytes, for SQL that casts them to text. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** A long text as a parameter: what stands for it in SQL, and the value to be bound. */
export function longText(db: Database, text: string): { readonly sql: string; readonly value: SqlValue } {
  return keepsUtf8(db) ? { sql: 'CAST(? AS TEXT)', value: utf8(text) } : { sql: '?', value: text };
}

/** The first column of the first row as a number; 0 when there is none. */
export function firstNumber(db: Database, sql: string, params: readonly SqlValue[] = []): number {
  return Number(firstRow(db, sql, params)?.[0] ?? 0);
}

/** Runs one statement and returns how many rows it changed itself (triggers not counted). */
export function execute(db: Database, sql: string, params: readonly SqlValue[] = []): number {
  db.run(sql, [...params]);
  return db.getRowsModified();
}

/** A condition on the rows of one table, with the values to be bound to it. `null` holds for every row. */
export interface Condition {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

/** The rows for which all of the conditions hold, as text behind the table's name in a query; empty for none. */
export function whereAll(conditions: readonly (Condition | null)[]): Condition {
  const present = conditions.filter((c) => c !== null);
  if (present.length === 0) return { sql: '', params: [] };
  return {
    sql: ` WHERE ${present.map((c) => `(${c.sql})`).join(' AND ')}`,
    params: present.flatMap((c) => [...c.params]),
  };
}
