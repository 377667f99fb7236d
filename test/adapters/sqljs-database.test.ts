import { eq, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/sql-js';
import { blob, integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { describe, expect, it } from 'vitest';
import { sqlJsDatabase } from '../../src/adapters/sqljs/index.ts';
import { NO_DRIFT } from '../../src/ports/database.ts';
import { archivedBy, bench, hold, migrate, query, SQL } from './sqljs-harness.ts';

const notes = sqliteTable('notes', { id: text('id').primaryKey(), body: text('body'), owner: text('owner') });
const NOTES = 'CREATE TABLE notes (id TEXT PRIMARY KEY NOT NULL, body TEXT, owner TEXT);';
const note = (id: string, body: string | null = null, owner: string | null = null) => ({ id, body, owner });

describe('tables and scope', () => {
  it('DB20 tables without a key, shared tables and scopes with gaps are refused, all faults at once', () => {
    const keyless = sqliteTable('keyless', { id: text('id') });
    const db = drizzle(new SQL.Database());
    const tables = { a: notes, b: notes, c: keyless };
    const scope = { name: 'mine', where: { a: eq(notes.owner, 'me'), b: undefined } };
    expect(() => sqlJsDatabase({ db, tables, scope })).toThrow(
      /keyless.*no primary key.*condition for c.*more than one/s,
    );
  });

  it('DB20 a table or a column that the database lacks is named', async () => {
    await expect(bench('', { notes }).port.tables()).rejects.toMatchObject({ code: 'DATABASE_SCHEMA' });
    const { port } = bench('CREATE TABLE notes (id TEXT PRIMARY KEY, owner TEXT);', { notes });
    await expect(port.tables()).rejects.toThrow(/notes lacks body/);
    await expect(port.compare('in', 'unknown', [])).rejects.toMatchObject({ code: 'DATABASE_SCHEMA' });
  });

  it('DB20 names that Drizzle derives, and conditions with values and subqueries, are understood', async () => {
    const raw = new SQL.Database();
    raw.run('CREATE TABLE notes (note_id TEXT PRIMARY KEY, owned_by TEXT); CREATE TABLE users (name TEXT)');
    raw.run(`INSERT INTO users VALUES ('me'); INSERT INTO notes VALUES ('x', 'you')`);
    const derived = sqliteTable('notes', { noteId: text().primaryKey(), ownedBy: text() });
    const db = drizzle(raw, { casing: 'snake_case' });
    const where = { notes: sql`${derived.ownedBy} IN (SELECT name FROM users WHERE name <> ${'it’s'})` };
    const port = sqlJsDatabase({ db, tables: { notes: derived }, scope: { name: 'known', where } });
    await migrate(port, { notes: [{ noteId: 'a', ownedBy: 'me' }] });
    expect((await port.survey('sqljs', 'in', 9)).collections).toEqual([
      { collection: 'notes', rows: 1, added: 0, changed: 0, deleted: 0, kept: 0 },
    ]);
    await port.clear(await hold(port, 'out'), { undoes: 'in', drift: NO_DRIFT });
    expect(query(raw, 'SELECT note_id FROM notes')).toEqual([['x']]);
  });
});

describe('the archive', () => {
  const everything = sqliteTable('everything', {
    id: integer('id').primaryKey(),
    text: text('text'),
    number: integer('number'),
    real: real('real'),
    bytes: blob('bytes', { mode: 'buffer' }),
    any: text('any'),
  });
  const DDL = `CREATE TABLE everything (id INTEGER PRIMARY KEY, text TEXT, number INTEGER, real REAL, bytes BLOB, any);`;
  const ODD = `INSERT INTO everything VALUES
    (1, 'a' || char(0) || 'b', 9223372036854775807, 0.1, x'00ff', 1), (2, char(65279) || 'x', 'text', 'text', 'text', '1'),
    (3, CAST(x'c328' AS TEXT), 9007199254740993, -0.0, NULL, 1.0), (4, x'01', x'02', 9e999, zeroblob(3), x''),
    (77, '', NULL, 5e-324, x'', NULL)`;

  for (const [way, extra] of [
    ['swapped', ''],
    [
      'copied',
      'CREATE TABLE other (e REFERENCES everything); CREATE TRIGGER t DELETE ON everything BEGIN SELECT 1; END;',
    ],
  ] as const) {
    it(`DB22 holds and gives back every storage class and rowid (${way})`, async () => {
      const { raw, port, content } = bench(DDL + extra, { everything });
      await port.begin(await hold(port, 'in'));
      raw.run(ODD);
      const before = content();
      const fence = await hold(port, 'out');
      await port.clear(fence, { undoes: 'in', drift: 'any' });
      expect(query(raw, 'SELECT count(*) FROM everything')).toEqual([[0n]]);
      const texts = (await archivedBy(port, 'out')).map(({ row }) => row?.text);
      expect(texts.slice(0, 2)).toEqual(['a\0b', '\ufeffx']);
      expect(await port.undoClear(fence)).toBe(5);
      expect(content()).toEqual(before);
    });
  }

  it('DB21 a cleared table is as it was but for its rows: indexes, triggers, views and foreign keys of others', async () => {
    const ddl = `${NOTES}
      CREATE UNIQUE INDEX by_body ON notes (body) WHERE owner IS NOT NULL;
      CREATE TABLE links (id INTEGER PRIMARY KEY, note TEXT REFERENCES notes (id));
      CREATE VIEW mine AS SELECT * FROM notes WHERE owner = 'me';
      CREATE TRIGGER stamp AFTER INSERT ON notes BEGIN UPDATE notes SET owner = 'me' WHERE id = new.id; END;
      CREATE TRIGGER linked AFTER INSERT ON links BEGIN UPDATE notes SET body = 'linked' WHERE id = new.note; END;`;
    const { raw, port, content } = bench(ddl, { notes });
    const empty = content();
    await migrate(port, { notes: [note('a', 'x'), note('b', 'y')] });
    expect((await port.survey('sqljs', 'in', 9)).drift.digest).toBe(NO_DRIFT);
    await port.clear(await hold(port, 'out'), { undoes: 'in', drift: NO_DRIFT });
    expect(content()).toEqual(empty);
    expect(query(raw, 'PRAGMA foreign_keys').concat(query(raw, 'PRAGMA legacy_alter_table'))).toEqual([[1n], [0n]]);
    expect(() => raw.run(`INSERT INTO links (note) VALUES ('a')`)).toThrow(/FOREIGN KEY/);
    raw.run(`INSERT INTO notes (id, body) VALUES ('a', 'x')`);
    raw.run(`INSERT INTO links (note) VALUES ('a')`);
    expect(query(raw, 'SELECT * FROM mine')).toEqual([['a', 'linked', 'me']]);
    expect(() => raw.run(`INSERT INTO notes VALUES ('c', 'linked', 'me')`)).toThrow(/UNIQUE/);
  });

  it('DB21 foreign keys of the app do not reach into the archive', async () => {
    const child = sqliteTable('child', { id: text('id').primaryKey(), note: text('note') });
    const ddl = `${NOTES} CREATE TABLE child (id TEXT PRIMARY KEY, note TEXT REFERENCES notes (id) ON DELETE CASCADE);`;
    const { raw, port } = bench(ddl, { child });
    raw.run(`INSERT INTO notes (id) VALUES ('n')`);
    await migrate(port, { child: [{ id: 'c', note: 'n' }] });
    await port.clear(await hold(port, 'out'), { undoes: 'in', drift: NO_DRIFT });
    raw.run('DELETE FROM notes');
    expect((await archivedBy(port, 'out')).map(({ key }) => key)).toEqual(['["c"]']);
  });

  it('DB22 values of AUTOINCREMENT are not used again, and tables without rowids are archived', async () => {
    const counted = sqliteTable('counted', { id: integer('id').primaryKey({ autoIncrement: true }) });
    const keyed = sqliteTable('keyed', { id: text('id').primaryKey(), value: text('value') });
    const ddl = `CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT);
      CREATE TABLE keyed (id TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;`;
    const { raw, port, content } = bench(ddl, { counted, keyed });
    await migrate(port, {
      counted: [{ id: 7 }],
      keyed: [
        { id: 'a', value: '1' },
        { id: 'b', value: '2' },
      ],
    });
    const before = content();
    const fence = await hold(port, 'out');
    await port.clear(fence, { undoes: 'in', drift: NO_DRIFT });
    expect(query(raw, 'SELECT count(*) FROM keyed')).toEqual([[0n]]);
    await port.undoClear(fence);
    expect(content()).toEqual(before);
    await port.clear(fence, { undoes: 'in', drift: NO_DRIFT });
    raw.run('INSERT INTO counted DEFAULT VALUES');
    expect(query(raw, 'SELECT id FROM counted')).toEqual([[8n]]);
  });
});

describe('the app', () => {
  it('DB27 a transaction that the app has open keeps us out, and is left alone', async () => {
    const { raw, port } = bench(NOTES, { notes });
    raw.run('BEGIN');
    raw.run(`INSERT INTO notes (id) VALUES ('a')`);
    await expect(hold(port, 'in')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', persistence: 'transient' });
    await expect(port.ledger('sqljs')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    raw.run('COMMIT');
    expect((await port.ledger('sqljs')).token).toBe(0);
    expect(query(raw, 'SELECT id FROM notes')).toEqual([['a']]);
    raw.close();
    await expect(port.ping()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });

  it('DB27 looking leaves nothing behind, not even our own tables', async () => {
    const { raw, port } = bench(NOTES, { notes });
    await port.survey('sqljs', 'in', 9);
    await port.archives('sqljs');
    await port.remaining('sqljs', 'in');
    expect(query(raw, `SELECT name FROM sqlite_schema WHERE name LIKE 'backpedal%'`)).toEqual([]);
  });
});

describe('volume', () => {
  it('DB28 two hundred thousand rows are cleared in one transaction', { timeout: 120_000 }, async () => {
    const { raw, port } = bench(NOTES, { notes });
    const ids = Array.from({ length: 200_000 }, (_, i) => `n${i}`);
    await migrate(port, { notes: ids.map((id) => note(id)) });
    raw.run(`UPDATE notes SET body = 'changed' WHERE rowid % 1000 = 0; INSERT INTO notes (id) VALUES ('new')`);
    const { drift } = await port.survey('sqljs', 'in', 0);
    expect(drift).toMatchObject({ changed: 200, added: 1, deleted: 0 });
    const fence = await hold(port, 'out');
    expect((await port.clear(fence, { undoes: 'in', drift: drift.digest })).status).toBe('cleared');
    expect(query(raw, 'SELECT count(*) FROM notes')).toEqual([[0n]]);
    expect(await port.undoClear(fence)).toBe(200_001);
  });
});
