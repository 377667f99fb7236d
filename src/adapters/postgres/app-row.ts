import { type SQL, sql } from 'drizzle-orm';
import type { Row } from '../../ports/database.ts';
import { columnOf } from './encoding.ts';
import type { BoundColumn, BoundTable } from './tables.ts';

const isJson = ({ column }: BoundColumn): boolean => column.columnType === 'PgJsonb' || column.columnType === 'PgJson';

/** Reads rows of a table, or of its archive, as the app knows them. */
export interface RowReader {
  /** The values to be selected, in the order of the columns. */
  select(source: SQL): readonly SQL[];
  /** The row of the values that were selected. */
  toRow(values: readonly unknown[]): Row;
}

function fromDriver({ column }: BoundColumn, value: unknown): unknown {
  try {
    return column.mapFromDriverValue(value);
  } catch {
    // A value that the app's own type does not know; it is better told raw than not at all.
    return value;
  }
}

/**
 * A reader for columns of a table, by their names in the database. Of a collection's table it reads those that the app
 * knows, under its property names; of any other table all, under their own names and as the driver gives them.
 */
export function rowReader(bound: BoundTable | undefined, names: readonly string[]): RowReader {
  const columns = names.flatMap((name) => {
    const known = bound?.columns.find((column) => column.name === name);
    return known === undefined && bound !== undefined ? [] : [{ name, known }];
  });
  return {
    select: (source) =>
      columns.map(({ name, known }) => {
        const value = columnOf(source, name);
        // Parsed here: drivers parse JSON too, but a JSON text among them could then not be told from its content.
        return known !== undefined && isJson(known) ? sql`${value}::text` : value;
      }),
    toRow: (values) =>
      Object.fromEntries(
        columns.map(({ name, known }, i) => {
          const value = values[i] ?? null;
          if (known === undefined) return [name, value];
          if (value === null) return [known.property, null];
          return [known.property, isJson(known) ? JSON.parse(String(value)) : fromDriver(known, value)];
        }),
      ),
  };
}
