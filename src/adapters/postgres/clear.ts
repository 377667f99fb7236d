import { sql } from 'drizzle-orm';
import { DatabaseError } from '../../errors.ts';
import type { ClearOutcome, ClearRequest, CollectionSurvey, Fence, RowDrift } from '../../ports/database.ts';
import { type Dependent, findDependents, type Removal, summarizeDependents } from './dependents.ts';
import { type DriftBook, driftBook, type Kinds } from './drift.ts';
import { columnOf, keySql } from './encoding.ts';
import type { PgEngine, Session } from './engine.ts';
import { assertFence, forgetStep, recordedOutcome, recordOutcome } from './lease.ts';
import { type Move, type Moved, moveOut, wholeDigest } from './move.ts';
import {
  digestOf,
  findRun,
  findRunClearedBy,
  idNames,
  isShared,
  movableRows,
  ownRows,
  type Part,
  type PlacedTable,
  placeTables,
  rowsToMove,
} from './provenance.ts';
import { all, exists, firstNumber } from './sql.ts';
import { findUndoing, isAsRecorded } from './survey.ts';
import type { BoundTable } from './tables.ts';

/** Undoes the transaction of a clear; what is told is the drift that was found. */
class Drifted extends Error {
  readonly drift: RowDrift;

  constructor(drift: RowDrift) {
    super('The drift is another one than was decided upon.');
    this.drift = drift;
  }
}

function refuseIfForbidden(dependents: readonly Dependent[]): void {
  const tables = [
    ...new Set(dependents.filter(({ effect }) => effect === 'forbids').map(({ table }) => table.display)),
  ];
  if (tables.length === 0) return;
  throw new DatabaseError(
    'DATABASE_RESTRICTED',
    `Rows of ${tables.join(', ')} refer to rows that are to be cleared, and their foreign keys forbid that. Remove them or let them refer to other rows, then try again.`,
    { details: { tables } },
  );
}

const NO_KINDS: Kinds = { added: 0, changed: 0, deleted: 0 };

/** What a clear is about, one for each collection. */
interface Place {
  readonly table: PlacedTable;
  readonly part: Part | null;
  readonly removal: Removal;
}

/** How the moved rows compare with those that were recorded; the sums first, and row by row where those differ. */
async function kindsOf(session: Session, { table, part }: Place, moved: Moved | undefined, book: DriftBook) {
  const found = { rows: moved?.rows ?? 0, sum: moved?.sum ?? '0' };
  if (await isAsRecorded(session, part, found)) return NO_KINDS;
  const source = sql.raw('s');
  const archive = moved !== undefined && moved.rows > 0 ? moved.archive : null;
  return book.collect(
    archive === null
      ? {
          from: sql`(SELECT NULL::text AS key, NULL::int8 AS digest WHERE FALSE) AS s`,
          key: sql`s.key`,
          digest: sql`s.digest`,
          place: sql`NULL::int8`,
          archive: null,
        }
      : {
          from: sql`${archive.ident} AS ${source}`,
          key: keySql(source, idNames(table)),
          digest: columnOf(source, 'backpedal_digest'),
          place: columnOf(source, 'backpedal_no'),
          archive: archive.no,
        },
    part,
    table.live,
    table.bound.collection,
  );
}

async function placesOf(session: Session, tables: readonly PlacedTable[], undoes: string): Promise<Place[]> {
  const { run, parts } = await findUndoing(session, tables, undoes);
  const places: Place[] = [];
  for (const [i, table] of tables.entries()) {
    const rows = await rowsToMove(session, table, run);
    const removal = { table: table.live, collection: table.bound.collection, rows };
    places.push({ table, part: parts[i] ?? null, removal });
  }
  return places;
}

/** The collections in which there is anything to move; an archive is made for no other. */
async function withRows(session: Session, places: readonly Place[]): Promise<Place[]> {
  const found: Place[] = [];
  for (const place of places) {
    const { table, rows } = place.removal;
    if (await exists(session, sql`SELECT 1 FROM ${table.ident} WHERE ${rows ?? sql`TRUE`} LIMIT 1`)) found.push(place);
  }
  return found;
}

async function surveysOf(
  session: Session,
  places: readonly Place[],
  moved: readonly Moved[],
  book: DriftBook,
): Promise<CollectionSurvey[]> {
  const surveys: CollectionSurvey[] = [];
  for (const place of places) {
    const { bound, live } = place.table;
    const own = moved.find(({ move }) => move.part === 'rows' && move.table.oid === live.oid);
    const kinds = await kindsOf(session, place, own, book);
    const isWhole = place.removal.rows === null;
    const kept = isWhole
      ? 0
      : await firstNumber(session, sql`SELECT count(*) FROM ${live.ident} WHERE ${all([bound.scope])}`);
    surveys.push({ collection: bound.collection, rows: own?.rows ?? 0, ...kinds, kept });
  }
  return surveys;
}

