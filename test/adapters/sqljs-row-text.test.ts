import { expect, it } from 'vitest';
import { readTable } from '../../src/adapters/sqljs/catalog.ts';
import { rowSql } from '../../src/adapters/sqljs/encoding.ts';
import { fingerprintText, fingerprintToHex } from '../../src/adapters/sqljs/fingerprint.ts';
import { SQL } from './sqljs-harness.ts';

/** Values, as SQL, that are easily taken for one another. */
const VALUES = [
  'NULL',
  "''",
  "x''",
  "'a'",
  "x'61'",
  "'ab'",
  "'b'",
  "'NULL'",
  '1',
  '10',
  '1.0',
  "'1'",
  "'1t1'",
  "','",
  "'a' || char(0)",
  "'a' || char(0) || 'b'",
  'char(0)',
  'char(65279)',
  "char(65279) || 'a'",
  '9007199254740992',
  '9007199254740993',
  "CAST(x'ff' AS TEXT)",
  "CAST(x'ffff' AS TEXT)",
];

/** How the rows of a table are told apart, and which of them really are different, as SQLite says. */
function tellApart(ddl: string, columns: readonly string[]): { readonly told: number; readonly different: number } {
  const db = new SQL.Database();
  db.run(ddl);
  const table = readTable(db, 't');
  const insert = `INSERT INTO t (${columns.join(', ')}) VALUES`;
  for (const one of VALUES) for (const other of VALUES) db.run(`${insert} (${one}, ${other})`);
  const row = rowSql({ ids: ['rowid'], recorded: table.columns, later: [] });
  const texts = db
    .exec(`SELECT ${row} FROM t`)[0]
    ?.values.map(([text]) => String(text).split('\n').slice(1).join('\n'));
  const exact = columns.map((column) => `typeof(${column}) || hex(CAST(${column} AS BLOB))`).join(` || ' ' || `);
  const [[different] = []] = db.exec(`SELECT count(DISTINCT ${exact}) FROM t`)[0]?.values ?? [];
  db.close();
  return { told: new Set(texts).size, different: Number(different) };
}

it('DB26 no two rows that differ in value or type are written alike, whatever their columns are declared as', () => {
  for (const type of ['TEXT', 'VARCHAR(9) COLLATE NOCASE', 'INTEGER', 'REAL', 'NUMERIC', 'BLOB', '', 'POINT']) {
    const { told, different } = tellApart(`CREATE TABLE t (a ${type}, b ${type})`, ['a', 'b']);
    expect({ type, told }).toEqual({ type, told: different });
    expect(different).toBeGreaterThan(300);
  }
  for (const [a, b] of [
    ['TEXT', 'INTEGER'],
    ['', 'TEXT'],
  ]) {
    const { told, different } = tellApart(`CREATE TABLE t (a ${a}, b ${b})`, ['a', 'b']);
    expect({ a, b, told }).toEqual({ a, b, told: different });
  }
  const { told, different } = tellApart('CREATE TABLE t (a TEXT, x TEXT, b CLOB)', ['a', 'b']);
  expect(told).toBe(different);
});

it('DB26 fingerprints of texts that differ in a unit, in two, or in their order are all different', () => {
  const text = 'task-000001\n0123456789abcdef';
  const fingerprints = new Set<string>();
  let count = 0;
  const add = (changed: string): void => {
    count += 1;
    fingerprints.add(fingerprintToHex(fingerprintText(changed)));
  };
  for (let length = 0; length <= text.length; length += 1) add(text.slice(0, length));
  const put = (into: string, at: number, unit: number): string =>
    into.slice(0, at) + String.fromCharCode(unit) + into.slice(at + 1);
  for (let at = 0; at < text.length; at += 1) {
    for (let unit = 0x100; unit < 0x500; unit += 1) add(put(text, at, unit));
    for (let other = 0; other < at; other += 1)
      for (let unit = 0x100; unit < 0x110; unit += 1)
        for (let more = 0x100; more < 0x108; more += 1) add(put(put(text, at, unit), other, more));
  }
  expect(count).toBeGreaterThan(70_000);
  expect(fingerprints.size).toBe(count);
});
