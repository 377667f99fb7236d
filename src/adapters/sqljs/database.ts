import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Database } from 'sql.js';
import { DatabaseError } from '../../errors.ts';
import type { CollectionTable, DatabasePort } from '../../ports/database.ts';
import { dropArchive, readArchived, summarizeArchives } from './archive.ts';
import { listForeignKeys, parentsFirst, readTable, sameName } from './catalog.ts';
import { noteContentChange } from './change-watch.ts';
import { clearRows, countRemaining, sweepRows } from './clear.ts';
import { compareRows } from './compare.ts';
import { copyBatch } from './copy.ts';
import { dropScratches } from './dependents.ts';
import { readRowDigests, takeDigests } from './digest.ts';
import { planClear, toSurvey } from './drift.ts';
import { readDrifted } from './drifted-page.ts';
import { memoryEngine, type Session, type SqlEngine } from './engine.ts';
import type { SqlJsImage } from './image.ts';
import { once, readLedger, releaseLease, takeLease } from './lease.ts';
import { readMovable } from './movable-page.ts';
import { findRun, noteRowsBefore } from './provenance.ts';
import { type AnySqlJsDatabase, type BoundTable, bindTables, type SqlJsScope, scopeKind } from './tables.ts';
import { undoClear } from './undo.ts';

/** What `sqlJsDatabase` is told. */
export type SqlJsDatabaseOptions = {
  /** The app's Drizzle table behind each collection. Each needs a primary key. */
  readonly tables: Readonly<Record<string, SQLiteTable>>;
  /** Which rows may be cleared; has no default. */
  readonly scope: SqlJsScope;
} & (
  | {
      /** A Drizzle database on a sql.js database in memory. */
      readonly db: AnySqlJsDatabase;
    }
  | {
      /** A database in a file or another image store, opened with `openSqlJsImage`. */
      // biome-ignore lint/suspicious/noExplicitAny: an image of any schema is welcome
      readonly image: SqlJsImage<any>;
    }
);

// Drizzle does not hand out the sql.js database under it in any other way.
function clientOf(db: AnySqlJsDatabase): Database {
  const { client } = (db as unknown as { readonly session: { readonly client?: Database } }).session;
  if (typeof client?.prepare === 'function') return client;
  throw new DatabaseError(
    'DATABASE_SCHEMA',
    'The given `db` is no Drizzle database on sql.js; use drizzle-orm/sql-js.',
  );
}

/**
 * The database port on drizzle-orm and sql.js, with the app's own tables. Every method is one synchronous transaction
 * on the raw database; Drizzle compiles the statements.
 *
 *     sqlJsDatabase({ db: drizzle(new SQL.Database()), tables: { tasks, environments }, scope: 'wholeTable' })
 *
 * @throws DatabaseError `DATABASE_SCHEMA` when tables and scope do not go together, listing every fault
 */
export function sqlJsDatabase(options: SqlJsDatabaseOptions): DatabasePort {
  const db: AnySqlJsDatabase = 'image' in options ? options.image.db : options.db;
  const engine = 'image' in options ? options.image.engine : memoryEngine(clientOf(options.db));
  const tables = bindTables(db, options.tables, options.scope);
  const tableOf = (collection: string): BoundTable => {
    const table = tables.find((each) => each.collection === collection);
    if (table !== undefined) return table;
    throw new DatabaseError(
      'DATABASE_SCHEMA',
      `There is no table for collection ${collection}; add it to \`tables\`.`,
      {
        details: { collection },
      },
    );
  };
  return {
    failureDomain: engine.failureDomain,
    scope: scopeKind(options.scope),
    ...leaseMethods(engine),
    ...migrationMethods(engine, db, tables, tableOf),
    ...rollbackMethods(engine, tables),
  };
}

/** A change of the app's rows, or of what is recorded of them: a plan made before it is out of date. */
const content =
  <T>(change: (session: Session) => T) =>
  (session: Session): T => {
    try {
      return change(session);
    } finally {
      noteContentChange(session.db);
    }
  };

type MethodsOf<Name extends keyof DatabasePort> = Pick<DatabasePort, Name>;

