import type { DependentSurvey } from '../../ports/database.ts';
import { type ForeignKey, type LiveTable, listForeignKeys, locatorOf, readTable, sameName } from './catalog.ts';
import type { Session } from './engine.ts';
import { type Condition, execute, firstNumber, quoteName } from './sql.ts';

/** Rows that a clear removes from one table. */
export interface Removal {
  readonly table: LiveTable;
  /** The collection that is the reason. */
  readonly collection: string;
  /** Which rows; `null` for every row. */
  readonly rows: Condition | null;
}

/** Rows that a foreign key changes with the removed ones; they are listed in a scratch table by their locators. */
export interface Dependent {
  readonly table: LiveTable;
  readonly collection: string;
  readonly foreignKey: ForeignKey;
  readonly effect: DependentSurvey['effect'];
  readonly rows: Condition;
  readonly count: number;
}

const CHILD = 'backpedal_child';

const locates = (table: LiveTable, a: string, b: string): string =>
  locatorOf(table)
    .map((column) => `${a}.${column} = ${b}.${column}`)
    .join(' AND ');

// A removed row stands for all rows of the table when nothing restricts it.
const anyOf = (removals: readonly { readonly rows: Condition | null }[]): Condition => {
  const conditions = removals.map(({ rows }) => rows ?? { sql: 'TRUE', params: [] });
  return {
    sql: conditions.map(({ sql }) => `(${sql})`).join(' OR '),
    params: conditions.flatMap(({ params }) => [...params]),
  };
};

/** The rows in a scratch table, as a condition on the table that it was taken from. */
function listedIn(table: LiveTable, scratch: string): Condition {
  const columns = locatorOf(table).map((column) => `${quoteName(table.name)}.${column}`);
  const tuple = columns.length === 1 ? columns[0] : `(${columns.join(', ')})`;
  return { sql: `${tuple} IN (SELECT * FROM temp.${scratch})`, params: [] };
}

/** Removals by table, with what is needed to find more. */
interface Search {
  readonly session: Session;
  readonly removals: Removal[];
  scratches: number;
}

const removalsOf = (search: Search, table: string): Removal[] =>
  search.removals.filter((removal) => sameName(removal.table.name, table));

/** Lists the rows of the child table that refer to removed rows and are not removed themselves; `null` for none. */
function referrers(search: Search, key: ForeignKey): { table: LiveTable; rows: Condition; count: number } | null {
  const { db } = search.session;
  const parents = removalsOf(search, key.parent);
  const removedChildren = removalsOf(search, key.child);
  if (parents.length === 0 || removedChildren.some(({ rows }) => rows === null)) return null;
  const parent = quoteName(key.parent);
  const child = quoteName(key.child);
  const table = readTable(db, key.child);
  // The parent's column comes first and the child's loses its affinity: SQLite compares foreign keys by the collation
  // and the affinity of the parent.
  const refers = key.parentColumns.map(
    (column, i) => `${parent}.${quoteName(column)} = +${CHILD}.${quoteName(key.childColumns[i] as string)}`,
  );
  const removed = anyOf(parents);
  const gone = anyOf(removedChildren);
  const goneSql =
    removedChildren.length === 0
      ? ''
      : ` AND NOT EXISTS (SELECT 1 FROM ${child} WHERE ${locates(table, child, CHILD)} AND (${gone.sql}))`;
  const scratch = `backpedal_scratch_${search.scratches}`;
  search.scratches += 1;
  execute(
    db,
    `CREATE TEMP TABLE ${scratch} AS SELECT ${locatorOf(table)
      .map((column) => `${CHILD}.${column}`)
      .join(', ')}
      FROM ${child} AS ${CHILD} WHERE EXISTS (SELECT 1 FROM ${parent} WHERE ${refers.join(' AND ')} AND (${removed.sql}))
      ${goneSql}`,
    [...removed.params, ...gone.params],
  );
  const count = firstNumber(db, `SELECT count(*) FROM temp.${scratch}`);
  return count === 0 ? null : { table, rows: listedIn(table, scratch), count };
}

