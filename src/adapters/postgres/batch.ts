import { type SQL, sql } from 'drizzle-orm';
import type { Row } from '../../ports/database.ts';
import { dataColumns } from './catalog.ts';
import { isGiven, rowTexts, unknownProperty, type WrittenColumn } from './given-row.ts';
import type { PlacedTable } from './provenance.ts';
import { arrayLiteral, list, name } from './sql.ts';

/** A row of a batch with its position and the texts of its columns. */
export interface BatchRow {
  readonly index: number;
  readonly texts: readonly (string | null)[];
}

/** Rows of a batch that have the same properties. */
export interface Shape {
  readonly columns: readonly WrittenColumn[];
  readonly rows: BatchRow[];
}

/** The columns that can be written, as both sides know them. */
export function writtenColumns({ bound, live }: PlacedTable): WrittenColumn[] {
  const columns = dataColumns(live);
  return bound.columns.flatMap((column): WrittenColumn[] => {
    const found = columns.find((each) => each.name === column.name);
    return found === undefined || column.column.generated !== undefined ? [] : [{ bound: column, live: found }];
  });
}

/** Sorts rows by the properties that they have; `refuse` is told of those that cannot be given to Postgres. */
export function shapesOf(
  table: PlacedTable,
  rows: readonly Row[],
  defaults: 'filledIn' | 'leftOut',
  refuse: (index: number, reason: string) => void,
): Shape[] {
  const writable = writtenColumns(table);
  const shapes = new Map<string, Shape>();
  for (const [index, row] of rows.entries()) {
    const unknown = unknownProperty(table.bound.properties, row);
    if (unknown !== undefined) {
      refuse(index, `there is no column for property ${unknown}`);
      continue;
    }
    const columns = writable.filter((column) => isGiven(column, row, defaults));
    const texts = rowTexts(columns, row);
    if ('refused' in texts) {
      refuse(index, texts.refused);
      continue;
    }
    const id = columns.map(({ live }) => live.name).join('\u0000');
    const shape = shapes.get(id) ?? { columns, rows: [] };
    shapes.set(id, shape);
    shape.rows.push({ index, texts });
  }
  return [...shapes.values()];
}

/**
 * SQL for the rows as a table: `no`, the position in `rows`, and a column of text for each column, under the
 * column's name.
 */
export function rowsAsTable(columns: readonly WrittenColumn[], rows: readonly BatchRow[], alias: SQL): SQL {
  const arrays = columns.map((_, i) => {
    const values = arrayLiteral(rows.map(({ texts }) => texts[i] ?? null));
    return sql`(${values}::text)::text[]`;
  });
  const numbers = sql`(${arrayLiteral(rows.map((_, i) => String(i)))}::text)::int[]`;
  const names = columns.map(({ live }) => name(live.name));
  return sql`unnest(${list([numbers, ...arrays])}) AS ${alias}(${list([sql`backpedal_no`, ...names])})`;
}

/** A text column of {@link rowsAsTable} as a value of its type; length and precision are left to the assignment. */
export function typedValue({ live }: WrittenColumn, alias: SQL): SQL {
  return sql`${alias}.${name(live.name)}::${sql.raw(live.type)}`;
}
