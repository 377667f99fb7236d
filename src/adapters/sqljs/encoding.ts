import type { LiveColumn } from './catalog.ts';
import { quoteName } from './sql.ts';

const qualified = (column: string, table?: string): string =>
  table === undefined ? quoteName(column) : `${quoteName(table)}.${quoteName(column)}`;

// BLOBs come after everything else and texts after numbers; a comparison costs less than a call of typeof().
const isBlob = (name: string): string => `${name} >= x'' COLLATE BINARY`;
const isText = (name: string): string => `${name} >= '' COLLATE BINARY AND NOT ${isBlob(name)}`;

/**
 * SQL for the key of a row (`RowKey`): a JSON array. BLOBs, which JSON cannot hold, become an array of hex text.
 * `table` qualifies the columns, for use in a subquery that has columns of its own.
 */
export function keySql(idColumns: readonly string[], table?: string): string {
  const parts = idColumns.map((id) => {
    const name = qualified(id, table);
    return `iif(${isBlob(name)}, '["' || hex(${name}) || '"]', json_quote(${name}))`;
  });
  return `concat('[', ${parts.join(`, ',', `)}, ']')`;
}

// Text is preceded by its length, so that no two rows are written alike and U+0000 does no harm, at which quote()
// would stop; numbers, NULL and BLOBs are unmistakable in quote()'s notation.
const valueSql = (column: string, table?: string): string => {
  const name = qualified(column, table);
  return `iif(${isText(name)}, octet_length(${name}) || 't' || ${name}, quote(${name}))`;
};

// A column that holds texts is written as it is, and its length in bytes behind all of them: below zero for a BLOB, and
// longer than any text for NULL.
const plainSql = (column: string, table?: string): string => {
  const name = qualified(column, table);
  return `iif(${isBlob(name)}, quote(${name}), ${name})`;
};

const lengthSql = ({ name, notNull }: LiveColumn, table?: string): string => {
  const column = qualified(name, table);
  const length = `iif(${isBlob(column)}, -1 - octet_length(${column}), octet_length(${column}))`;
  return notNull ? length : `ifnull(${length}, 2147483647)`;
};

/** The lengths of columns that hold texts, two in a number: SQLite's values have less than 2^30 bytes, so that none is lost. */
function lengthsSql(columns: readonly LiveColumn[], table?: string): string[] {
  const lengths: string[] = [];
  for (let i = 0; i < columns.length; i += 2) {
    const pair = columns.slice(i, i + 2).map((column) => lengthSql(column, table));
    lengths.push("','", pair.join(' * 4294967296 + '));
  }
  return lengths;
}

// A column that came after the digests were taken counts only where it holds something other than its default.
const laterValueSql = (column: LiveColumn, table?: string): string =>
  `iif(${qualified(column.name, table)} IS (${column.defaultSql ?? 'NULL'}), '', '+' || ${valueSql(column.name, table)})`;

// SQLite's functions take a limited number of arguments.
const MOST_ARGUMENTS = 100;

function concat(parts: readonly string[]): string {
  const groups: string[] = [];
  for (let i = 0; i < parts.length; i += MOST_ARGUMENTS) {
    groups.push(`concat(${parts.slice(i, i + MOST_ARGUMENTS).join(', ')})`);
  }
  return groups.length === 1 ? (groups[0] as string) : concat(groups);
}

/** Which columns a row's digest covers. */
export interface DigestColumns {
  readonly ids: readonly string[];
  /** The columns when the digests were recorded, ids included. */
  readonly recorded: readonly LiveColumn[];
  /** The columns that were added to the table since. */
  readonly later: readonly LiveColumn[];
  /** Qualifies the columns, as in {@link keySql}. */
  readonly table?: string;
}

/**
 * SQL for a text that holds a whole row without loss: its key, a line feed (which no JSON text contains), then the
 * other columns: those that hold texts, the rest, and the lengths of the texts in bytes. Read as text, which sql.js does several times faster than BLOBs;
 * two texts that are not well-formed UTF-8 are told apart by their lengths only.
 */
export function rowSql({ ids, recorded, later, table }: DigestColumns): string {
  const others = recorded.filter(({ name }) => !ids.includes(name));
  const texts = others.filter(({ affinity }) => affinity === 'text');
  const rest = others.filter(({ affinity }) => affinity !== 'text');
  // Without a separator, so that a column at its default leaves no trace.
  const added = later.map((column) => laterValueSql(column, table));
  // In one call as far as possible: each one within another would copy the row once more.
  return concat([
    keySql(ids, table),
    'char(10)',
    ...texts.map(({ name }) => plainSql(name, table)),
    ...rest.flatMap(({ name }) => ["','", valueSql(name, table)]),
    ...lengthsSql(texts, table),
    ...added,
  ]);
}

/** The key at the beginning of what {@link rowSql} gave. */
export function keyOfEncodedRow(row: string): string {
  return row.slice(0, row.indexOf('\n'));
}

/**
 * SQL that reads a column so that sql.js gives it back whole: text is preceded by a full stop, without which a
 * leading U+FEFF would be swallowed as a byte order mark. Undone by {@link readText}.
 */
export function readSql(column: string, table: string): string {
  const name = `${quoteName(table)}.${quoteName(column)}`;
  return `iif(typeof(${name}) = 'text', '.' || ${name}, ${name})`;
}

/** Undoes {@link readSql}. */
export function readText<T>(value: T): T | string {
  return typeof value === 'string' ? value.slice(1) : value;
}

/** The key of a row whose id columns hold these values, as {@link keySql} writes it. */
export function keyOfValues(values: readonly unknown[]): string {
  const parts = values.map((value) => {
    if (typeof value === 'bigint') return value.toString();
    if (!(value instanceof Uint8Array)) return JSON.stringify(value);
    return `["${[...value].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('')}"]`;
  });
  return `[${parts.join(',')}]`;
}

// `isWellFormed` is newer than the language level that this is compiled for.
/** Whether a text has no lone surrogate, which SQLite could not hold (hazard H15b). */
export function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed?(): boolean }).isWellFormed?.() ?? !/\p{Surrogate}/u.test(text);
}
