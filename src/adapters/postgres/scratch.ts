import { type SQL, sql } from 'drizzle-orm';
import type { LiveTable } from './catalog.ts';
import { columnOf } from './encoding.ts';
import type { Session } from './engine.ts';
import { firstNumber } from './sql.ts';

/** A temporary table that lists rows of one table by where they lie; it goes with the transaction. */
export interface Scratch {
  readonly ident: SQL;
  /** Holds for the rows that are listed, in a statement in which the table goes by its own name. */
  readonly listed: SQL;
  readonly rows: number;
}

/** Makes scratch tables of one transaction, each under a name of its own. */
export interface Scratches {
  /** Lists the rows of a table for which a condition holds; `lock` keeps others from changing them. */
  list(table: LiveTable, condition: SQL, mode: 'look' | 'lock'): Promise<Scratch>;
}

/** The scratch tables of a transaction. */
export function scratchesOf(session: Session): Scratches {
  let made = 0;
  return {
    async list(table, condition, mode) {
      const ident = sql`pg_temp.${sql.identifier(`backpedal_rows_${made}`)}`;
      made += 1;
      await session.run(sql`CREATE TEMPORARY TABLE ${ident} (rel oid NOT NULL, tid tid NOT NULL) ON COMMIT DROP`);
      // Rows of a partitioned table lie in several: only with the table's oid does a place name one row.
      const place = sql`${columnOf(table.ident, 'tableoid')}, ${columnOf(table.ident, 'ctid')}`;
      const lock = mode === 'lock' ? sql` FOR UPDATE OF ${sql.identifier(table.name)}` : sql``;
      await session.run(sql`INSERT INTO ${ident} (rel, tid)
        SELECT ${place} FROM ${table.ident} WHERE ${condition}${lock}`);
      return {
        ident,
        listed: sql`(${place}) IN (SELECT rel, tid FROM ${ident})`,
        rows: await firstNumber(session, sql`SELECT count(*) FROM ${ident}`),
      };
    },
  };
}
