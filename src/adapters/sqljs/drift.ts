import type { Database } from 'sql.js';
import {
  type CollectionSurvey,
  type DatabaseSurvey,
  type DependentSurvey,
  type DriftEntry,
  NO_DRIFT,
  type RowDrift,
} from '../../ports/database.ts';
import { type LiveTable, readTable, sameName } from './catalog.ts';
import { contentVersion } from './change-watch.ts';
import { type Dependent, findDependents, type Removal, summarizeDependents } from './dependents.ts';
import { packedDigests } from './digest.ts';
import { keyOfEncodedRow, rowSql } from './encoding.ts';
import type { Session } from './engine.ts';
import {
  addFingerprint,
  emptyFingerprint,
  type FingerprintIndex,
  fingerprintInto,
  fingerprintText,
  fingerprintToHex,
  indexFingerprints,
  meet,
} from './fingerprint.ts';
import { digestColumns, findRun, movableRows, type RunRecord } from './provenance.ts';
import { type Condition, firstNumber, forEachRow, whereAll } from './sql.ts';
import { type BoundTable, quotedTable } from './tables.ts';

/** A drifted row with the fingerprint of its content; empty for a deleted one. */
export interface DriftedRow extends DriftEntry {
  readonly content: string;
}

/** What clearing means for one collection. */
export interface CollectionPlan {
  readonly bound: BoundTable;
  readonly table: LiveTable;
  /** The rows to be moved; `null` for every row of the table. */
  readonly rows: Condition | null;
  readonly survey: CollectionSurvey;
}

/** What clearing the rows of a run means. */
export interface ClearPlan {
  readonly run: RunRecord | null;
  readonly collections: readonly CollectionPlan[];
  readonly dependents: readonly Dependent[];
  readonly summary: readonly DependentSurvey[];
  readonly drift: RowDrift;
  /** In the order of table and key. */
  readonly drifted: readonly DriftedRow[];
}

function recordedRows(session: Session, run: RunRecord | null, bound: BoundTable) {
  const cleared = run === null || run.clearedBy !== null;
  const { keys, digests } = cleared ? { keys: '', digests: '' } : packedDigests(session, run.no, bound);
  return { index: indexFingerprints(digests), keys };
}

interface Matching {
  readonly count: number;
  readonly matched: number;
  /** Fingerprints of the rows that are not as they were recorded, by key. */
  readonly unmatched: Map<string, string>;
}

// One plain loop, because it runs for every row.
function matchRows(db: Database, sql: string, params: Condition['params'], recorded: FingerprintIndex): Matching {
  const unmatched = new Map<string, string>();
  const fingerprint = emptyFingerprint();
  let count = 0;
  let matched = 0;
  const statement = db.prepare(sql);
  try {
    statement.bind([...params]);
    while (statement.step()) {
      const encoded = statement.get()[0] as string;
      count += 1;
      fingerprintInto(encoded, fingerprint);
      if (meet(recorded, fingerprint) !== -1) matched += 1;
      else unmatched.set(keyOfEncodedRow(encoded), fingerprintToHex(fingerprint));
    }
  } finally {
    statement.free();
  }
  return { count, matched, unmatched };
}

/**
 * Reads every row that would be moved, once, and holds its fingerprint against those that were recorded. Rows that
 * match cost no more than that; the keys are looked at only when some do not. Each recorded row that none of them
 * matched has changed if there is a row under its key, and is gone otherwise.
 */
function planCollection(
  session: Session,
  run: RunRecord | null,
  bound: BoundTable,
): { plan: CollectionPlan; drifted: DriftedRow[] } {
  const { db } = session;
  const table = readTable(db, bound.name);
  const movable = movableRows(session, bound, run);
  const where = whereAll([bound.scope, movable]);
  const recorded = recordedRows(session, run, bound);
  const sql = `SELECT ${rowSql(digestColumns(session, run, bound, table))} FROM ${quotedTable(bound)}${where.sql}`;
  const { count, matched, unmatched } = matchRows(db, sql, where.params, recorded.index);
  const drifted: DriftedRow[] = [];
  const note = (kind: DriftEntry['kind'], key: string, content: string): void => {
    drifted.push({ collection: bound.collection, table: bound.name, key, kind, content });
  };
  if (matched < recorded.index.size) {
    recorded.keys.split('\n').forEach((key, position) => {
      if (recorded.index.met[position] === 1) return;
      const content = unmatched.get(key);
      unmatched.delete(key);
      note(content === undefined ? 'deleted' : 'changed', key, content ?? '');
    });
  }
  for (const [key, content] of unmatched) note('added', key, content);
  const kinds = (kind: DriftEntry['kind']): number => drifted.filter((row) => row.kind === kind).length;
  const inScope = whereAll([bound.scope]);
  const scoped =
    movable === null
      ? count
      : firstNumber(db, `SELECT count(*) FROM ${quotedTable(bound)}${inScope.sql}`, inScope.params);
  const survey: CollectionSurvey = {
    collection: bound.collection,
    rows: count,
    added: kinds('added'),
    changed: kinds('changed'),
    deleted: kinds('deleted'),
    kept: scoped - count,
  };
  const rows = where.sql === '' ? null : { sql: where.sql.replace(/^ WHERE /, ''), params: where.params };
  return { plan: { bound, table, rows, survey }, drifted };
}

