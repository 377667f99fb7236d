import { is, Param, Placeholder, sql } from 'drizzle-orm';
import type { SqlValue } from 'sql.js';
import type { Row } from '../../ports/database.ts';
import { driverValue, isRefusal, mapRow, type Refusal } from './given-row.ts';
import { utf8 } from './sql.ts';
import type { AnySqlJsDatabase, BoundColumn, BoundTable } from './tables.ts';

/** An insert statement as Drizzle compiles it, for all rows that have the same properties. */
export interface InsertPlan {
  readonly sql: string;
  /** The values of a row in the order of the statement, or why it cannot be written. */
  bind(row: Row): SqlValue[] | Refusal;
}

// What Drizzle's own insert does for a property that is left out: a default made in JavaScript, one for each row.
const defaultMaker = ({ column }: BoundColumn): (() => unknown) | undefined =>
  column.default === undefined ? (column.defaultFn ?? column.onUpdateFn) : undefined;

/** A property of the row that no column takes, which would be lost in silence. */
export function unknownProperty({ properties }: BoundTable, row: Row): string | undefined {
  for (const property in row) if (row[property] !== undefined && !properties.has(property)) return property;
  return undefined;
}

/** A place in the statement that a column's value goes to, or a value that is the same for every row. */
type Slot =
  | { readonly column: BoundColumn; readonly position: number; readonly form: 'asIs' | 'utf8' }
  | { readonly constant: SqlValue };

function bindRow(table: BoundTable, slots: readonly Slot[], row: Row): SqlValue[] | Refusal {
  const unknown = unknownProperty(table, row);
  if (unknown !== undefined) return { refused: `there is no column for property ${unknown}` };
  const mapped = mapRow(table, row);
  if (isRefusal(mapped)) return mapped;
  const values: SqlValue[] = [];
  for (const slot of slots) {
    if ('constant' in slot) {
      values.push(slot.constant);
      continue;
    }
    const { column, position, form } = slot;
    const isLeftOut = row[column.property] === undefined;
    const value = isLeftOut ? driverValue(column, defaultMaker(column)?.()) : (mapped[position] ?? null);
    if (isRefusal(value)) return value;
    values.push(form === 'utf8' && typeof value === 'string' ? utf8(value) : value);
  }
  return values;
}

function compile(
  db: AnySqlJsDatabase,
  table: BoundTable,
  columns: readonly BoundColumn[],
  formOf: (column: BoundColumn) => 'asIs' | 'utf8',
): InsertPlan {
  const placeholders = columns.map((column) => {
    const placeholder = sql.placeholder(column.property);
    return [column.property, formOf(column) === 'utf8' ? sql`cast(${placeholder} as text)` : placeholder];
  });
  const query = db.insert(table.table).values(Object.fromEntries(placeholders)).toSQL();
  const byProperty = new Map(columns.map((column) => [column.property, column]));
  const slots = (query.params as unknown[]).map((param): Slot => {
    const inner = is(param, Param) ? param.value : param;
    if (!is(inner, Placeholder)) return { constant: param as SqlValue };
    const column = byProperty.get(inner.name) as BoundColumn;
    return { column, position: table.columns.indexOf(column), form: formOf(column) };
  });
  return {
    // A conflict clause in the table's own definition could let an insert replace a row of somebody else.
    sql: query.sql.replace(/^insert into/i, 'INSERT OR ABORT INTO'),
    bind: (row) => bindRow(table, slots, row),
  };
}

/**
 * Compiles an insert statement for each set of properties that occurs, once.
 * @param documents in which form documents are handed over: `utf8` where the database keeps texts so
 */
export function insertPlans(
  db: AnySqlJsDatabase,
  table: BoundTable,
  documents: 'asIs' | 'utf8',
): (row: Row) => InsertPlan {
  const plans = new Map<string, InsertPlan>();
  const writable = table.columns.filter(({ column }) => column.generated === undefined);
  const isGiven = (column: BoundColumn, row: Row): boolean =>
    row[column.property] !== undefined || defaultMaker(column) !== undefined;
  // Its driver values are texts and nothing else, so that the cast changes none.
  const formOf = ({ column }: BoundColumn): 'asIs' | 'utf8' =>
    column.columnType === 'SQLiteTextJson' ? documents : 'asIs';
  return (row) => {
    let shape = '';
    for (const column of writable) shape += isGiven(column, row) ? '1' : '0';
    let plan = plans.get(shape);
    if (plan === undefined) {
      const given = writable.filter((column) => isGiven(column, row));
      plan = compile(db, table, given, formOf);
      plans.set(shape, plan);
    }
    return plan;
  };
}
