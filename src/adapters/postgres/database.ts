import { sql } from 'drizzle-orm';
import { PgDialect, type PgTable } from 'drizzle-orm/pg-core';
import { DatabaseError } from '../../errors.ts';
import type { CollectionTable, DatabasePort } from '../../ports/database.ts';
import { dropArchive, summarizeArchives } from './archive.ts';
import { listForeignKeys, parentsFirst } from './catalog.ts';
import { clearRows, countRemaining, sweepRows } from './clear.ts';
import { compareRows } from './compare.ts';
import { copyBatch } from './copy.ts';
import { readRowDigests, takeDigests } from './digest.ts';
import type { Driver } from './driver.ts';
import { type PgEngine, type PostgresTimeouts, pgEngine, type Session } from './engine.ts';
import { once, readLedger, releaseLease, takeLease } from './lease.ts';
import { clientDriver, type NodePostgresClient, type NodePostgresPool, poolDriver } from './node-postgres.ts';
import { readArchived, readDrifted, readMovable } from './pages.ts';
import { type PGliteClient, pgliteDriver } from './pglite.ts';
import { findRun, noteRowsBefore, type PlacedTable, placeTables } from './provenance.ts';
import { assertIdentifier, firstRow } from './sql.ts';
import { survey } from './survey.ts';
import { type AnyPgDatabase, type BoundTable, bindTables, type PostgresScope, scopeKind } from './tables.ts';
import { undoClear } from './undo.ts';

/** What `postgresDatabase` is told. */
export interface PostgresDatabaseOptions {
  /** A Drizzle database on node-postgres (a pool, or a connected client) or on PGlite. */
  readonly db: AnyPgDatabase;
  /** The app's Drizzle table behind each collection. Each needs a primary key. */
  readonly tables: Readonly<Record<string, PgTable>>;
  /** Which rows may be cleared; has no default. */
  readonly scope: PostgresScope;
  /** The schema of backpedal's own tables and archives. Default `backpedal`. */
  readonly schema?: string;
  /**
   * `onFirstUse` (default): our tables are created where they are missing. `byTeam`: they come with the app's own
   * migrations (see `postgresMigrations`); the role still needs CREATE in the schema, for archives.
   */
  readonly ownTables?: 'onFirstUse' | 'byTeam';
  readonly timeouts?: PostgresTimeouts;
  /** What is lost together with the database. Default: `postgres`; for PGlite where it keeps its data. */
  readonly failureDomain?: string;
}

const TIMEOUTS: Required<PostgresTimeouts> = { statement: 600_000, lock: 10_000, idle: 60_000, takeOver: 2000 };

const isPglite = (client: object): client is PGliteClient =>
  'transaction' in client && typeof client.transaction === 'function' && 'exec' in client;

const isPool = (client: object): client is NodePostgresPool =>
  'totalCount' in client && 'connect' in client && typeof client.connect === 'function';

const isClient = (client: object): client is NodePostgresClient =>
  'query' in client && typeof client.query === 'function' && 'getTypeParser' in client;

function driverOf(db: AnyPgDatabase): { driver: Driver; failureDomain: string } {
  const client = (db as unknown as { readonly $client?: unknown }).$client;
  if (typeof client === 'object' && client !== null) {
    if (isPglite(client)) return { driver: pgliteDriver(client), failureDomain: client.dataDir ?? 'memory' };
    if (isPool(client)) return { driver: poolDriver(client), failureDomain: 'postgres' };
    if (isClient(client)) return { driver: clientDriver(client), failureDomain: 'postgres' };
  }
  throw new DatabaseError(
    'DATABASE_SCHEMA',
    'The given `db` is no Drizzle database on node-postgres or PGlite; use drizzle-orm/node-postgres or drizzle-orm/pglite.',
  );
}

function checkTimeouts(timeouts: PostgresTimeouts): Required<PostgresTimeouts> {
  const all = { ...TIMEOUTS, ...timeouts };
  for (const [which, value] of Object.entries(all)) {
    if (Number.isSafeInteger(value) && value >= 1 && value <= 2 ** 31 - 1) continue;
    throw new DatabaseError('DATABASE_SCHEMA', `timeouts.${which} is no number of milliseconds from 1 to 2147483647.`);
  }
  return all;
}

/**
 * The database port on drizzle-orm and Postgres 14 or newer, with the app's own tables. Every method is one
 * transaction; rows are digested, compared and moved inside the database, so that a million of them need no more memory
 * here than ten thousand. Nothing is kept in a session, so that poolers of transactions do no harm.
 *
 *     postgresDatabase({ db: drizzle(pool), tables: { tasks }, scope: { name: userId, where: { tasks: eq(tasks.owner, userId) } } })
 *
 * @throws DatabaseError `DATABASE_SCHEMA` when tables, scope and names do not go together, listing every fault
 */
export function postgresDatabase(options: PostgresDatabaseOptions): DatabasePort {
  const { db, scope, ownTables = 'onFirstUse' } = options;
  const { driver, failureDomain } = driverOf(db);
  const tables = bindTables(db, options.tables, scope);
  const timeouts = checkTimeouts(options.timeouts ?? {});
  const engine = pgEngine({
    driver,
    // Only the dialect in the database object knows which casing the app has chosen.
    dialect: (db as unknown as { readonly dialect?: PgDialect }).dialect ?? new PgDialect(),
    schema: assertIdentifier(options.schema ?? 'backpedal', 'The schema of backpedal’s own tables'),
    scope: scope === 'wholeTable' ? '' : scope.name,
    ownTables,
    timeouts,
  });
  return {
    failureDomain: options.failureDomain ?? failureDomain,
    scope: scopeKind(scope),
    ...leaseMethods(engine, timeouts),
    ...migrationMethods(engine, tables),
    ...rollbackMethods(engine, tables),
  };
}

