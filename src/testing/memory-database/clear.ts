import { DatabaseError } from '../../errors.ts';
import type { ArchivedRow, ClearOutcome, ClearRequest, Fence, Row } from '../../ports/database.ts';
import { type Dependent, dependentsOf, detached } from './foreign-keys.ts';
import {
  isSharedWithOthers,
  ownerlessRows,
  ownRows,
  type PlannedRow,
  planClear,
  removalOf,
  summarize,
} from './plan.ts';
import {
  type ArchiveRecord,
  archiveOf,
  broughtBy,
  broughtName,
  type ClearRecord,
  type MemoryStore,
  nextSequence,
  ownersOf,
  recordStep,
  rowsOf,
  stepName,
  type Transaction,
  transactFenced,
} from './store.ts';

/** `DatabasePort.clear`. */
export function clear(store: MemoryStore, fence: Fence, request: ClearRequest): ClearOutcome {
  return transactFenced(store, fence, (transaction) => {
    const before = store.cleared.get(fence.run);
    if (before !== undefined) return structuredClone(before.outcome);
    const { undoes } = request;
    const plan = planClear(store, undoes);
    refuseIfForbidden(plan.dependents);
    if (request.drift !== 'any' && request.drift !== plan.drift.digest) {
      return { status: 'drifted', drift: plan.drift };
    }
    const { drift, collections } = plan;
    const dependents = summarize(plan.dependents);
    const outcome: ClearOutcome = { status: 'cleared', undoes: request.undoes, drift, collections, dependents };
    const brought = new Map(
      collections.map(({ collection }) => [collection, broughtBy(store, undoes, collection)] as const),
    );
    for (const row of plan.rows) moveOut(store, transaction, fence, row, row.kind);
    moveDependents(store, transaction, fence, plan.dependents);
    for (const [collection] of brought) transaction.delete(store.brought, broughtName(undoes, collection));
    transaction.set(store.cleared, fence.run, { undoes, outcome, brought, archive: 'kept' });
    transaction.delete(store.steps, stepName(fence.run, 'undoClear'));
    recordStep(store, transaction, fence, 'clear', outcome);
    return structuredClone(outcome);
  });
}

/** `DatabasePort.undoClear`. */
export function undoClear(store: MemoryStore, fence: Fence): number {
  return transactFenced(store, fence, (transaction) => {
    const cleared = store.cleared.get(fence.run);
    if (cleared === undefined) return Number(store.steps.get(stepName(fence.run, 'undoClear'))?.outcome ?? 0);
    if (cleared.archive === 'dropped') {
      throw new DatabaseError(
        'DATABASE_FAILED',
        `The archive of run ${fence.run} was dropped; nothing can be put back.`,
      );
    }
    let rows = 0;
    for (const [sequence, archived] of archiveOf(store, fence.migration, fence.run)) {
      const outcome = putBack(store, transaction, archived, cleared);
      // Where a newer row has taken the place, both are kept: that one in the table, this one in the archive.
      if (outcome !== 'occupied') transaction.delete(store.archive, sequence);
      if (outcome === 'putBack') rows += 1;
    }
    for (const [collection, brought] of cleared.brought) {
      transaction.set(store.brought, broughtName(cleared.undoes, collection), brought);
    }
    transaction.delete(store.cleared, fence.run);
    transaction.delete(store.steps, stepName(fence.run, 'clear'));
    recordStep(store, transaction, fence, 'undoClear', rows);
    return rows;
  });
}

/** `DatabasePort.sweep`. */
export function sweep(store: MemoryStore, fence: Fence): number {
  return transactFenced(store, fence, (transaction) => {
    const cleared = store.cleared.get(fence.run);
    if (cleared === undefined || isSharedWithOthers(store, cleared.undoes)) return 0;
    const late = Object.keys(store.schema.tables).flatMap((collection) =>
      ownerlessRows(store, cleared.undoes, collection).map(
        ([key, row]): PlannedRow => ({ collection, key, row, kind: 'added' }),
      ),
    );
    const dependents = dependentsOf(store, removalOf(late));
    refuseIfForbidden(dependents);
    for (const row of late) moveOut(store, transaction, fence, row, 'late');
    moveDependents(store, transaction, fence, dependents);
    return late.length;
  });
}