function leaseMethods(engine: SqlEngine): MethodsOf<'ping' | 'lease' | 'release' | 'ledger' | 'record'> {
  return {
    ping: () => engine.read('a ping', ({ db }) => void db.exec('SELECT 1')),
    lease: (request) => engine.write('a lease', (session) => takeLease(session, request)),
    release: (fence) => engine.write('giving back a lease', (session) => releaseLease(session, fence)),
    ledger: (migration) => engine.read('reading the ledger', (session) => readLedger(session, migration)),
    record: (fence, step, outcome) =>
      engine.write(`recording step ${step}`, (session) => void once(session, fence, step, () => outcome)),
  };
}

function migrationMethods(
  engine: SqlEngine,
  db: AnySqlJsDatabase,
  tables: readonly BoundTable[],
  tableOf: (collection: string) => BoundTable,
): MethodsOf<'tables' | 'begin' | 'copy' | 'compare' | 'digest' | 'rowDigests'> {
  return {
    tables: () => engine.read('reading the schema', (session) => describeTables(session, tables)),
    begin: (fence) =>
      engine.write(
        'beginning a run',
        content((session) => void once(session, fence, 'begin', () => noteRowsBefore(session, fence, tables))),
      ),
    copy: async (fence, batch) => {
      const table = tableOf(batch.collection);
      return engine.write(
        `copying ${batch.collection}`,
        content((session) => copyBatch(session, db, table, fence, batch)),
      );
    },
    compare: async (run, collection, rows) => {
      const table = tableOf(collection);
      return engine.read(`comparing ${collection}`, (session) =>
        compareRows(session, table, findRun(session, run), rows),
      );
    },
    digest: (fence) =>
      engine.write(
        'taking digests',
        content((session) => takeDigests(session, fence, tables)),
      ),
    rowDigests: async (run, collection, after, limit) => {
      const table = tableOf(collection);
      return engine.read('reading digests', (session) => readRowDigests(session, run, table, after, limit));
    },
  };
}

function rollbackMethods(
  engine: SqlEngine,
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
  return {
    survey: (_migration, undoes, limit) =>
      engine.read('a survey', (session) => {
        const survey = toSurvey(planClear(session, tables, undoes), limit);
        dropScratches(session);
        return survey;
      }),
    drifted: (_migration, undoes, after, limit) =>
      engine.read('reading drifted rows', (session) => readDrifted(session, tables, undoes, after, limit)),
    movable: (_migration, undoes, after, limit) =>
      engine.read('reading rows', (session) => readMovable(session, tables, undoes, after, limit)),
    clear: (fence, request) =>
      engine.write(
        'clearing',
        content((session) => clearRows(session, tables, fence, request)),
        'suspended',
      ),
    undoClear: (fence) =>
      engine.write(
        'putting rows back',
        content((session) => undoClear(session, fence)),
        'suspended',
      ),
    sweep: (fence) =>
      engine.write(
        'a sweep',
        content((session) => sweepRows(session, tables, fence)),
        'suspended',
      ),
    remaining: (_migration, undoes) =>
      engine.read('counting rows', (session) => countRemaining(session, tables, undoes)),
    archives: (migration) => engine.read('reading archives', (session) => summarizeArchives(session, migration)),
    archived: (query) => engine.read('reading an archive', (session) => readArchived(session, tables, query)),
    dropArchive: (fence, run) =>
      engine.write(
        'dropping an archive',
        content((session) => dropArchive(session, fence, run)),
      ),
  };
}

/** The tables as the port tells them. @throws DatabaseError `DATABASE_SCHEMA` when one of them or a column is missing */
function describeTables(session: Session, tables: readonly BoundTable[]): CollectionTable[] {
  for (const bound of tables) {
    const live = readTable(session.db, bound.name);
    const missing = bound.columns.filter(
      ({ name, column }) => column.generated === undefined && !live.columns.some((each) => sameName(each.name, name)),
    );
    if (missing.length === 0) continue;
    const names = missing.map(({ name }) => name);
    throw new DatabaseError(
      'DATABASE_SCHEMA',
      `Table ${bound.name} lacks ${names.join(', ')}; bring the database's schema up to date.`,
      { details: { table: bound.name, columns: names } },
    );
  }
  return parentsFirst(tables, listForeignKeys(session.db)).map(({ collection, name, columns, idColumns }) => ({
    collection,
    table: name,
    columns: columns.map(({ property }) => property),
    idColumns: idColumns.map(({ property }) => property),
  }));
}
