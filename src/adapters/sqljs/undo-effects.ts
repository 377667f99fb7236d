import { type Archive, removeArchive, rowidOf } from './archive.ts';
import { AFTER, ROWID } from './archive-table.ts';
import { type LiveTable, readTable } from './catalog.ts';
import { rowSql } from './encoding.ts';
import type { Session } from './engine.ts';
import { execute, firstNumber, quoteName } from './sql.ts';

const idsOf = (table: LiveTable): readonly string[] =>
  table.primaryKey.length > 0 || table.rowid === null ? table.primaryKey : [table.rowid];

// The archive keeps the whole row as the trigger left it, its key included, so this finds it only while it is that.
const asLeft = (table: LiveTable): string =>
  rowSql({ ids: idsOf(table), recorded: table.columns, later: [], table: table.name });

/** Takes back rows that triggers wrote, unless somebody has changed them since; then they stay. */
export function removeCreated(session: Session, archive: Archive): number {
  const { db } = session;
  const table = readTable(db, archive.table);
  execute(
    db,
    `DELETE FROM ${quoteName(table.name)} WHERE ${asLeft(table)} IN (SELECT ${AFTER} FROM ${quoteName(archive.name)})`,
  );
  removeArchive(session, archive);
  return 0;
}

/** Gives rows that triggers changed their old content back, unless somebody has changed them since. */
export function restoreAltered(session: Session, archive: Archive): number {
  const { db } = session;
  const table = readTable(db, archive.table);
  const target = quoteName(table.name);
  const source = quoteName(archive.name);
  const id = rowidOf(session, archive);
  const rowMatch = table.rowid === null ? '' : ` AND ${target}.${table.rowid} = a.${ROWID}`;
  const matches = `${asLeft(table)} = a.${AFTER}${rowMatch}`;
  db.run(`CREATE TEMP TABLE backpedal_restored AS SELECT a.${id} AS id FROM ${source} AS a
    WHERE EXISTS (SELECT 1 FROM ${target} WHERE ${matches})`);
  const columns = archive.columns.map(quoteName);
  execute(
    db,
    `UPDATE ${target} SET (${columns.join(', ')}) =
      (SELECT ${columns.map((column) => `a.${column}`).join(', ')} FROM ${source} AS a WHERE ${matches})
      WHERE ${asLeft(table)} IN (SELECT ${AFTER} FROM ${source})`,
  );
  const restored = execute(db, `DELETE FROM ${source} WHERE ${id} IN (SELECT id FROM temp.backpedal_restored)`);
  db.run('DROP TABLE temp.backpedal_restored');
  if (firstNumber(db, `SELECT count(*) FROM ${source}`) === 0) removeArchive(session, archive);
  return restored;
}
