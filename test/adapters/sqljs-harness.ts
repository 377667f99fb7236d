import { drizzle } from 'drizzle-orm/sql-js';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import initSqlJs, { type Database, type SqlJsStatic, type Statement } from 'sql.js';
import { type SqlJsScope, sqlJsDatabase } from '../../src/adapters/sqljs/index.ts';
import type { ArchivedRow, DatabasePort, Fence, Row } from '../../src/ports/database.ts';

export const SQL: SqlJsStatic = await initSqlJs();

export const MIGRATION = 'sqljs';

export interface Bench {
  readonly raw: Database;
  readonly port: DatabasePort;
  /** Every table of the app's, rowids included, and the text of everything in its schema. */
  content(): unknown;
}

/** A database in memory with these tables and foreign keys enforced. */
export function bench(
  ddl: string,
  tables: Readonly<Record<string, SQLiteTable>>,
  scope: SqlJsScope = 'wholeTable',
): Bench {
  const raw = new SQL.Database();
  raw.run('PRAGMA foreign_keys = ON');
  raw.run(ddl);
  return { raw, port: sqlJsDatabase({ db: drizzle(raw), tables, scope }), content: () => contentOf(raw) };
}

// The option is newer than the published types.
const readExactly = (statement: Statement): unknown[] =>
  (statement.get as (params: null, options: { useBigInt: boolean }) => unknown[]).call(statement, null, {
    useBigInt: true,
  });

/** The rows of a query, with bytes as lists of numbers and integers exactly. */
export function query(raw: Database, sql: string): unknown[][] {
  const statement = raw.prepare(sql);
  const rows: unknown[][] = [];
  while (statement.step()) {
    const values = readExactly(statement);
    rows.push(values.map((value) => (value instanceof Uint8Array ? { bytes: [...value] } : value)));
  }
  statement.free();
  return rows;
}

const OURS = `name NOT LIKE 'backpedal%' AND tbl_name NOT LIKE 'backpedal%'`;

function contentOf(raw: Database): unknown {
  const schema = query(raw, `SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE ${OURS} ORDER BY type, name`);
  const tables = query(
    raw,
    `SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'backpedal%' ORDER BY name`,
  );
  const rows = tables
    .map(([name, withoutRowid]) => [String(name), withoutRowid === 1n] as const)
    .filter(([name]) => !name.startsWith('sqlite_schema') && !name.startsWith('sqlite_stat'))
    .map(([name, withoutRowid]) => {
      const columns = query(raw, `SELECT name FROM pragma_table_info('${name}')`).map(([column]) => `"${column}"`);
      const typed = columns.map((column) => `typeof(${column}), CAST(${column} AS BLOB), quote(${column})`);
      const key = withoutRowid ? 'NULL' : 'rowid';
      return [name, query(raw, `SELECT ${key}, ${typed.join(', ')} FROM "${name}" ORDER BY 1, 2, 3`)];
    });
  return { schema, rows };
}

export async function hold(port: DatabasePort, run: string): Promise<Fence> {
  const lease = await port.lease({ migration: MIGRATION, run, storage: 's', mode: 'takeOver' });
  if (lease.status !== 'granted') throw new Error('not granted');
  return { migration: MIGRATION, run, token: lease.token };
}

/** Migrates rows as run `in`, in the order of the tables. */
export async function migrate(port: DatabasePort, rows: Readonly<Record<string, readonly Row[]>>): Promise<void> {
  const fence = await hold(port, 'in');
  await port.begin(fence);
  for (const { collection } of await port.tables()) {
    const outcome = await port.copy(fence, { step: collection, collection, rows: rows[collection] ?? [] });
    if (outcome.rejected.length > 0) throw new Error(outcome.rejected.map(({ reason }) => reason).join());
  }
  await port.digest(fence);
}

export async function archivedBy(port: DatabasePort, run: string): Promise<readonly ArchivedRow[]> {
  const page = await port.archived({ migration: MIGRATION, run, content: 'all', after: null, limit: 1_000_000 });
  return page.rows;
}
