import type { Fence } from '../../ports/database.ts';
import { type LiveTable, locatorOf } from './catalog.ts';
import type { Session } from './engine.ts';
import { type Condition, execute, firstNumber, quoteName } from './sql.ts';

/**
 * What lies in an archive table: rows of a collection; dependents that left with them; dependents as they were before
 * they lost what they referred to; rows that came late; rows as they were before the app's triggers changed them
 * (`altered`); rows that the app's triggers wrote (`created`).
 */
export type ArchivePart = 'rows' | 'dependents' | 'detached' | 'late' | 'altered' | 'created';

/**
 * How an archive table is made. `copied`: columns without types, which take every value as it is, behind the rowid.
 * `swapped`: the app's own table, renamed.
 */
export type ArchiveLayout = 'copied' | 'swapped';

/** What an archive table is for. */
export interface ArchiveEntry {
  readonly table: LiveTable;
  readonly collection: string;
  readonly part: ArchivePart;
  /** What becomes of the columns of a detached row. */
  readonly detached?: readonly DetachedColumn[];
}

/** Rows that are to go into an archive table of their own. */
export interface Move extends ArchiveEntry {
  /** `null` for every row of the table. */
  readonly rows: Condition | null;
  readonly count: number;
}

/** A column that a foreign key empties, and the SQL of what it then holds: NULL or its default. */
export interface DetachedColumn {
  readonly name: string;
  readonly becomes: string;
}

/** The column of a copied archive that holds the rowid of a row in its table. */
export const ROWID = 'backpedal_rowid';

/** The column of an archive of effects that holds the whole row as a trigger left it. */
export const AFTER = 'backpedal_after';

/** Registers the next archive table; its name tells people what it is. */
export function registerArchive({ db }: Session, fence: Fence, move: ArchiveEntry, layout: ArchiveLayout): string {
  const no = firstNumber(db, 'SELECT coalesce(max(no), 0) + 1 FROM backpedal_archives');
  const name = `backpedal_archive_${no}_${move.table.name}`;
  execute(
    db,
    `INSERT INTO backpedal_archives (no, migration, run, collection, tbl, archive, part, layout, columns, undo)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      no,
      fence.migration,
      fence.run,
      move.collection,
      move.table.name,
      name,
      move.part,
      layout,
      JSON.stringify(move.table.columns.map((column) => column.name)),
      JSON.stringify(move.detached ?? []),
    ],
  );
  return name;
}

/** A move of which the archive is written, and the table is not yet rid of its rows. */
export interface PendingRemoval {
  readonly move: Move;
  readonly archive: string;
}

/** Holds for the rows of a table that a copied archive has; `columns` are those that locate a row. */
export function inArchive(
  { move: { table }, archive }: PendingRemoval,
  columns: readonly string[] = locatorOf(table),
): string {
  const kept = table.rowid === null ? locatorOf(table) : [ROWID];
  return `(${columns.join(', ')}) IN (SELECT ${kept.join(', ')} FROM ${quoteName(archive)})`;
}
