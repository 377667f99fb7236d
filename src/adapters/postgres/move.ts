import { type SQL, sql } from 'drizzle-orm';
import { DatabaseError } from '../../errors.ts';
import type { Fence } from '../../ports/database.ts';
import {
  type Archive,
  createArchive,
  type DetachedColumn,
  DIGEST,
  dataNames,
  indexArchive,
  PLACE,
  removeArchive,
} from './archive.ts';
import { dataColumns, type LiveTable } from './catalog.ts';
import type { Dependent, Removal } from './dependents.ts';
import { columnOf, digestSql } from './encoding.ts';
import type { Session } from './engine.ts';
import { firstNumber, firstRow, list, name } from './sql.ts';

/** Rows that are to leave their table for the archive. */
export interface Move extends Removal {
  readonly part: 'rows' | 'dependents' | 'late';
  /** The digest of a row, in a statement in which its table goes by its own name. */
  readonly digest: SQL;
}

/** What became of a move. */
export interface Moved {
  readonly move: Move;
  readonly archive: Archive;
  readonly rows: number;
  /** The sum of the digests. */
  readonly sum: string;
}

/** The digest of a row over all columns of its table. */
export function wholeDigest(table: LiveTable): SQL {
  return digestSql(table.ident, { recorded: dataColumns(table), later: [] });
}

function detachedColumns({ foreignKey, table }: Dependent): DetachedColumn[] {
  return foreignKey.changes.map((column) => {
    const live = table.columns.find((each) => each.name === column);
    return { name: column, becomes: foreignKey.onDelete === 'setDefault' ? (live?.defaultSql ?? 'NULL') : 'NULL' };
  });
}

/** Archives rows as they are and then takes from them what they refer to. */
async function detach(session: Session, fence: Fence, dependents: readonly Dependent[]): Promise<void> {
  for (const dependent of dependents) {
    const { table, collection, scratch } = dependent;
    const detached = detachedColumns(dependent);
    const archive = await createArchive(session, fence, { table, collection, part: 'detached', detached });
    const columns = archive.columns.map((column) => columnOf(table.ident, column));
    await session.run(sql`INSERT INTO ${archive.ident} (${PLACE}, ${DIGEST}, ${dataNames(archive.columns)})
      SELECT row_number() OVER (), ${wholeDigest(table)}, ${list(columns)} FROM ${table.ident}
      WHERE ${scratch.listed}`);
    await indexArchive(session, archive);
  }
  for (const dependent of dependents) {
    const { table, scratch } = dependent;
    const assignments = detachedColumns(dependent).map(
      ({ name: column, becomes }) => sql`${name(column)} = ${sql.raw(becomes)}`,
    );
    await session.run(sql`UPDATE ${table.ident} SET ${list(assignments)} WHERE ${scratch.listed}`);
  }
}

const moved = (i: number): SQL => sql.raw(`backpedal_moved_${i}`);
const stored = (i: number): SQL => sql.raw(`backpedal_stored_${i}`);

/**
 * Deletes the rows of all moves and stores them in their archives, in one statement: what is deleted is what is
 * stored, whatever others do meanwhile, and foreign keys are looked at when all of it is done.
 */
async function moveRows(session: Session, moves: readonly Move[], archives: readonly Archive[]): Promise<Moved[]> {
  if (moves.length === 0) return [];
  const steps = moves.map(({ table, rows, digest }, i) => {
    const { ident, columns } = archives[i] as Archive;
    const returned = columns.map((column) => sql`${columnOf(table.ident, column)} AS ${name(column)}`);
    return sql`${moved(i)} AS (DELETE FROM ${table.ident} WHERE ${rows ?? sql`TRUE`}
        RETURNING ${digest} AS ${DIGEST}, ${list(returned)}),
      ${stored(i)} AS (INSERT INTO ${ident} (${PLACE}, ${DIGEST}, ${dataNames(columns)})
        SELECT row_number() OVER (), ${DIGEST}, ${dataNames(columns)} FROM ${moved(i)} RETURNING ${DIGEST})`;
  });
  const results = moves.map(
    (_, i) => sql`(SELECT count(*) FROM ${stored(i)}),
    (SELECT coalesce(sum(${DIGEST}), 0)::text FROM ${stored(i)})`,
  );
  const row = (await firstRow(session, sql`WITH ${list(steps)} SELECT ${list(results)}`)) ?? [];
  return moves.map((move, i) => ({
    move,
    archive: archives[i] as Archive,
    rows: Number(row[i * 2]),
    sum: String(row[i * 2 + 1]),
  }));
}

// Rows may have been added meanwhile, so that only a trigger that can keep rows is reason for suspicion.
async function assertNothingKept(session: Session, { move }: Moved): Promise<void> {
  const { table, rows } = move;
  if (!table.triggers.some(({ before, events }) => before && events.has('delete'))) return;
  const left = await firstNumber(session, sql`SELECT count(*) FROM ${table.ident} WHERE ${rows ?? sql`TRUE`}`);
  if (left === 0) return;
  throw new DatabaseError(
    'DATABASE_FAILED',
    `After clearing, ${left} rows of ${table.display} were left: a trigger on DELETE interferes. Nothing was changed.`,
    { details: { table: table.display, left } },
  );
}

/**
 * Moves rows out of their tables into archive tables, and detaches those that stay. Triggers of the app on what is
 * removed or changed run, as they would for any other statement.
 */
export async function moveOut(
  session: Session,
  fence: Fence,
  moves: readonly Move[],
  dependents: readonly Dependent[],
): Promise<Moved[]> {
  const along = dependents
    .filter(({ effect }) => effect === 'moved')
    .map(
      ({ table, collection, scratch }): Move => ({
        table,
        collection,
        part: 'dependents',
        rows: scratch.listed,
        digest: wholeDigest(table),
      }),
    );
  await detach(
    session,
    fence,
    dependents.filter(({ effect }) => effect === 'detached'),
  );
  const every = [...moves, ...along];
  const archives: Archive[] = [];
  for (const move of every) archives.push(await createArchive(session, fence, move));
  const results = await moveRows(session, every, archives);
  for (const each of results) {
    await assertNothingKept(session, each);
    if (each.rows === 0) await removeArchive(session, each.archive);
    else await indexArchive(session, each.archive);
  }
  return results;
}