async function clearIn(
  session: Session,
  bound: readonly BoundTable[],
  fence: Fence,
  request: ClearRequest,
): Promise<ClearOutcome> {
  await assertFence(session, fence);
  const recorded = await recordedOutcome(session, fence.run, 'clear');
  if (recorded !== undefined) return recorded as ClearOutcome;
  const tables = await placeTables(session, bound);
  const places = await placesOf(session, tables, request.undoes);
  const busy = await withRows(session, places);
  const { given, dependents } = await findDependents(
    session,
    busy.map(({ removal }) => removal),
    'lock',
  );
  refuseIfForbidden(dependents);
  const summary = await summarizeDependents(session, dependents);
  const book = driftBook(session);
  await book.collectDependents(dependents);
  const moves = busy.map(
    ({ table, part }, i): Move => ({
      ...(given[i] as Removal),
      part: 'rows',
      digest: digestOf(table, part),
    }),
  );
  const moved = await moveOut(session, fence, moves, dependents);
  const collections = await surveysOf(session, places, moved, book);
  const drift = await book.summarize();
  if (request.drift !== 'any' && request.drift !== drift.digest) throw new Drifted(drift);
  await book.keep(fence.run);
  const outcome: ClearOutcome = {
    status: 'cleared',
    undoes: request.undoes,
    drift,
    collections,
    dependents: summary,
  };
  const { own, scope } = session;
  await session.run(sql`UPDATE ${own.runs} SET cleared_by = ${fence.run}, dropped = FALSE
    WHERE scope = ${scope} AND run = ${request.undoes} AND cleared_by IS NULL`);
  await forgetStep(session, fence.run, 'undoClear');
  await recordOutcome(session, fence, 'clear', outcome);
  return outcome;
}

/**
 * Clear Database: see `DatabasePort.clear`. The rows are moved first and looked at in the archive, where nobody
 * changes them any more; other drift than was decided upon undoes the move.
 */
export async function clearRows(
  engine: PgEngine,
  tables: readonly BoundTable[],
  fence: Fence,
  request: ClearRequest,
): Promise<ClearOutcome> {
  try {
    return await engine.write('clearing', async (session) => {
      try {
        return await clearIn(session, tables, fence, request);
      } catch (thrown) {
        throw thrown instanceof Drifted
          ? new DatabaseError('DATABASE_CONFLICT', thrown.message, { cause: thrown })
          : thrown;
      }
    });
  } catch (thrown) {
    const cause = thrown instanceof DatabaseError ? thrown.cause : null;
    if (cause instanceof Drifted) return { status: 'drifted', drift: cause.drift };
    throw thrown;
  }
}

/** Moves rows that appeared after a clear into the archive: see `DatabasePort.sweep`. */
export async function sweepRows(session: Session, bound: readonly BoundTable[], fence: Fence): Promise<number> {
  await assertFence(session, fence);
  const run = await findRunClearedBy(session, fence.run);
  if (run === null) return 0;
  const tables = await placeTables(session, bound);
  if (await isShared(session, tables, run)) return 0;
  const late: Move[] = [];
  for (const table of tables) {
    const { live } = table;
    const rows = await rowsToMove(session, table, run);
    if (!(await exists(session, sql`SELECT 1 FROM ${live.ident} WHERE ${rows ?? sql`TRUE`} LIMIT 1`))) continue;
    late.push({ table: live, collection: table.bound.collection, part: 'late', rows, digest: wholeDigest(live) });
  }
  if (late.length === 0) return 0;
  const { given, dependents } = await findDependents(session, late, 'lock');
  refuseIfForbidden(dependents);
  const moves = late.map((move, i): Move => ({ ...move, rows: given[i]?.rows ?? null }));
  const moved = await moveOut(session, fence, moves, dependents);
  return moved.filter(({ move }) => move.part === 'late').reduce((sum, { rows }) => sum + rows, 0);
}

/** How many rows of a run, or of nobody, are in the scope: see `DatabasePort.remaining`. */
export async function countRemaining(session: Session, bound: readonly BoundTable[], undoes: string): Promise<number> {
  const run = await findRun(session, undoes);
  if (run === null) return 0;
  const tables = await placeTables(session, bound);
  const shared = await isShared(session, tables, run);
  let remaining = 0;
  for (const table of tables) {
    const rows = shared ? await ownRows(session, table, run) : await movableRows(session, table, run);
    const where = all([table.bound.scope, rows]);
    remaining += await firstNumber(session, sql`SELECT count(*) FROM ${table.live.ident} WHERE ${where}`);
  }
  return remaining;
}
