import { DatabaseError } from '../errors.ts';
import type { CollectionTable, DatabasePort } from '../ports/database.ts';
import { appSide } from './memory-database/app-side.ts';
import { archived, archives, dropArchive } from './memory-database/archive.ts';
import { clear, remaining, sweep, undoClear } from './memory-database/clear.ts';
import { begin, compare, copy, digest, rowDigests } from './memory-database/copy.ts';
import { lease, ledger, release } from './memory-database/lease.ts';
import { driftedPage, movablePage, planClear, toSurvey } from './memory-database/plan.ts';
import type { MemorySchema } from './memory-database/schema.ts';
import { createStore, type MemoryStore, once } from './memory-database/store.ts';
import type { MemoryDatabase, MemoryDatabaseOptions } from './memory-database/types.ts';

/**
 * A database in memory: the reference for what `DatabasePort` means, and a quick one for tests. Every method is one
 * synchronous transaction, so whatever has been committed is durable and nothing is ever half done.
 *
 * `memoryDatabase({ store })` opens the store of another handle: another process on the same database, or the same
 * process after `crash()`.
 * @throws DatabaseError `DATABASE_SCHEMA` for a declaration that cannot be used
 */
export function memoryDatabase(options: MemoryDatabaseOptions): MemoryDatabase {
  const store = 'store' in options ? options.store : createStore(checkedSchema(options));
  let alive = true;
  const attempt = async <T>(work: () => T): Promise<T> => {
    if (!alive) throw deadHandle();
    return work();
  };
  return {
    ...databasePort(store, attempt),
    ...appSide(store),
    store,
    crash: () => {
      alive = false;
    },
    failWrite: (count) => {
      store.counters.writesUntilFault = count;
    },
  };
}

function databasePort(store: MemoryStore, attempt: <T>(work: () => T) => Promise<T>): DatabasePort {
  const { schema } = store;
  return {
    failureDomain: schema.failureDomain ?? 'memory-database',
    scope: schema.scope === 'wholeTable' ? { kind: 'wholeTable' } : { kind: 'condition', name: schema.scope.name },
    tables: () => attempt(() => tablesInOrder(schema)),
    ping: () => attempt(() => undefined),
    lease: (request) => attempt(() => lease(store, request)),
    release: (fence) => attempt(() => release(store, fence)),
    ledger: (migration) => attempt(() => ledger(store, migration)),
    record: (fence, step, outcome) =>
      attempt(() => {
        once(store, fence, step, () => outcome);
      }),
    begin: (fence) => attempt(() => begin(store, fence)),
    copy: (fence, batch) => attempt(() => copy(store, fence, batch)),
    compare: (run, collection, rows) => attempt(() => compare(store, run, collection, rows)),
    digest: (fence) => attempt(() => digest(store, fence)),
    rowDigests: (run, collection, after, limit) => attempt(() => rowDigests(store, run, collection, after, limit)),
    survey: (_migration, undoes, limit) => attempt(() => toSurvey(planClear(store, undoes), limit)),
    drifted: (_migration, undoes, after, limit) => attempt(() => driftedPage(store, undoes, after, limit)),
    movable: (_migration, undoes, after, limit) => attempt(() => movablePage(store, undoes, after, limit)),
    clear: (fence, request) => attempt(() => clear(store, fence, request)),
    undoClear: (fence) => attempt(() => undoClear(store, fence)),
    sweep: (fence) => attempt(() => sweep(store, fence)),
    remaining: (_migration, undoes) => attempt(() => remaining(store, undoes)),
    archives: (migration) => attempt(() => archives(store, migration)),
    archived: (query) => attempt(() => archived(store, query)),
    dropArchive: (fence, run) => attempt(() => dropArchive(store, fence, run)),
  };
}

/** The collections' tables, each after those that it refers to; a circle is left in the declared order. */
function tablesInOrder(schema: MemorySchema): CollectionTable[] {
  const waiting = new Map(Object.entries(schema.tables));
  const ordered: CollectionTable[] = [];
  while (waiting.size > 0) {
    const entries = [...waiting];
    const [name, table] =
      entries.find(([self, { references }]) =>
        (references ?? []).every((reference) => reference.table === self || !waiting.has(reference.table)),
      ) ?? (entries[0] as (typeof entries)[number]);
    waiting.delete(name);
    ordered.push({ collection: name, table: name, columns: table.columns, idColumns: table.idColumns });
  }
  return ordered;
}

function checkedSchema(schema: MemorySchema): MemorySchema {
  const declared = Object.entries({ ...schema.others, ...schema.tables });
  for (const [name, { columns, idColumns, required, references }] of declared) {
    const used = [...idColumns, ...(required ?? []), ...(references ?? []).flatMap((reference) => reference.columns)];
    const unknown = used.find((column) => !columns.includes(column));
    if (unknown !== undefined) throw badSchema(name, `uses column "${unknown}", which \`columns\` does not name`);
    if (idColumns.length === 0) throw badSchema(name, 'has no id columns');
    const target = references?.find((reference) => !declared.some(([other]) => other === reference.table));
    if (target !== undefined) throw badSchema(name, `refers to "${target.table}", which is not declared`);
  }
  return schema;
}

function badSchema(table: string, fault: string): DatabaseError {
  return new DatabaseError('DATABASE_SCHEMA', `Table "${table}" ${fault}.`, { details: { table } });
}

function deadHandle(): DatabaseError {
  return new DatabaseError(
    'DATABASE_UNAVAILABLE',
    'The process that held this handle has crashed; open its store again with memoryDatabase({ store }).',
    { persistence: 'transient' },
  );
}