const collectionOf = (search: Search, key: ForeignKey): string => removalsOf(search, key.parent)[0]?.collection ?? '';

/** Follows CASCADE to its ends; every row found is one more removal. */
function followCascades(search: Search, keys: readonly ForeignKey[]): Dependent[] {
  const found: Dependent[] = [];
  for (let grows = true; grows; ) {
    grows = false;
    for (const foreignKey of keys.filter(({ onDelete }) => onDelete === 'CASCADE')) {
      const referring = referrers(search, foreignKey);
      if (referring === null) continue;
      const collection = collectionOf(search, foreignKey);
      found.push({ ...referring, collection, foreignKey, effect: 'moved' });
      search.removals.push({ table: referring.table, collection, rows: referring.rows });
      grows = true;
    }
  }
  return found;
}

function effectOf(key: ForeignKey, child: LiveTable): 'detached' | 'forbids' {
  const nulls = key.onDelete === 'SET NULL';
  if (!nulls && key.onDelete !== 'SET DEFAULT') return 'forbids';
  const columns = child.columns.filter(({ name }) => key.childColumns.some((column) => sameName(column, name)));
  const becomesNull = columns.filter(({ defaultSql }) => nulls || defaultSql === null);
  return becomesNull.some(({ notNull }) => notNull) ? 'forbids' : 'detached';
}

/**
 * Every row that foreign keys would change with the removed ones (hazard H15); none while they are not enforced. The
 * scratch tables stay until {@link dropScratches}.
 */
export function findDependents(session: Session, removals: readonly Removal[]): Dependent[] {
  if (!session.foreignKeys) return [];
  const search: Search = { session, removals: [...removals], scratches: 0 };
  const keys = listForeignKeys(session.db);
  const dependents = followCascades(search, keys);
  for (const foreignKey of keys.filter(({ onDelete }) => onDelete !== 'CASCADE')) {
    const referring = referrers(search, foreignKey);
    if (referring === null) continue;
    const effect = effectOf(foreignKey, referring.table);
    dependents.push({ ...referring, collection: collectionOf(search, foreignKey), foreignKey, effect });
  }
  return dependents;
}

/** Removes what {@link findDependents} left behind, so that it can be called again in the same transaction. */
export function dropScratches({ db }: Session): void {
  for (let i = 0; ; i += 1) {
    const scratch = `backpedal_scratch_${i}`;
    const there = firstNumber(db, 'SELECT count(*) FROM temp.sqlite_schema WHERE name = ?', [scratch]);
    if (there === 0) return;
    db.run(`DROP TABLE temp.${scratch}`);
  }
}

/** Dependents by table, collection and effect, as the port tells them; a row with two references counts once. */
export function summarizeDependents({ db }: Session, dependents: readonly Dependent[]): DependentSurvey[] {
  const groups = new Map<string, Dependent[]>();
  for (const dependent of dependents) {
    const name = JSON.stringify([dependent.table.name, dependent.collection, dependent.effect]);
    groups.set(name, [...(groups.get(name) ?? []), dependent]);
  }
  return [...groups.values()].map((group): DependentSurvey => {
    const { table, collection, effect } = group[0] as Dependent;
    const any = anyOf(group);
    const rows = firstNumber(db, `SELECT count(*) FROM ${quoteName(table.name)} WHERE ${any.sql}`, any.params);
    return { table: table.name, collection, rows, effect };
  });
}

/**
 * The tables in which rows fell back to a default that refers to no row, now that the others are gone; SQLite would
 * have refused that.
 */
export function brokenDefaults({ db }: Session, dependents: readonly Dependent[]): string[] {
  const suspects = dependents.filter(
    ({ effect, foreignKey }) => effect === 'detached' && foreignKey.onDelete === 'SET DEFAULT',
  );
  const broken = suspects.filter(({ table, foreignKey }) => {
    const sql = 'SELECT count(*) FROM pragma_foreign_key_check(?) WHERE lower(parent) = lower(?)';
    return firstNumber(db, sql, [table.name, foreignKey.parent]) > 0;
  });
  return [...new Set(broken.map(({ table }) => table.name))];
}