/** `DatabasePort.remaining`. */
export function remaining(store: MemoryStore, undoes: string): number {
  const shared = isSharedWithOthers(store, undoes);
  const counts = Object.keys(store.schema.tables).map((collection) => {
    const ownerless = shared ? 0 : ownerlessRows(store, undoes, collection).length;
    return ownRows(store, undoes, collection).length + ownerless;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

function refuseIfForbidden(dependents: readonly Dependent[]): void {
  const forbidding = [...new Set(dependents.filter(({ effect }) => effect === 'forbids').map(({ table }) => table))];
  if (forbidding.length === 0) return;
  throw new DatabaseError(
    'DATABASE_RESTRICTED',
    `Rows of ${forbidding.join(', ')} refer to rows that are to be cleared, and their foreign key forbids it. Remove or re-point them, then try again.`,
    { details: { tables: forbidding } },
  );
}

function moveOut(
  store: MemoryStore,
  transaction: Transaction,
  fence: Fence,
  planned: PlannedRow,
  kind: ArchivedRow['kind'],
): void {
  const { collection, key, row } = planned;
  const putBack = row === null ? 'nothing' : 'row';
  addToArchive(store, transaction, fence, { collection, table: collection, key, kind, row, putBack, columns: [] });
  if (row === null) return;
  transaction.delete(rowsOf(store, collection), key);
  if (ownersOf(store, collection).has(key)) transaction.delete(ownersOf(store, collection), key);
}

function moveDependents(
  store: MemoryStore,
  transaction: Transaction,
  fence: Fence,
  dependents: readonly Dependent[],
): void {
  for (const { collection, table, key, row, effect, columns } of dependents) {
    const putBack = effect === 'moved' ? 'row' : 'columns';
    addToArchive(store, transaction, fence, { collection, table, key, kind: 'dependent', row, putBack, columns });
    if (effect === 'moved') transaction.delete(rowsOf(store, table), key);
    else transaction.set(rowsOf(store, table), key, detached(row, columns));
  }
}

function addToArchive(
  store: MemoryStore,
  transaction: Transaction,
  { migration, run }: Fence,
  archived: Omit<ArchiveRecord, 'migration' | 'run'>,
): void {
  transaction.set(store.archive, nextSequence(store), { ...archived, migration, run });
}

function putBack(
  store: MemoryStore,
  transaction: Transaction,
  archived: ArchiveRecord,
  cleared: ClearRecord,
): 'putBack' | 'nothing' | 'occupied' {
  const { table, key, row } = archived;
  if (archived.putBack === 'nothing' || row === null) return 'nothing';
  const rows = rowsOf(store, table);
  const present = rows.get(key);
  if (archived.putBack === 'columns') return reattach(transaction, rows, present, archived, row);
  if (present !== undefined) return 'occupied';
  transaction.set(rows, key, row);
  if (archived.kind !== 'dependent' && archived.kind !== 'late' && cleared.brought.get(table)?.has(key)) {
    transaction.set(ownersOf(store, table), key, cleared.undoes);
  }
  return 'putBack';
}

/** Gives a detached row back what it referred to, unless it is gone or refers to something else by now. */
function reattach(
  transaction: Transaction,
  rows: Map<string, Row>,
  present: Row | undefined,
  archived: ArchiveRecord,
  row: Row,
): 'putBack' | 'occupied' {
  if (present === undefined || archived.columns.some((column) => present[column] !== null)) return 'occupied';
  const references = Object.fromEntries(archived.columns.map((column) => [column, row[column]]));
  transaction.set(rows, archived.key, { ...present, ...references });
  return 'putBack';
}