/** The names by which a row of any table is known: its primary key, or its rowid where it has none. */
export function keyColumns(table: LiveTable): readonly string[] {
  return table.primaryKey.length > 0 || table.rowid === null ? table.primaryKey : [table.rowid];
}

function driftedDependents({ db }: Session, dependents: readonly Dependent[]): DriftedRow[] {
  const found = new Map<string, DriftedRow>();
  const fingerprint = emptyFingerprint();
  for (const { table, collection, effect, rows } of dependents) {
    if (effect === 'forbids') continue;
    const columns = { ids: keyColumns(table), recorded: table.columns, later: [] };
    const where = whereAll([rows]);
    forEachRow(db, `SELECT ${rowSql(columns)} FROM ${quotedTable(table)}${where.sql}`, where.params, ([encoded]) => {
      fingerprintInto(encoded as string, fingerprint);
      const key = keyOfEncodedRow(encoded as string);
      const content = fingerprintToHex(fingerprint);
      found.set(`${table.name}\n${key}`, { collection, table: table.name, key, kind: 'dependent', content });
    });
  }
  return [...found.values()];
}

function summarizeDrift(drifted: readonly DriftedRow[]): RowDrift {
  const count = (kind: DriftEntry['kind']): number => drifted.filter((row) => row.kind === kind).length;
  const sum = emptyFingerprint();
  for (const { table, key, kind, content } of drifted) {
    addFingerprint(sum, fingerprintText(`${kind}\n${table}\n${content}\n${key}`));
  }
  return {
    digest: drifted.length === 0 ? NO_DRIFT : `${drifted.length}-${fingerprintToHex(sum)}`,
    added: count('added'),
    changed: count('changed'),
    deleted: count('deleted'),
    dependents: count('dependent'),
  };
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** The order of drifted rows; pages go on behind the last table and key, whatever changes meanwhile. */
export function compareDrifted(a: { table: string; key: string }, b: { table: string; key: string }): number {
  return compareTexts(a.table, b.table) || compareTexts(a.key, b.key);
}

/** Rows of the scope that leave their collection's table with rows of another one are not kept. */
function withoutCascaded({ db }: Session, plan: CollectionPlan, dependents: readonly Dependent[]): CollectionPlan {
  const leaving = dependents.filter(({ table, effect }) => effect === 'moved' && sameName(table.name, plan.table.name));
  let kept = plan.survey.kept;
  for (const { rows } of leaving) {
    const where = whereAll([plan.bound.scope, rows]);
    kept -= firstNumber(db, `SELECT count(*) FROM ${quotedTable(plan.bound)}${where.sql}`, where.params);
  }
  return { ...plan, survey: { ...plan.survey, kept } };
}

interface KeptPlan {
  readonly version: number;
  readonly foreignKeys: boolean;
  readonly tables: readonly BoundTable[];
  readonly undoes: string;
  readonly plan: ClearPlan;
}

const keptPlans = new WeakMap<Database, KeptPlan>();

/**
 * Finds out what clearing the rows of run `undoes` means. Leaves scratch tables behind, see `dropScratches`. What a
 * survey has found still holds for the clear that follows if nothing has changed in between; a plan with dependents
 * refers to scratch tables and is made anew.
 */
export function planClear(session: Session, tables: readonly BoundTable[], undoes: string): ClearPlan {
  const { db, foreignKeys } = session;
  const version = contentVersion(db);
  const kept = keptPlans.get(db);
  const isSame = kept?.version === version && kept.foreignKeys === foreignKeys && kept.undoes === undoes;
  if (isSame && kept.tables === tables) return kept.plan;
  const plan = makePlan(session, tables, undoes);
  if (plan.dependents.length === 0) keptPlans.set(db, { version, foreignKeys, tables, undoes, plan });
  return plan;
}

function makePlan(session: Session, tables: readonly BoundTable[], undoes: string): ClearPlan {
  const run = findRun(session, undoes);
  const found = tables.map((bound) => planCollection(session, run, bound));
  const removals = found.flatMap(({ plan: { bound, table, rows, survey } }): Removal[] =>
    survey.rows === 0 ? [] : [{ table, collection: bound.collection, rows }],
  );
  const dependents = findDependents(session, removals);
  const drifted = [...found.flatMap((each) => each.drifted), ...driftedDependents(session, dependents)];
  drifted.sort(compareDrifted);
  return {
    run,
    collections: found.map(({ plan }) => withoutCascaded(session, plan, dependents)),
    dependents,
    summary: summarizeDependents(session, dependents),
    drift: summarizeDrift(drifted),
    drifted,
  };
}

/** The plan as the port shows it, with at most `limit` of the drifted rows. */
export function toSurvey(plan: ClearPlan, limit: number): DatabaseSurvey {
  return {
    collections: plan.collections.map(({ survey }) => survey),
    dependents: plan.summary,
    drift: plan.drift,
    entries: plan.drifted.slice(0, limit).map(({ content: _, ...entry }) => entry),
  };
}
