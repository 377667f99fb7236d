import { is, Param, Placeholder, sql } from 'drizzle-orm';
import type { SqlValue } from 'sql.js';
import type { Row } from '../../ports/database.ts';
import { isWellFormed } from './encoding.ts';
import type { AnySqlJsDatabase, BoundColumn, BoundTable } from './tables.ts';

/** The values of one row in the order of an insert statement, or why it cannot be written. */
export type BoundRow =
  | { readonly status: 'bound'; readonly values: SqlValue[] }
  | { readonly status: 'refused'; readonly reason: string };

/** An insert statement as Drizzle compiles it, for all rows that have the same properties. */
export interface InsertPlan {
  readonly sql: string;
  bind(row: Row): BoundRow;
}

// What Drizzle's own insert does for a property that is left out: a default made in JavaScript, one for each row.
const defaultMaker = ({ column }: BoundColumn): (() => unknown) | undefined =>
  column.default === undefined ? (column.defaultFn ?? column.onUpdateFn) : undefined;

const isBindable = (value: unknown): value is SqlValue | bigint | boolean =>
  value === null || ['string', 'number', 'bigint', 'boolean'].includes(typeof value) || value instanceof Uint8Array;

/** A property of the row that no column takes, which would be lost in silence. */
export function unknownProperty({ properties }: BoundTable, row: Row): string | undefined {
  for (const property in row) if (row[property] !== undefined && !properties.has(property)) return property;
  return undefined;
}

const typeName = (value: unknown): string =>
  value === null ? 'null' : typeof value === 'object' ? (value.constructor?.name ?? 'object') : typeof value;

function compile(db: AnySqlJsDatabase, table: BoundTable, columns: readonly BoundColumn[]): InsertPlan {
  const placeholders = Object.fromEntries(columns.map(({ property }) => [property, sql.placeholder(property)]));
  const query = db.insert(table.table).values(placeholders).toSQL();
  const byProperty = new Map(columns.map((column) => [column.property, column]));
  const slots = (query.params as unknown[]).map((param) => {
    const inner = is(param, Param) ? param.value : param;
    return is(inner, Placeholder) ? (byProperty.get(inner.name) as BoundColumn) : { constant: param as SqlValue };
  });
  return {
    // A conflict clause in the table's own definition could let an insert replace a row of somebody else.
    sql: query.sql.replace(/^insert into/i, 'INSERT OR ABORT INTO'),
    bind(row) {
      const unknown = unknownProperty(table, row);
      if (unknown !== undefined) return { status: 'refused', reason: `there is no column for property ${unknown}` };
      const values: SqlValue[] = [];
      for (const slot of slots) {
        if ('constant' in slot) {
          values.push(slot.constant);
          continue;
        }
        const value = row[slot.property] === undefined ? defaultMaker(slot)?.() : row[slot.property];
        let mapped: unknown;
        try {
          mapped = value === null ? null : slot.column.mapToDriverValue(value);
        } catch {
          return { status: 'refused', reason: `column ${slot.name} does not take a value of type ${typeName(value)}` };
        }
        if (!isBindable(mapped)) {
          return { status: 'refused', reason: `column ${slot.name} does not take a value of type ${typeName(value)}` };
        }
        if (typeof mapped === 'string' && !isWellFormed(mapped)) {
          return { status: 'refused', reason: `column ${slot.name} cannot hold a lone surrogate` };
        }
        values.push(mapped as SqlValue);
      }
      return { status: 'bound', values };
    },
  };
}

/** Compiles an insert statement for each set of properties that occurs, once. */
export function insertPlans(db: AnySqlJsDatabase, table: BoundTable): (row: Row) => InsertPlan {
  const plans = new Map<string, InsertPlan>();
  const writable = table.columns.filter(({ column }) => column.generated === undefined);
  const isGiven = (column: BoundColumn, row: Row): boolean =>
    row[column.property] !== undefined || defaultMaker(column) !== undefined;
  return (row) => {
    let shape = '';
    for (const column of writable) shape += isGiven(column, row) ? '1' : '0';
    let plan = plans.get(shape);
    if (plan === undefined) {
      plan = compile(
        db,
        table,
        writable.filter((column) => isGiven(column, row)),
      );
      plans.set(shape, plan);
    }
    return plan;
  };
}
