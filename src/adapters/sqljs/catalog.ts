import type { Database } from 'sql.js';
import { DatabaseError } from '../../errors.ts';
import { allRows, quoteName, quoteText } from './sql.ts';

/** A column that holds data of its own; generated ones are left out. */
export interface LiveColumn {
  readonly name: string;
  readonly notNull: boolean;
  readonly defaultSql: string | null;
  /** `text`: it turns numbers into text, so that it holds texts, BLOBs and NULL only (SQLite's rules of affinity). */
  readonly affinity: 'text' | 'other';
}

/** What ON DELETE says. */
export type DeleteAction = 'CASCADE' | 'SET NULL' | 'SET DEFAULT' | 'RESTRICT' | 'NO ACTION';

/** A foreign key, seen from the table that declares it. */
export interface ForeignKey {
  readonly child: string;
  readonly parent: string;
  readonly childColumns: readonly string[];
  readonly parentColumns: readonly string[];
  readonly onDelete: DeleteAction;
}

/** A trigger with the text that creates it again. */
export interface Trigger {
  readonly name: string;
  readonly table: string;
  readonly sql: string;
}

/** A table as it is in the database now, which may have more columns than the app's schema knows. */
export interface LiveTable {
  readonly name: string;
  readonly sql: string;
  readonly columns: readonly LiveColumn[];
  /** Names of the primary key's columns, in its order; empty when none is declared. */
  readonly primaryKey: readonly string[];
  /** The name by which the rowid can be read, or `null` for WITHOUT ROWID tables. */
  readonly rowid: string | null;
}

const affinityOf = (type: string): LiveColumn['affinity'] =>
  /CHAR|CLOB|TEXT/i.test(type) && !/INT/i.test(type) ? 'text' : 'other';

/** Reads the schema of one table. @throws DatabaseError `DATABASE_SCHEMA` when there is no such table */
export function readTable(db: Database, name: string): LiveTable {
  const info = allRows(
    db,
    `SELECT name, "notnull", dflt_value, pk, hidden, type FROM pragma_table_xinfo(${quoteText(name)})`,
  );
  const listed = allRows(db, `SELECT name, wr FROM pragma_table_list(${quoteText(name)}) WHERE schema = 'main'`)[0];
  if (listed === undefined) {
    throw new DatabaseError('DATABASE_SCHEMA', `There is no table ${name}; create it before the migration.`, {
      details: { table: name },
    });
  }
  const taken = new Set(info.map((row) => String(row[0]).toLowerCase()));
  const sql = allRows(db, `SELECT sql FROM sqlite_schema WHERE type = 'table' AND lower(name) = lower(?)`, [name])[0];
  return {
    name: String(listed[0]),
    sql: String(sql?.[0] ?? ''),
    columns: info
      .filter((row) => row[4] === 0)
      .map((row) => ({
        name: String(row[0]),
        notNull: row[1] === 1,
        defaultSql: row[2] as string | null,
        affinity: affinityOf(String(row[5])),
      })),
    primaryKey: info
      .filter((row) => Number(row[3]) > 0)
      .sort((a, b) => Number(a[3]) - Number(b[3]))
      .map((row) => String(row[0])),
    rowid: listed[1] === 1 ? null : (['rowid', '_rowid_', 'oid'].find((alias) => !taken.has(alias)) ?? null),
  };
}

/** The columns that tell one row of a table from another: the rowid, or the primary key where there is none. */
export function locatorOf(table: LiveTable): readonly string[] {
  return table.rowid === null ? table.primaryKey.map(quoteName) : [table.rowid];
}

/** Names of the app's ordinary tables: none of SQLite's, none of ours, no views and no virtual tables. */
export function listTables(db: Database): string[] {
  const sql = `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
    AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE 'backpedal\\_%' ESCAPE '\\' ORDER BY name`;
  return allRows(db, sql).map((row) => String(row[0]));
}

/** Every foreign key of the app's tables, with the parent's columns spelled out. */
export function listForeignKeys(db: Database): ForeignKey[] {
  const keys: ForeignKey[] = [];
  for (const child of listTables(db)) {
    const rows = allRows(
      db,
      `SELECT id, "table", "from", "to", on_delete FROM pragma_foreign_key_list(${quoteText(child)}) ORDER BY id, seq`,
    );
    for (const id of new Set(rows.map((row) => row[0]))) {
      const parts = rows.filter((row) => row[0] === id);
      const parent = String(parts[0]?.[1]);
      const named = parts.map((row) => row[3]);
      keys.push({
        child,
        parent,
        childColumns: parts.map((row) => String(row[2])),
        parentColumns: named.includes(null) ? primaryKeyOf(db, parent) : named.map(String),
        onDelete: String(parts[0]?.[4]) as DeleteAction,
      });
    }
  }
  return keys;
}

function primaryKeyOf(db: Database, table: string): string[] {
  return allRows(db, `SELECT name FROM pragma_table_info(${quoteText(table)}) WHERE pk > 0 ORDER BY pk`).map((row) =>
    String(row[0]),
  );
}

/** The app's triggers in the main schema, all of them or those of one table. */
export function listTriggers(db: Database, table?: string): Trigger[] {
  const rows = allRows(db, `SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid`);
  return rows
    .map((row) => ({ name: String(row[0]), table: String(row[1]), sql: String(row[2]) }))
    .filter((trigger) => table === undefined || sameName(trigger.table, table));
}

/** Whether two identifiers name the same thing in SQLite. */
export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** The tables with those that others refer to first; tables that refer to each other keep their order. */
export function parentsFirst<T extends { readonly name: string }>(
  tables: readonly T[],
  foreignKeys: readonly ForeignKey[],
): T[] {
  const ordered: T[] = [];
  const visited = new Set<T>();
  const visit = (table: T): void => {
    if (visited.has(table)) return;
    visited.add(table);
    for (const key of foreignKeys.filter((k) => sameName(k.child, table.name))) {
      for (const parent of tables.filter((t) => sameName(t.name, key.parent))) visit(parent);
    }
    ordered.push(table);
  };
  for (const table of tables) visit(table);
  return ordered;
}
