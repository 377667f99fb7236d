import { type SQL, sql } from 'drizzle-orm';
import { type DriftEntry, type DriftKind, NO_DRIFT, type RowDrift } from '../../ports/database.ts';
import { dataColumns, type LiveTable } from './catalog.ts';
import type { Dependent } from './dependents.ts';
import { digestSql, keySql, sumToHex } from './encoding.ts';
import type { Session } from './engine.ts';
import type { Part } from './provenance.ts';

/** The rows of one collection, or what has become of them, as a place that can be read. */
export interface RowSource {
  /** The table; nothing else may be in the same FROM under its name. */
  readonly from: SQL;
  readonly key: SQL;
  readonly digest: SQL;
  /** Where the row is found again in the archive; NULL for live ones. */
  readonly place: SQL;
  /** The number of the archive; `null` for live rows. */
  readonly archive: number | null;
}

const DRIFT = sql`pg_temp.backpedal_drift`;

/** The drifted rows of one transaction. */
export interface DriftBook {
  /** Compares the rows of a source with those that a run recorded, row by row. */
  collect(source: RowSource, part: Part | null, table: LiveTable, collection: string): Promise<Kinds>;
  /** Notes dependents with their content. */
  collectDependents(dependents: readonly Dependent[]): Promise<void>;
  summarize(): Promise<RowDrift>;
  /** In the order of table and key, behind an entry. */
  entries(after: { readonly table: string; readonly key: string } | null, limit: number): Promise<DriftEntry[]>;
  /** Keeps the kinds of the archived rows, under the run that archived them. */
  keep(run: string): Promise<void>;
}

/** How many rows of a collection drifted. */
export interface Kinds {
  readonly added: number;
  readonly changed: number;
  readonly deleted: number;
}

/** The name of a row of any table: its primary key or, where it has none, its content. */
export function keyOfTable(table: LiveTable, source: SQL = table.ident): SQL {
  if (table.primaryKey.length > 0) return keySql(source, table.primaryKey);
  return sql`('["#' || ${digestSql(source, { recorded: dataColumns(table), later: [] })} || '"]') COLLATE "C"`;
}

const collectSql = (session: Session, source: RowSource, part: Part | null, table: string, collection: string): SQL => {
  const recorded = sql`${session.own.brought} AS m`;
  const ofPart = part === null ? sql`FALSE` : sql`m.part = ${part.no}::int`;
  // By digest first: rows are few in which it differs, and only of those is the key of interest.
  return sql`INSERT INTO ${DRIFT} (table_name, collection, key, kind, content, archive, place)
    SELECT ${table}, ${collection}, coalesce(gone.key, come.key),
      CASE WHEN gone.key IS NULL THEN 'added' WHEN come.key IS NULL THEN 'deleted' ELSE 'changed' END,
      come.digest, ${source.archive}::int, come.place
    FROM (SELECT m.key, m.digest FROM ${recorded}
        WHERE ${ofPart} AND NOT EXISTS (SELECT 1 FROM ${source.from} WHERE ${source.digest} = m.digest)) AS gone
      FULL JOIN (SELECT ${source.key} AS key, ${source.digest} AS digest, ${source.place} AS place FROM ${source.from}
        WHERE NOT EXISTS (SELECT 1 FROM ${recorded} WHERE ${ofPart} AND m.digest = ${source.digest})) AS come
      ON gone.key = come.key`;
};

async function summarizeDrift(session: Session): Promise<RowDrift> {
  const hash = sql`hashtextextended(kind || E'\\n' || table_name || E'\\n' || coalesce(content::text, '') || E'\\n'
    || key COLLATE "C", 0)`;
  const rows = await session.rows(sql`SELECT kind, count(*), sum(${hash})::text FROM ${DRIFT} GROUP BY kind`);
  const count = (kind: DriftKind): number => Number(rows.find(([each]) => each === kind)?.[1] ?? 0);
  const total = rows.reduce((sum, [, each]) => sum + Number(each), 0);
  const sum = rows.reduce((all, [, , each]) => all + BigInt(String(each)), 0n);
  return {
    digest: total === 0 ? NO_DRIFT : `${total}-${sumToHex(sum)}`,
    added: count('added'),
    changed: count('changed'),
    deleted: count('deleted'),
    dependents: count('dependent'),
  };
}

const NONE: RowDrift = { digest: NO_DRIFT, added: 0, changed: 0, deleted: 0, dependents: 0 };

async function readEntries(
  session: Session,
  after: { readonly table: string; readonly key: string } | null,
  limit: number,
): Promise<DriftEntry[]> {
  const behind = after === null ? sql`TRUE` : sql`(table_name, key) > (${after.table}, ${after.key})`;
  const rows = await session.rows(sql`SELECT collection, table_name, key, kind FROM ${DRIFT}
    WHERE ${behind} ORDER BY table_name, key LIMIT ${limit}::int`);
  return rows.map(([collection, table, key, kind]) => ({
    collection: String(collection),
    table: String(table),
    key: String(key),
    kind: String(kind) as DriftKind,
  }));
}

/** An empty book of drift, in a temporary table that goes with the transaction; there is none while nothing drifted. */
export function driftBook(session: Session): DriftBook {
  let isOpen = false;
  const open = async (): Promise<void> => {
    if (isOpen) return;
    isOpen = true;
    await session.run(sql`CREATE TEMPORARY TABLE ${DRIFT} (table_name text COLLATE "C" NOT NULL,
      collection text NOT NULL, key text COLLATE "C" NOT NULL, kind text NOT NULL, content int8, archive int, place int8,
      PRIMARY KEY (table_name, key)) ON COMMIT DROP`);
  };
  return {
    async collect(source, part, table, collection) {
      await open();
      await session.run(collectSql(session, source, part, table.display, collection));
      const rows = await session.rows(sql`SELECT kind, count(*) FROM ${DRIFT}
        WHERE table_name = ${table.display} AND kind <> 'dependent' GROUP BY kind`);
      const count = (kind: DriftKind): number => Number(rows.find(([each]) => each === kind)?.[1] ?? 0);
      return { added: count('added'), changed: count('changed'), deleted: count('deleted') };
    },
    async collectDependents(dependents) {
      for (const { table, collection, effect, scratch } of dependents) {
        if (effect === 'forbids') continue;
        await open();
        const digest = digestSql(table.ident, { recorded: dataColumns(table), later: [] });
        await session.run(sql`INSERT INTO ${DRIFT} (table_name, collection, key, kind, content)
          SELECT ${table.display}, ${collection}, ${keyOfTable(table)}, 'dependent', ${digest}
          FROM ${table.ident} WHERE ${scratch.listed} ON CONFLICT DO NOTHING`);
      }
    },
    summarize: async () => (isOpen ? summarizeDrift(session) : NONE),
    entries: async (after, limit) => (isOpen ? readEntries(session, after, limit) : []),
    async keep(run) {
      if (!isOpen) return;
      await session.run(sql`INSERT INTO ${session.own.drift} (scope, run, table_name, key, kind, archive, place)
        SELECT ${session.scope}, ${run}, table_name, key, kind, archive, place FROM ${DRIFT} WHERE kind <> 'dependent'
        ON CONFLICT DO NOTHING`);
    },
  };
}
