import { DatabaseError } from '../../errors.ts';
import type { Fence } from '../../ports/database.ts';
import { type Archive, listArchives, removeArchive, rowidOf } from './archive.ts';
import { type LiveTable, listTriggers, locatorOf, readTable } from './catalog.ts';
import type { Session } from './engine.ts';
import { rejectionReason } from './failures.ts';
import { assertFence, forgetStep, recordedOutcome, recordOutcome } from './lease.ts';
import { ROWID } from './move.ts';
import { allRows, execute, firstNumber, firstRow, quoteName, quoteText } from './sql.ts';

/** Runs work while the app's triggers on a table are away, so that rows come back exactly as they were. */
function withoutTriggers({ db }: Session, table: LiveTable, work: () => number): number {
  const triggers = listTriggers(db, table.name);
  for (const { name } of triggers) db.run(`DROP TRIGGER ${quoteName(name)}`);
  const result = work();
  for (const { sql } of triggers) db.run(sql);
  return result;
}

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
  const target = quoteName(table.name);
  const columns = archive.columns.map(quoteName).join(', ');
  const id = rowidOf(session, archive);
  const withRowid = table.rowid === null ? '' : `${table.rowid}, `;
  const insert = (rowid: string, where: string): number =>
    execute(
      db,
      `INSERT OR ABORT INTO ${target} (${rowid}${columns})
        SELECT ${rowid === '' ? '' : `${id}, `}${columns} FROM ${source}${where} ORDER BY ${id}`,
    );
  return withoutTriggers(session, table, () => {
    let count = 0;
    if (
      attempt(session, () => {
        count = insert(withRowid, '');
      })
    ) {
      removeArchive(session, archive);
      return count;
    }
    for (const [rowid] of allRows(db, `SELECT ${id} FROM ${source} ORDER BY ${id}`)) {
      const where = ` WHERE ${id} = ${rowid}`;
      // A newer row may have got the rowid alone, which nobody refers to by name.
      const done = attempt(session, () => insert(withRowid, where)) || attempt(session, () => insert('', where));
      if (!done) continue;
      execute(db, `DELETE FROM ${source}${where}`);
      count += 1;
    }
    if (firstNumber(db, `SELECT count(*) FROM ${source}`) === 0) removeArchive(session, archive);
    return count;
  });
}

/** Gives detached rows back what they referred to, unless they are gone or refer to something else by now. */
function attachAgain(session: Session, archive: Archive): number {
  const { db } = session;
  const table = readTable(db, archive.table);
  const source = quoteName(archive.name);
  const target = quoteName(table.name);
  const locators = table.primaryKey.length > 0 ? table.primaryKey.map(quoteName) : locatorOf(table);
  const same = locators.map((column) => `${target}.${column} = a.${table.primaryKey.length > 0 ? column : ROWID}`);
  const untouched = archive.detached.map(({ name, becomes }) => `${target}.${quoteName(name)} IS (${becomes})`);
  const assignments = archive.detached.map(({ name }) => `${quoteName(name)} = a.${quoteName(name)}`);
  const id = rowidOf(session, archive);
  return withoutTriggers(session, table, () => {
    const stillThere = `SELECT a.${id} FROM ${source} AS a, ${target} WHERE ${[...same, ...untouched].join(' AND ')}`;
    const ids = allRows(db, stillThere).map(([rowid]) => Number(rowid));
    execute(
      db,
      `UPDATE ${target} SET ${assignments.join(', ')} FROM ${source} AS a WHERE ${[...same, ...untouched].join(' AND ')}`,
    );
    const remove = db.prepare(`DELETE FROM ${source} WHERE ${id} = ?`);
    for (const rowid of ids) remove.run([rowid]);
    remove.free();
    if (firstNumber(db, `SELECT count(*) FROM ${source}`) === 0) removeArchive(session, archive);
    return ids.length;
  });
}

/** Undoes a clear: see `DatabasePort.undoClear`. To be run with foreign keys suspended. */
export function undoClear(session: Session, fence: Fence): number {
  assertFence(session, fence);
  const { db } = session;
  if (recordedOutcome(session, fence.run, 'clear') === undefined) {
    return Number(recordedOutcome(session, fence.run, 'undoClear') ?? 0);
  }
  if (firstRow(db, 'SELECT 1 FROM backpedal_runs WHERE cleared_by = ? AND dropped = 1', [fence.run]) !== undefined) {
    throw new DatabaseError(
      'DATABASE_FAILED',
      `The archive of run ${fence.run} was dropped; nothing can be put back.`,
      { details: { run: fence.run } },
    );
  }
  const archives = listArchives(session, fence.migration, fence.run);
  let rows = 0;
  for (const archive of archives.filter(({ part }) => part !== 'detached')) rows += putBack(session, archive);
  for (const archive of archives.filter(({ part }) => part === 'detached')) rows += attachAgain(session, archive);
  const left = listArchives(session, fence.migration, fence.run).map(({ table }) => quoteText(table));
  execute(db, `DELETE FROM backpedal_drift WHERE run = ? AND (kind = 'deleted' OR tbl NOT IN (${left.join(', ')}))`, [
    fence.run,
  ]);
  execute(db, 'UPDATE backpedal_runs SET cleared_by = NULL WHERE cleared_by = ?', [fence.run]);
  forgetStep(session, fence.run, 'clear');
  recordOutcome(session, fence, 'undoClear', rows);
  return rows;
}
