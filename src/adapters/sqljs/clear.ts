import { DatabaseError } from '../../errors.ts';
import type { ClearOutcome, ClearRequest, Fence } from '../../ports/database.ts';
import type { DetachedColumn, Move } from './archive-table.ts';
import { type LiveTable, readTable, sameName } from './catalog.ts';
import { brokenDefaults, type Dependent, dropScratches, findDependents, type Removal } from './dependents.ts';
import { type ClearPlan, planClear } from './drift.ts';
import type { Session } from './engine.ts';
import { assertFence, forgetStep, recordedOutcome, recordOutcome } from './lease.ts';
import { moveOut } from './move.ts';
import { findRun, findRunClearedBy, isShared, movableRows, ownRows, type RunRecord } from './provenance.ts';
import { execute, firstNumber, longText, whereAll } from './sql.ts';
import { type BoundTable, quotedTable } from './tables.ts';

function refuseIfForbidden(dependents: readonly Dependent[]): void {
  refuse([...new Set(dependents.filter(({ effect }) => effect === 'forbids').map(({ table }) => table.name))]);
}

function refuse(tables: readonly string[]): void {
  if (tables.length === 0) return;
  throw new DatabaseError(
    'DATABASE_RESTRICTED',
    `Rows of ${tables.join(', ')} refer to rows that are to be cleared, and their foreign keys forbid that. Remove them or let them refer to other rows, then try again.`,
    { details: { tables } },
  );
}

function detachedColumns({ foreignKey }: Dependent, table: LiveTable): DetachedColumn[] {
  return foreignKey.childColumns.map((name) => {
    const live = table.columns.find((column) => sameName(column.name, name));
    return { name, becomes: foreignKey.onDelete === 'SET DEFAULT' ? (live?.defaultSql ?? 'NULL') : 'NULL' };
  });
}

function movesOfDependents(dependents: readonly Dependent[]): Move[] {
  return dependents.map((dependent): Move => {
    const { table, collection, rows, count, effect } = dependent;
    if (effect === 'moved') return { table, collection, part: 'dependents', rows, count };
    return { table, collection, part: 'detached', rows, count, detached: detachedColumns(dependent, table) };
  });
}

function recordKinds({ db }: Session, fence: Fence, plan: ClearPlan): void {
  const kinds = plan.drifted
    .filter(({ kind }) => kind !== 'dependent')
    .map(({ table, key, kind }) => [table, key, kind]);
  if (kinds.length === 0) return;
  const list = longText(db, JSON.stringify(kinds));
  execute(
    db,
    `INSERT OR REPLACE INTO backpedal_drift (run, tbl, key, kind)
      SELECT ?, value ->> 0, value ->> 1, value ->> 2 FROM json_each(${list.sql})`,
    [fence.run, list.value],
  );
}

/** Clear Database: see `DatabasePort.clear`. To be run with foreign keys suspended, as it does itself what they say. */
export function clearRows(
  session: Session,
  tables: readonly BoundTable[],
  fence: Fence,
  request: ClearRequest,
): ClearOutcome {
  assertFence(session, fence);
  const recorded = recordedOutcome(session, fence.run, 'clear');
  if (recorded !== undefined) return recorded as ClearOutcome;
  const plan = planClear(session, tables, request.undoes);
  refuseIfForbidden(plan.dependents);
  const { drift } = plan;
  if (request.drift !== 'any' && request.drift !== drift.digest) {
    dropScratches(session);
    return { status: 'drifted', drift };
  }
  const rows = plan.collections.flatMap(({ bound, table, rows, survey }): Move[] =>
    survey.rows === 0 ? [] : [{ table, collection: bound.collection, part: 'rows', rows, count: survey.rows }],
  );
  moveOut(session, fence, [...rows, ...movesOfDependents(plan.dependents)]);
  refuse(brokenDefaults(session, plan.dependents));
  dropScratches(session);
  recordKinds(session, fence, plan);
  const outcome: ClearOutcome = {
    status: 'cleared',
    undoes: request.undoes,
    drift,
    collections: plan.collections.map(({ survey }) => survey),
    dependents: plan.summary,
  };
  execute(session.db, 'UPDATE backpedal_runs SET cleared_by = ?, dropped = 0 WHERE run = ? AND cleared_by IS NULL', [
    fence.run,
    request.undoes,
  ]);
  forgetStep(session, fence.run, 'undoClear');
  recordOutcome(session, fence, 'clear', outcome);
  return outcome;
}

/** Moves rows that appeared after a clear into the archive: see `DatabasePort.sweep`. */
export function sweepRows(session: Session, tables: readonly BoundTable[], fence: Fence): number {
  assertFence(session, fence);
  const run = findRunClearedBy(session, fence.run);
  if (run === null || isShared(session, tables, run)) return 0;
  const late = tables.flatMap((bound): (Move & Removal)[] => {
    const where = whereAll([bound.scope, movableRows(session, bound, run)]);
    const count = firstNumber(session.db, `SELECT count(*) FROM ${quotedTable(bound)}${where.sql}`, where.params);
    if (count === 0) return [];
    const rows = where.sql === '' ? null : { sql: where.sql.replace(/^ WHERE /, ''), params: where.params };
    return [{ table: readTable(session.db, bound.name), collection: bound.collection, part: 'late', rows, count }];
  });
  if (late.length === 0) return 0;
  const dependents = findDependents(session, late);
  refuseIfForbidden(dependents);
  moveOut(session, fence, [...late, ...movesOfDependents(dependents)]);
  refuse(brokenDefaults(session, dependents));
  dropScratches(session);
  return late.reduce((sum, { count }) => sum + count, 0);
}

/** How many rows of a run, or of nobody, are in the scope: see `DatabasePort.remaining`. */
export function countRemaining(session: Session, tables: readonly BoundTable[], undoes: string): number {
  const run: RunRecord | null = findRun(session, undoes);
  if (run === null) return 0;
  const shared = isShared(session, tables, run);
  return tables.reduce((sum, bound) => {
    const rows = shared ? ownRows(session, bound, run) : movableRows(session, bound, run);
    const where = whereAll([bound.scope, rows]);
    return sum + firstNumber(session.db, `SELECT count(*) FROM ${quotedTable(bound)}${where.sql}`, where.params);
  }, 0);
}