type MethodsOf<Name extends keyof DatabasePort> = Pick<DatabasePort, Name>;

function leaseMethods(
  engine: PgEngine,
  timeouts: Required<PostgresTimeouts>,
): MethodsOf<'ping' | 'lease' | 'release' | 'ledger' | 'record'> {
  return {
    ping: () => engine.read('a ping', async (session) => void (await firstRow(session, sql`SELECT 1`))),
    lease: (request) => takeLease(engine, timeouts, request),
    release: (fence) => engine.write('giving back a lease', (session) => releaseLease(session, fence)),
    ledger: (migration) => engine.read('reading the ledger', (session) => readLedger(session, migration)),
    record: (fence, step, outcome) =>
      engine.write(
        `recording step ${step}`,
        async (session) => void (await once(session, fence, step, async () => outcome)),
      ),
  };
}

/** Runs work with the table of a collection as it is now. */
async function withTable<T>(
  session: Session,
  tables: readonly BoundTable[],
  collection: string,
  work: (table: PlacedTable) => Promise<T>,
): Promise<T> {
  const bound = tables.filter((each) => each.collection === collection);
  const [table] = await placeTables(session, bound);
  if (table !== undefined) return work(table);
  throw new DatabaseError('DATABASE_SCHEMA', `There is no table for collection ${collection}; add it to \`tables\`.`, {
    details: { collection },
  });
}

function migrationMethods(
  engine: PgEngine,
  tables: readonly BoundTable[],
): MethodsOf<'tables' | 'begin' | 'copy' | 'compare' | 'digest' | 'rowDigests'> {
  return {
    tables: () => engine.read('reading the schema', (session) => describeTables(session, tables)),
    begin: (fence) =>
      engine.write('beginning a run', async (session) => {
        await once(session, fence, 'begin', async () => {
          await noteRowsBefore(session, fence, await placeTables(session, tables));
        });
      }),
    copy: (fence, batch) =>
      engine.write(`copying ${batch.collection}`, (session) =>
        withTable(session, tables, batch.collection, (table) => copyBatch(session, table, fence, batch)),
      ),
    compare: (run, collection, rows) =>
      engine.read(`comparing ${collection}`, (session) =>
        withTable(session, tables, collection, async (table) =>
          compareRows(session, table, await findRun(session, run), rows),
        ),
      ),
    digest: (fence) =>
      engine.write('taking digests', async (session) =>
        takeDigests(session, fence, await placeTables(session, tables)),
      ),
    rowDigests: (run, collection, after, limit) =>
      engine.read('reading digests', (session) =>
        withTable(session, tables, collection, (table) => readRowDigests(session, run, table, after, limit)),
      ),
  };
}

function rollbackMethods(
  engine: PgEngine,
  tables: readonly BoundTable[],
): MethodsOf<
  | 'survey'
  | 'drifted'
  | 'movable'
  | 'clear'
  | 'undoClear'
  | 'sweep'
  | 'remaining'
  | 'archives'
  | 'archived'
  | 'dropArchive'
> {
  const look = <T>(doing: string, work: (session: Session, placed: readonly PlacedTable[]) => Promise<T>): Promise<T> =>
    engine.read(doing, async (session) => work(session, await placeTables(session, tables)));
  return {
    survey: (_migration, undoes, limit) =>
      look('a survey', (session, placed) => survey(session, placed, undoes, limit)),
    drifted: (_migration, undoes, after, limit) =>
      look('reading drifted rows', (session, placed) => readDrifted(session, placed, undoes, after, limit)),
    movable: (_migration, undoes, after, limit) =>
      look('reading rows', (session, placed) => readMovable(session, placed, undoes, after, limit)),
    clear: (fence, request) => clearRows(engine, tables, fence, request),
    undoClear: (fence) => engine.write('putting rows back', (session) => undoClear(session, fence)),
    sweep: (fence) => engine.write('a sweep', (session) => sweepRows(session, tables, fence)),
    remaining: (_migration, undoes) =>
      engine.read('counting rows', (session) => countRemaining(session, tables, undoes)),
    archives: (migration) => engine.read('reading archives', (session) => summarizeArchives(session, migration)),
    archived: (query) => look('reading an archive', (session, placed) => readArchived(session, placed, query)),
    dropArchive: (fence, run) => engine.write('dropping an archive', (session) => dropArchive(session, fence, run)),
  };
}

/** The tables as the port tells them. @throws DatabaseError `DATABASE_SCHEMA` when one of them or a column is missing */
async function describeTables(session: Session, tables: readonly BoundTable[]): Promise<CollectionTable[]> {
  const placed = await placeTables(session, tables);
  for (const { bound, live } of placed) {
    const missing = bound.columns
      .map(({ name }) => name)
      .filter((each) => !live.columns.some(({ name }) => name === each));
    if (missing.length === 0) continue;
    throw new DatabaseError(
      'DATABASE_SCHEMA',
      `Table ${bound.name} lacks ${missing.join(', ')}; bring the database's schema up to date.`,
      { details: { table: bound.name, columns: missing } },
    );
  }
  const ordered = parentsFirst(placed, ({ live }) => live.oid, await listForeignKeys(session));
  return ordered.map(({ bound, live }) => ({
    collection: bound.collection,
    table: live.display,
    columns: bound.columns.map(({ property }) => property),
    idColumns: bound.idColumns.map(({ property }) => property),
  }));
}
