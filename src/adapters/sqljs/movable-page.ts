import type { ArchivedRow, ArchivePage } from '../../ports/database.ts';
import { toAppRow } from './archive.ts';
import { dropScratches } from './dependents.ts';
import { type CollectionPlan, planClear } from './drift.ts';
import { keySql, readSql } from './encoding.ts';
import type { Session } from './engine.ts';
import { idNames } from './provenance.ts';
import { forEachRow, whereAll } from './sql.ts';
import { type BoundTable, quotedTable } from './tables.ts';

/** The rows of one collection behind a key, in the order of their keys. */
function readCollection(
  session: Session,
  { bound, table, rows }: CollectionPlan,
  kinds: ReadonlyMap<string, ArchivedRow['kind']>,
  after: string,
  limit: number,
): ArchivedRow[] {
  const columns = table.columns.map(({ name }) => name);
  const key = keySql(idNames(bound), table.name);
  const where = whereAll([rows, { sql: `${key} > ?`, params: [after] }]);
  const found: ArchivedRow[] = [];
  forEachRow(
    session.db,
    `SELECT ${key} AS backpedal_key, ${columns.map((column) => readSql(column, table.name)).join(', ')}
      FROM ${quotedTable(bound)}${where.sql} ORDER BY backpedal_key LIMIT ?`,
    [...where.params, limit],
    ([rowKey, ...values]) => {
      const name = String(rowKey);
      const row = toAppRow(bound, columns, values);
      const kind = kinds.get(name) ?? 'unchanged';
      found.push({ collection: bound.collection, table: bound.name, key: name, kind, row });
    },
  );
  return found;
}

/** The rows that a clear would move, a page in the order of collection and key: see `DatabasePort.movable`. */
export function readMovable(
  session: Session,
  tables: readonly BoundTable[],
  undoes: string,
  after: string | null,
  limit: number,
): ArchivePage {
  const plan = planClear(session, tables, undoes);
  dropScratches(session);
  const [from = '', lastKey = ''] = after === null ? [] : (JSON.parse(after) as string[]);
  const rows: ArchivedRow[] = [];
  const first = Math.max(
    0,
    plan.collections.findIndex(({ bound }) => bound.collection === from),
  );
  for (const collection of plan.collections.slice(first)) {
    if (rows.length >= limit) break;
    const drifted = plan.drifted.filter((row) => row.collection === collection.bound.collection);
    const kinds = new Map(drifted.map(({ key, kind }) => [key, kind]));
    const begin = collection.bound.collection === from ? lastKey : '';
    rows.push(...readCollection(session, collection, kinds, begin, limit - rows.length));
  }
  const last = rows.at(-1);
  const isFull = rows.length === limit && last !== undefined;
  return { rows, next: isFull ? JSON.stringify([last.collection, last.key]) : null };
}
