import { PGlite } from '@electric-sql/pglite';
import type { PgTable } from 'drizzle-orm/pg-core';
import { drizzle } from 'drizzle-orm/pglite';
import {
  type PostgresDatabaseOptions,
  type PostgresScope,
  postgresDatabase,
} from '../../src/adapters/postgres/index.ts';
import type { ArchivedRow, CopyOutcome, DatabasePort, Fence, Row } from '../../src/ports/database.ts';
import { CLEAN_DDL } from './contract-schema.ts';

export const MIGRATION = 'pg';

/** A PGlite that is emptied for each test, and a port on tables of its own. */
export interface PgliteBench {
  readonly raw: PGlite;
  readonly port: DatabasePort;
  /** Every row of a table as Postgres writes it, in an order of its own. */
  text(table: string): Promise<readonly string[]>;
}

let shared: PGlite | null = null;

/** The one PGlite of a test file. */
export function pglite(): PGlite {
  if (shared === null || shared.closed) shared = new PGlite();
  return shared;
}

/** An empty database with these tables, and a port on them. */
export async function bench(
  ddl: string,
  tables: Readonly<Record<string, PgTable>>,
  scope: PostgresScope = 'wholeTable',
  options: Partial<PostgresDatabaseOptions> & { readonly casing?: 'snake_case' } = {},
): Promise<PgliteBench> {
  const raw = pglite();
  await raw.exec(CLEAN_DDL + ddl);
  const db = drizzle(raw, options.casing === undefined ? {} : { casing: options.casing });
  return {
    raw,
    port: postgresDatabase({ db, tables, scope, ...options }),
    text: async (table) => {
      const { rows } = await raw.query(`SELECT t::text AS row FROM ${table} AS t ORDER BY 1`);
      return rows.map((row) => (row as { row: string }).row);
    },
  };
}

export async function hold(port: DatabasePort, run: string): Promise<Fence> {
  const lease = await port.lease({ migration: MIGRATION, run, storage: 's', mode: 'takeOver' });
  if (lease.status !== 'granted') throw new Error('not granted');
  return { migration: MIGRATION, run, token: lease.token };
}

/** Begins run `in` and copies rows, in the order of the tables. */
export async function copyAll(
  port: DatabasePort,
  rows: Readonly<Record<string, readonly Row[]>>,
): Promise<Readonly<Record<string, CopyOutcome>>> {
  const fence = await hold(port, 'in');
  await port.begin(fence);
  const outcomes: Record<string, CopyOutcome> = {};
  for (const { collection } of await port.tables()) {
    outcomes[collection] = await port.copy(fence, { step: collection, collection, rows: rows[collection] ?? [] });
  }
  await port.digest(fence);
  return outcomes;
}

/** Migrates rows as run `in`; none of them may be refused. */
export async function migrate(port: DatabasePort, rows: Readonly<Record<string, readonly Row[]>>): Promise<void> {
  const rejected = Object.values(await copyAll(port, rows)).flatMap((outcome) => outcome.rejected);
  if (rejected.length > 0) throw new Error(rejected.map(({ reason }) => reason).join());
}

/** Clears the rows of run `in` as run `out`. */
export async function clear(port: DatabasePort, drift: 'any' | 'none' = 'any'): Promise<Fence> {
  const fence = await hold(port, 'out');
  const { status } = await port.clear(fence, { undoes: 'in', drift });
  if (status !== 'cleared') throw new Error(`The clear ended ${status}.`);
  return fence;
}

export async function archivedBy(port: DatabasePort, run: string): Promise<readonly ArchivedRow[]> {
  return (await port.archived({ migration: MIGRATION, run, content: 'all', after: null, limit: 10_000 })).rows;
}
