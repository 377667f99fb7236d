import { DatabaseError } from '../../errors.ts';
import type { Fence } from '../../ports/database.ts';
import { type Archive, listArchives, removeArchive, rowidOf } from './archive.ts';
import { type ArchivePart, ROWID } from './archive-table.ts';
import { listTriggers, locatorOf, readTable, sameName } from './catalog.ts';
import type { Session } from './engine.ts';
import { rejectionReason } from './failures.ts';
import { assertFence, forgetStep, recordedOutcome, recordOutcome } from './lease.ts';
import { allRows, execute, firstNumber, firstRow, quoteName, quoteText } from './sql.ts';
import { removeCreated, restoreAltered } from './undo-effects.ts';

/** Does all of a change or, when a constraint refuses it, nothing. */
function attempt({ db }: Session, change: () => void): boolean {
  db.run('SAVEPOINT backpedal_put_back');
  let done = true;
  try {
    change();
  } catch (thrown) {
    if (rejectionReason(thrown) === null) throw thrown;
    done = false;
    db.run('ROLLBACK TO backpedal_put_back');
  }
  db.run('RELEASE backpedal_put_back');
  return done;
}

/**
 * Puts rows back into their table, rowids and all: in one statement or, where newer rows are in the way, one by one.
 * Rows whose place is taken stay in the archive.
 */
function putBack(session: Session, archive: Archive): number {
  const { db } = session;
  const table = readTable(db, archive.table);
  const source = quoteName(archive.name);
  const columns = archive.columns.map(quoteName).join(', ');
  const id = rowidOf(session, archive);
  const withRowid = table.rowid === null ? '' : `${table.rowid}, `;
  let count = 0;
  const insert = (rowid: string, where: string): void => {
    count += execute(
      db,
      `INSERT OR ABORT INTO ${quoteName(table.name)} (${rowid}${columns})
        SELECT ${rowid === '' ? '' : `${id}, `}${columns} FROM ${source}${where} ORDER BY ${id}`,
    );
  };
  if (attempt(session, () => insert(withRowid, ''))) {
    removeArchive(session, archive);
    return count;
  }
  for (const [rowid] of allRows(db, `SELECT ${id} FROM ${source} ORDER BY ${id}`)) {
    const where = ` WHERE ${id} = ${rowid}`;
    // A newer row may have got nothing but the rowid, by which nobody knows a row that has a key of its own.
    const done = attempt(session, () => insert(withRowid, where)) || attempt(session, () => insert('', where));
    if (done) execute(db, `DELETE FROM ${source}${where}`);
  }
  if (firstNumber(db, `SELECT count(*) FROM ${source}`) === 0) removeArchive(session, archive);
  return count;
}

/** Gives detached rows back what they referred to, unless they are gone or refer to something else by now. */
function attachAgain(session: Session, archive: Archive): number {
  const { db } = session;
  const table = readTable(db, archive.table);
  const source = quoteName(archive.name);
  const target = quoteName(table.name);
  const hasKey = table.primaryKey.length > 0;
  const locators = hasKey ? table.primaryKey.map(quoteName) : locatorOf(table);
  const references = archive.detached.map(({ name, becomes }) => ({ name: quoteName(name), becomes }));
  const matches = [
    ...locators.map((column) => `${target}.${column} = a.${hasKey ? column : ROWID}`),
    ...references.map(({ name, becomes }) => `(${target}.${name} IS (${becomes}) OR ${target}.${name} IS a.${name})`),
  ].join(' AND ');
  const id = rowidOf(session, archive);
  const found = allRows(db, `SELECT a.${id} FROM ${source} AS a, ${target} WHERE ${matches}`);
  const assignments = references.map(({ name }) => `${name} = a.${name}`).join(', ');
  db.run(`UPDATE ${target} SET ${assignments} FROM ${source} AS a WHERE ${matches}`);
  for (const [rowid] of found) db.run(`DELETE FROM ${source} WHERE ${id} = ${rowid}`);
  if (firstNumber(db, `SELECT count(*) FROM ${source}`) === 0) removeArchive(session, archive);
  return found.length;
}

const UNDO: Readonly<Record<ArchivePart, (session: Session, archive: Archive) => number>> = {
  created: removeCreated,
  altered: restoreAltered,
  rows: putBack,
  dependents: putBack,
  late: putBack,
  detached: attachAgain,
};

// What triggers wrote could be in the way of what comes back, and what was detached refers to it.
const ORDER: readonly ArchivePart[] = ['created', 'altered', 'rows', 'dependents', 'late', 'detached'];

/** Undoes every archive of a run while the app's triggers are away, so that rows come back exactly as they were. */
function undoArchives(session: Session, archives: readonly Archive[]): number {
  const { db } = session;
  const triggers = listTriggers(db).filter((trigger) => archives.some(({ table }) => sameName(table, trigger.table)));
  for (const { name } of triggers) db.run(`DROP TRIGGER ${quoteName(name)}`);
  let rows = 0;
  for (const part of ORDER) {
    for (const archive of archives.filter((each) => each.part === part)) rows += UNDO[part](session, archive);
  }
  for (const { sql } of triggers) db.run(sql);
  return rows;
}

/** Undoes a clear: see `DatabasePort.undoClear`. To be run with foreign keys suspended. */
export function undoClear(session: Session, fence: Fence): number {
  assertFence(session, fence);
  const { db } = session;
  const { migration, run } = fence;
  if (recordedOutcome(session, run, 'clear') === undefined) {
    return Number(recordedOutcome(session, run, 'undoClear') ?? 0);
  }
  if (firstRow(db, 'SELECT 1 FROM backpedal_runs WHERE cleared_by = ? AND dropped = 1', [run]) !== undefined) {
    throw new DatabaseError('DATABASE_FAILED', `The archive of run ${run} was dropped; nothing can be put back.`, {
      details: { run },
    });
  }
  const rows = undoArchives(session, listArchives(session, migration, run));
  // Rows whose place is taken stay in the archive, and so does what is known of them.
  const left = listArchives(session, migration, run).map(({ table }) => quoteText(table));
  execute(db, `DELETE FROM backpedal_drift WHERE run = ? AND (kind = 'deleted' OR tbl NOT IN (${left.join(', ')}))`, [
    run,
  ]);
  execute(db, 'UPDATE backpedal_runs SET cleared_by = NULL WHERE cleared_by = ?', [run]);
  forgetStep(session, run, 'clear');
  recordOutcome(session, fence, 'undoClear', rows);
  return rows;
}
