import { DatabaseError } from '../../errors.ts';
import type { Fence } from '../../ports/database.ts';
import { inArchive, type Move, type PendingRemoval, ROWID, registerArchive } from './archive-table.ts';
import { listForeignKeys, listTriggers, sameName } from './catalog.ts';
import { archiveEffects, watchEffects } from './effects.ts';
import type { Session } from './engine.ts';
import { allRows, execute, firstNumber, firstRow, quoteName, whereAll } from './sql.ts';

/**
 * Copies the rows into a new archive table. All copies are made before any row is removed, because a condition of
 * the app's may look at other tables than its own.
 */
function copyToArchive(session: Session, fence: Fence, move: Move): PendingRemoval {
  const { db } = session;
  const { table } = move;
  const archive = registerArchive(session, fence, move, 'copied');
  const columns = table.columns.map(({ name }) => quoteName(name)).join(', ');
  const rowid = table.rowid === null ? '' : `${table.rowid}, `;
  db.run(
    `CREATE TABLE ${quoteName(archive)} (${table.rowid === null ? '' : `${ROWID} INTEGER PRIMARY KEY, `}${columns})`,
  );
  const where = whereAll([move.rows]);
  const copied = execute(
    db,
    `INSERT INTO ${quoteName(archive)} SELECT ${rowid}${columns} FROM ${quoteName(table.name)}${where.sql}`,
    where.params,
  );
  if (copied !== move.count) throw miscounted(table.name, 'copied', copied, move.count);
  return { move, archive };
}

const miscounted = (table: string, what: string, actual: number, expected: number): DatabaseError =>
  new DatabaseError(
    'DATABASE_FAILED',
    `Of ${expected} rows of ${table}, ${actual} were ${what}: a trigger interferes. Nothing was changed.`,
    { details: { table, expected, actual } },
  );

/** Removes the rows that {@link copyToArchive} copied from their table, or takes from them what they refer to. */
function removeArchived({ db }: Session, removal: PendingRemoval): void {
  const { table, part, rows, detached = [] } = removal.move;
  const name = quoteName(table.name);
  if (part === 'detached') {
    const assignments = detached.map((column) => `${quoteName(column.name)} = ${column.becomes}`);
    db.run(`UPDATE ${name} SET ${assignments.join(', ')} WHERE ${inArchive(removal)}`);
    return;
  }
  // Without a condition SQLite drops the pages of the table instead of its rows. Not where triggers exist: they could
  // have written rows to it in the meantime.
  const all = rows === null && listTriggers(db).length === 0;
  db.run(`DELETE FROM ${name}${all ? '' : ` WHERE ${inArchive(removal)}`}`);
}

function assertRemoved({ db }: Session, removal: PendingRemoval): void {
  const { table, part, count } = removal.move;
  if (part === 'detached') return;
  const left = firstNumber(db, `SELECT count(*) FROM ${quoteName(table.name)} WHERE ${inArchive(removal)}`);
  if (left > 0) throw miscounted(table.name, 'removed', count - left, count);
}

/**
 * Whether a whole table may become the archive and a new, empty one take its place. That costs the same for any number
 * of rows, where copying them writes each page twice. Not with foreign keys of its own, which would go on working on
 * the archive; not with AUTOINCREMENT, whose counter would move along.
 */
function isSwappable({ db }: Session, { table, part, rows, count }: Move): boolean {
  if (part !== 'rows' || table.rowid === null || /\bautoincrement\b/i.test(table.sql)) return false;
  if (listForeignKeys(db).some(({ child }) => sameName(child, table.name))) return false;
  const temporary = 'SELECT 1 FROM temp.sqlite_schema WHERE lower(tbl_name) = lower(?)';
  if (firstRow(db, temporary, [table.name]) !== undefined) return false;
  return rows === null || firstNumber(db, `SELECT count(*) FROM ${quoteName(table.name)}`) === count;
}

/** Renames the table into an archive and creates it again, empty, with its indexes and triggers. */
function swapIntoArchive(session: Session, fence: Fence, move: Move): void {
  const { db } = session;
  const { table } = move;
  const archive = registerArchive(session, fence, move, 'swapped');
  const attached = allRows(
    db,
    `SELECT type, name, sql FROM sqlite_schema
      WHERE lower(tbl_name) = lower(?) AND type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY rowid`,
    [table.name],
  );
  // In its present form, renaming would re-point the views, triggers and foreign keys that name the table.
  const legacy = firstNumber(db, 'PRAGMA legacy_alter_table');
  db.run('PRAGMA legacy_alter_table = ON');
  try {
    db.run(`ALTER TABLE ${quoteName(table.name)} RENAME TO ${quoteName(archive)}`);
  } finally {
    db.run(`PRAGMA legacy_alter_table = ${legacy}`);
  }
  for (const [type, name] of attached) db.run(`DROP ${type} ${quoteName(String(name))}`);
  db.run(table.sql);
  for (const [, , sql] of attached) db.run(String(sql));
}

/**
 * Moves rows out of their tables into archive tables. Triggers of the app on what is removed or detached run, so that
 * what they keep in order stays in order; what they change in other tables is archived as well.
 */
export function moveOut(session: Session, fence: Fence, moves: readonly Move[]): void {
  const watches = watchEffects(session, moves);
  const swaps = watches.length > 0 ? [] : moves.filter((move) => isSwappable(session, move));
  const pending = moves.filter((move) => !swaps.includes(move)).map((move) => copyToArchive(session, fence, move));
  for (const removal of pending) removeArchived(session, removal);
  for (const removal of pending) assertRemoved(session, removal);
  archiveEffects(session, fence, watches, pending);
  for (const move of swaps) swapIntoArchive(session, fence, move);
}
