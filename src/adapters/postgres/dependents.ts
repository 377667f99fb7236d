import { type SQL, sql } from 'drizzle-orm';
import type { DependentSurvey } from '../../ports/database.ts';
import { type ForeignKey, type LiveTable, listForeignKeys, readTables } from './catalog.ts';
import { columnOf } from './encoding.ts';
import type { Session } from './engine.ts';
import { type Scratch, type Scratches, scratchesOf } from './scratch.ts';
import { firstNumber, list } from './sql.ts';

/** Rows that a clear removes from one table. */
export interface Removal {
  readonly table: LiveTable;
  /** The collection that is the reason. */
  readonly collection: string;
  /** Which rows, in a statement in which the table goes by its own name; `null` for every row. */
  readonly rows: SQL | null;
}

/** Rows that a foreign key changes with the removed ones. */
export interface Dependent {
  readonly table: LiveTable;
  readonly collection: string;
  readonly foreignKey: ForeignKey;
  readonly effect: DependentSurvey['effect'];
  readonly scratch: Scratch;
}

/** What is removed, and what hangs on it. */
export interface Removals {
  /** The removals that were given; where others refer to the table and rows are locked, exactly the locked rows. */
  readonly given: readonly Removal[];
  readonly dependents: readonly Dependent[];
}

interface Search {
  readonly session: Session;
  readonly mode: 'look' | 'lock';
  readonly scratches: Scratches;
  readonly tables: ReadonlyMap<number, LiveTable>;
  readonly removals: Removal[];
}

const removalsOf = (search: Search, oid: number): Removal[] => search.removals.filter(({ table }) => table.oid === oid);

const anyOf = (removals: readonly Removal[]): SQL =>
  sql.join(
    removals.map(({ rows }) => sql`(${rows ?? sql`TRUE`})`),
    sql` OR `,
  );

/** Lists the rows of the child table that refer to removed rows and are not removed themselves; `null` for none. */
async function referrers(search: Search, key: ForeignKey): Promise<{ table: LiveTable; scratch: Scratch } | null> {
  const parent = search.tables.get(key.parent);
  const child = search.tables.get(key.child);
  const removed = removalsOf(search, key.parent);
  const removedChildren = removalsOf(search, key.child);
  if (parent === undefined || child === undefined || removed.length === 0) return null;
  if (removedChildren.some(({ rows }) => rows === null)) return null;
  const childColumns = list(key.childColumns.map((column) => columnOf(child.ident, column)));
  const parentColumns = list(key.parentColumns.map((column) => columnOf(parent.ident, column)));
  // The parent's rows in a statement of their own: in a table that refers to itself both go by the same name.
  const refers = sql`(${childColumns}) IN (SELECT ${parentColumns} FROM ${parent.ident} WHERE ${anyOf(removed)})`;
  const stays = removedChildren.length === 0 ? sql`TRUE` : sql`(${anyOf(removedChildren)}) IS NOT TRUE`;
  const scratch = await search.scratches.list(child, sql`${refers} AND ${stays}`, search.mode);
  return scratch.rows === 0 ? null : { table: child, scratch };
}

const collectionOf = (search: Search, key: ForeignKey): string => removalsOf(search, key.parent)[0]?.collection ?? '';

/** Follows CASCADE to its ends; every row found is one more removal. */
async function followCascades(search: Search, keys: readonly ForeignKey[]): Promise<Dependent[]> {
  const found: Dependent[] = [];
  for (let grows = true; grows; ) {
    grows = false;
    for (const foreignKey of keys.filter(({ onDelete }) => onDelete === 'cascade')) {
      const referring = await referrers(search, foreignKey);
      if (referring === null) continue;
      const collection = collectionOf(search, foreignKey);
      found.push({ ...referring, collection, foreignKey, effect: 'moved' });
      search.removals.push({ table: referring.table, collection, rows: referring.scratch.listed });
      grows = true;
    }
  }
  return found;
}

function effectOf(key: ForeignKey, child: LiveTable): 'detached' | 'forbids' {
  if (key.onDelete === 'forbid') return 'forbids';
  const changed = child.columns.filter(({ name }) => key.changes.includes(name));
  const becomesNull = changed.filter(({ defaultSql }) => key.onDelete === 'setNull' || defaultSql === null);
  return becomesNull.some(({ notNull }) => notNull) ? 'forbids' : 'detached';
}

/** The tables that foreign keys lead to from these, and the foreign keys themselves. */
function reachable(keys: readonly ForeignKey[], from: readonly number[]): { oids: number[]; keys: ForeignKey[] } {
  const oids = new Set(from);
  for (let size = -1; size !== oids.size; ) {
    size = oids.size;
    for (const key of keys) if (oids.has(key.parent)) oids.add(key.child);
  }
  return { oids: [...oids], keys: keys.filter(({ parent }) => oids.has(parent)) };
}

/**
 * Every row that foreign keys would change with the removed ones (hazard H15). With `lock`, the removed rows that
 * others may refer to are locked first, and so is every row that is found: nobody can then refer to a removed row, or
 * change a dependent, before the transaction ends.
 */
export async function findDependents(
  session: Session,
  removals: readonly Removal[],
  mode: 'look' | 'lock',
): Promise<Removals> {
  const { oids, keys } = reachable(
    await listForeignKeys(session),
    removals.map(({ table }) => table.oid),
  );
  if (keys.length === 0) return { given: removals, dependents: [] };
  const tables = new Map((await readTables(session, oids)).map((table) => [table.oid, table]));
  const scratches = scratchesOf(session);
  const given: Removal[] = [];
  for (const removal of removals) {
    const isReferredTo = keys.some(({ parent }) => parent === removal.table.oid);
    if (mode === 'look' || !isReferredTo) given.push(removal);
    else {
      const locked = await scratches.list(removal.table, removal.rows ?? sql`TRUE`, 'lock');
      given.push({ ...removal, rows: locked.listed });
    }
  }
  const search: Search = { session, mode, scratches, tables, removals: [...given] };
  const dependents = await followCascades(search, keys);
  for (const foreignKey of keys.filter(({ onDelete }) => onDelete !== 'cascade')) {
    const referring = await referrers(search, foreignKey);
    if (referring === null) continue;
    const effect = effectOf(foreignKey, referring.table);
    dependents.push({ ...referring, collection: collectionOf(search, foreignKey), foreignKey, effect });
  }
  return { given, dependents };
}

/** Dependents by table, collection and effect, as the port tells them; a row with two references counts once. */
export async function summarizeDependents(
  session: Session,
  dependents: readonly Dependent[],
): Promise<DependentSurvey[]> {
  const groups = new Map<string, Dependent[]>();
  for (const dependent of dependents) {
    const id = JSON.stringify([dependent.table.oid, dependent.collection, dependent.effect]);
    groups.set(id, [...(groups.get(id) ?? []), dependent]);
  }
  const surveys: DependentSurvey[] = [];
  for (const group of groups.values()) {
    const { table, collection, effect } = group[0] as Dependent;
    const parts = group.map(({ scratch }) => sql`SELECT rel, tid FROM ${scratch.ident}`);
    const rows = await firstNumber(session, sql`SELECT count(*) FROM (${sql.join(parts, sql` UNION `)}) AS listed`);
    surveys.push({ table: table.display, collection, rows, effect });
  }
  return surveys;
}
