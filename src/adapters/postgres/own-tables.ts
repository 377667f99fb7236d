import {
  bigint,
  boolean,
  customType,
  integer,
  type PgTable,
  pgSchema,
  primaryKey,
  serial,
  text,
  unique,
} from 'drizzle-orm/pg-core';

// Keys are compared and put in order byte by byte, whatever the database's own collation is.
const key = customType<{ data: string }>({ dataType: () => 'text COLLATE "C"' });

/**
 * The tables of backpedal in one schema, as Drizzle knows them.
 *
 * - `leases`: one row for each scope and migration; the token only ever grows. Whoever writes under a token locks it.
 * - `steps`: the outcome of a step, written in the transaction of its effect.
 * - `runs`: the runs that brought rows; `no` tells which of two is the newer one. `cleared_by` names the run that moved
 *   its rows out and has not put them back, `dropped` says that they are no longer in the archive.
 * - `parts`: what a run brought into one table: the columns that the digests cover, and the sum of the digests.
 * - `brought`: provenance: key and digest of every row that a run brought.
 * - `before`: the keys that were there before a run brought its own.
 * - `archives`: one row for each archive table; the tables themselves lie in the same schema.
 * - `drift`: the kind of every archived row that is not unchanged, and of the deleted ones.
 */
export interface BackpedalTables {
  readonly leases: PgTable;
  readonly steps: PgTable;
  readonly runs: PgTable;
  readonly parts: PgTable;
  readonly brought: PgTable;
  readonly before: PgTable;
  readonly archives: PgTable;
  readonly drift: PgTable;
}

/**
 * Backpedal's own tables as a Drizzle schema, for a team that keeps its migrations with Drizzle Kit.
 * @param schema the schema in which they lie
 */
export function backpedalTables(schema: string = 'backpedal'): BackpedalTables {
  const own = pgSchema(schema);
  return { ...runTables(own), ...rowTables(own) };
}

type OwnSchema = ReturnType<typeof pgSchema>;

function runTables(own: OwnSchema): Pick<BackpedalTables, 'leases' | 'steps' | 'runs' | 'archives'> {
  return {
    leases: own.table(
      'leases',
      {
        scope: text('scope').notNull(),
        migration: text('migration').notNull(),
        token: bigint('token', { mode: 'number' }).notNull(),
        run: text('run'),
        storage: text('storage'),
      },
      (table) => [primaryKey({ columns: [table.scope, table.migration] })],
    ),
    steps: own.table(
      'steps',
      {
        no: serial('no').primaryKey(),
        scope: text('scope').notNull(),
        migration: text('migration').notNull(),
        run: text('run').notNull(),
        step: text('step').notNull(),
        outcome: text('outcome').notNull(),
      },
      (table) => [unique().on(table.scope, table.run, table.step)],
    ),
    runs: own.table(
      'runs',
      {
        no: serial('no').primaryKey(),
        scope: text('scope').notNull(),
        run: text('run').notNull(),
        migration: text('migration').notNull(),
        clearedBy: text('cleared_by'),
        dropped: boolean('dropped').notNull().default(false),
      },
      (table) => [unique().on(table.scope, table.run)],
    ),
    archives: own.table('archives', {
      no: serial('no').primaryKey(),
      scope: text('scope').notNull(),
      migration: text('migration').notNull(),
      run: text('run').notNull(),
      collection: text('collection').notNull(),
      tableSchema: text('table_schema').notNull(),
      tableName: text('table_name').notNull(),
      display: text('display').notNull(),
      archive: text('archive').notNull(),
      part: text('part').notNull(),
      columns: text('columns').notNull(),
      undo: text('undo').notNull(),
    }),
  };
}

function rowTables(own: OwnSchema): Pick<BackpedalTables, 'parts' | 'brought' | 'before' | 'drift'> {
  return {
    parts: own.table(
      'parts',
      {
        no: serial('no').primaryKey(),
        run: integer('run').notNull(),
        tableName: text('table_name').notNull(),
        columns: text('columns').notNull(),
        rows: bigint('rows', { mode: 'number' }),
        digest: text('digest'),
      },
      (table) => [unique().on(table.run, table.tableName)],
    ),
    brought: own.table(
      'brought',
      {
        part: integer('part').notNull(),
        key: key('key').notNull(),
        digest: bigint('digest', { mode: 'bigint' }).notNull(),
      },
      (table) => [primaryKey({ columns: [table.part, table.key] })],
    ),
    before: own.table('before', { part: integer('part').notNull(), key: key('key').notNull() }, (table) => [
      primaryKey({ columns: [table.part, table.key] }),
    ]),
    drift: own.table(
      'drift',
      {
        scope: text('scope').notNull(),
        run: text('run').notNull(),
        tableName: text('table_name').notNull(),
        key: key('key').notNull(),
        kind: text('kind').notNull(),
        archive: integer('archive'),
        place: bigint('place', { mode: 'number' }),
      },
      (table) => [primaryKey({ columns: [table.scope, table.run, table.tableName, table.key] })],
    ),
  };
}
