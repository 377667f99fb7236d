import { type SQL, sql } from 'drizzle-orm';
import type { CollectionSurvey, DatabaseSurvey } from '../../ports/database.ts';
import { type Dependent, findDependents, type Removal, summarizeDependents } from './dependents.ts';
import { recordedDigest } from './digest.ts';
import { type DriftBook, driftBook } from './drift.ts';
import type { Session } from './engine.ts';
import {
  digestOf,
  findPart,
  findRun,
  keyOf,
  type Part,
  type PlacedTable,
  type RunRecord,
  rowsToMove,
} from './provenance.ts';
import { all, firstNumber, firstRow } from './sql.ts';

/** The run that is to be undone, and what it brought into each table. */
export interface Undoing {
  readonly run: RunRecord | null;
  /** In the order of the tables; `null` where it brought nothing that is still its own. */
  readonly parts: readonly (Part | null)[];
}

/** Finds what a run brought. Of one whose rows were moved out nothing counts as missing. */
export async function findUndoing(session: Session, tables: readonly PlacedTable[], undoes: string): Promise<Undoing> {
  const run = await findRun(session, undoes);
  const parts: (Part | null)[] = [];
  for (const { live } of tables) {
    parts.push(run?.clearedBy === null ? await findPart(session, run, live) : null);
  }
  return { run, parts };
}

/** Whether rows that were counted and summed are exactly those that a run recorded. */
export async function isAsRecorded(
  session: Session,
  part: Part | null,
  found: { readonly rows: number; readonly sum: string },
): Promise<boolean> {
  const recorded = await recordedDigest(session, part);
  return recorded.rows === found.rows && BigInt(recorded.sum) === BigInt(found.sum);
}

/** A look at the rows that would be moved: those of the collections, the drifted ones among them, and dependents. */
export interface Look {
  readonly undoing: Undoing;
  readonly removals: readonly Removal[];
  readonly collections: readonly CollectionSurvey[];
  readonly dependents: readonly Dependent[];
  readonly book: DriftBook;
}

async function surveyCollection(
  session: Session,
  table: PlacedTable,
  rows: SQL | null,
  part: Part | null,
  book: DriftBook,
): Promise<CollectionSurvey> {
  const { bound, live } = table;
  const digest = digestOf(table, part);
  const where = all([rows]);
  const row = await firstRow(
    session,
    sql`SELECT count(*), coalesce(sum(${digest}), 0)::text FROM ${live.ident} WHERE ${where}`,
  );
  const found = { rows: Number(row?.[0]), sum: String(row?.[1]) };
  const inScope =
    rows === null
      ? found.rows
      : await firstNumber(session, sql`SELECT count(*) FROM ${live.ident} WHERE ${all([bound.scope])}`);
  const survey = { collection: bound.collection, rows: found.rows, kept: inScope - found.rows };
  if (await isAsRecorded(session, part, found)) return { ...survey, added: 0, changed: 0, deleted: 0 };
  const now = sql`pg_temp.${sql.identifier(`backpedal_now_${live.oid}`)}`;
  await session.run(sql`CREATE TEMPORARY TABLE ${now} ON COMMIT DROP AS
    SELECT ${keyOf(table)} AS key, ${digest} AS digest FROM ${live.ident} WHERE ${where}`);
  const alias = sql`s`;
  const kinds = await book.collect(
    { from: sql`${now} AS ${alias}`, key: sql`s.key`, digest: sql`s.digest`, place: sql`NULL::int8`, archive: null },
    part,
    live,
    bound.collection,
  );
  return { ...survey, ...kinds };
}

/** Rows of the scope that leave their collection's table with rows of another one are not kept. */
async function withoutCascaded(
  session: Session,
  table: PlacedTable,
  survey: CollectionSurvey,
  dependents: readonly Dependent[],
): Promise<CollectionSurvey> {
  let { kept } = survey;
  for (const { scratch } of dependents.filter((each) => each.effect === 'moved' && each.table.oid === table.live.oid)) {
    const where = all([table.bound.scope, scratch.listed]);
    kept -= await firstNumber(session, sql`SELECT count(*) FROM ${table.live.ident} WHERE ${where}`);
  }
  return { ...survey, kept };
}

/** Finds out what clearing the rows of run `undoes` means, on one snapshot. */
export async function lookAt(session: Session, tables: readonly PlacedTable[], undoes: string): Promise<Look> {
  const undoing = await findUndoing(session, tables, undoes);
  const book = driftBook(session);
  const found: CollectionSurvey[] = [];
  const removals: Removal[] = [];
  for (const [i, table] of tables.entries()) {
    const rows = await rowsToMove(session, table, undoing.run);
    const survey = await surveyCollection(session, table, rows, undoing.parts[i] ?? null, book);
    found.push(survey);
    if (survey.rows > 0) removals.push({ table: table.live, collection: table.bound.collection, rows });
  }
  const { dependents } = await findDependents(session, removals, 'look');
  await book.collectDependents(dependents);
  const collections: CollectionSurvey[] = [];
  for (const [i, table] of tables.entries()) {
    collections.push(await withoutCascaded(session, table, found[i] as CollectionSurvey, dependents));
  }
  return { undoing, removals, collections, dependents, book };
}

/** What a rollback would find and do: see `DatabasePort.survey`. */
export async function survey(
  session: Session,
  tables: readonly PlacedTable[],
  undoes: string,
  limit: number,
): Promise<DatabaseSurvey> {
  const { collections, dependents, book } = await lookAt(session, tables, undoes);
  return {
    collections,
    dependents: await summarizeDependents(session, dependents),
    drift: await book.summarize(),
    entries: await book.entries(null, limit),
  };
}
