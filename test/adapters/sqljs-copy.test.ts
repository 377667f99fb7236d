import { eq } from 'drizzle-orm';
import { integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { describe, expect, it } from 'vitest';
import { NO_DRIFT, type Row } from '../../src/ports/database.ts';
import { bench, hold, MIGRATION, migrate, query } from './sqljs-harness.ts';

const notes = sqliteTable('notes', { id: text('id').primaryKey(), body: text('body'), owner: text('owner') });
const NOTES = 'CREATE TABLE notes (id TEXT PRIMARY KEY NOT NULL, body TEXT, owner TEXT);';

describe('copying', () => {
  const typed = sqliteTable('typed', {
    id: text('id').primaryKey(),
    when: integer('when', { mode: 'timestamp_ms' }),
    size: integer('size'),
    ratio: real('ratio'),
    tags: text('tags', { mode: 'json' }),
    label: text('label').default('none'),
    made: text('made').$defaultFn(() => `made ${serial++}`),
  });
  let serial = 0;
  const TYPED = `CREATE TABLE typed (id TEXT PRIMARY KEY, "when" INTEGER, size INTEGER CHECK (size < 100), ratio REAL,
    tags TEXT, label TEXT, made TEXT UNIQUE) STRICT;`;

  const copy = async (ddl: string, table: Parameters<typeof bench>[1][string], rows: readonly Row[]) => {
    const { raw, port } = bench(ddl, { it: table });
    const fence = await hold(port, 'in');
    await port.begin(fence);
    const outcome = await port.copy(fence, { step: 'copy', collection: 'it', rows });
    return { raw, port, fence, outcome, reasons: outcome.rejected.map(({ reason }) => reason) };
  };

  it('DB25 defaults made in JavaScript are made for each row, and left-out columns get theirs', async () => {
    const { raw, port, outcome } = await copy(TYPED, typed, [{ id: 'a' }, { id: 'b', label: 'x', size: undefined }]);
    expect(outcome).toEqual({ inserted: 2, rejected: [] });
    expect(query(raw, 'SELECT label, made FROM typed')).toEqual([
      ['none', 'made 0'],
      ['x', 'made 1'],
    ]);
    expect((await port.compare('in', 'it', [{ id: 'a' }, { id: 'b', label: 'x' }])).equal).toBe(2);
  });

  it.each(['UTF-8', 'UTF-16le', 'UTF-16be'])(
    'DB9 documents and keys arrive exactly where texts are %s',
    async (code) => {
      const rows = [
        { id: 'ü"\\\n\u0001😀', tags: ['ü', '😀', 'a\u0000b', 'x'.repeat(300)] },
        { id: '', tags: {} },
        { id: '["a"]', tags: null },
      ];
      const { raw, port, outcome } = await copy(`PRAGMA encoding = '${code}'; ${TYPED}`, typed, rows);
      expect(outcome).toEqual({ inserted: 3, rejected: [] });
      expect(query(raw, 'PRAGMA encoding')).toEqual([[code]]);
      expect(query(raw, 'SELECT tags FROM typed WHERE id >= char(91) ORDER BY id DESC')).toEqual([
        [JSON.stringify(rows[0]?.tags)],
        [null],
      ]);
      expect(await port.compare('in', 'it', rows)).toMatchObject({ equal: 3 });
      const again = rows.map((row) => ({ ...row, tags: 'other' }));
      expect(await port.compare('in', 'it', again)).toMatchObject({ equal: 0, different: 3 });
      expect((await port.survey(MIGRATION, 'in', 10)).drift.digest).toBe(NO_DRIFT);
    },
  );

  it('DB26 each of three hundred columns counts', async () => {
    const names = Array.from({ length: 300 }, (_, i) => `c${i}`);
    const wide = sqliteTable('wide', {
      id: integer('id').primaryKey(),
      ...Object.fromEntries(names.map((name) => [name, text(name)])),
    });
    const { raw, port } = await copy(`CREATE TABLE wide (id INTEGER PRIMARY KEY, ${names.join(', ')});`, wide, [
      { id: 1, c0: 'a' },
    ]);
    for (const name of ['c0', 'c98', 'c99', 'c100', 'c299']) {
      raw.run(`UPDATE wide SET ${name} = coalesce(${name}, '') || 'x'`);
      expect((await port.survey(MIGRATION, 'in', 10)).drift.changed).toBe(1);
      raw.run(`UPDATE wide SET ${name} = iif(${name} = 'x', NULL, 'a')`);
      expect((await port.survey(MIGRATION, 'in', 10)).drift.digest).toBe(NO_DRIFT);
    }
  });

  it('DB25 refused rows are told by constraint and column, never by value', async () => {
    const secret = 'secret';
    const { reasons } = await copy(TYPED, typed, [
      { id: 'a', made: secret },
      { id: 'b', made: secret },
      { id: 'c', size: 100 },
      { id: 'd', when: secret },
      { id: 'e', ratio: secret },
      { id: 'f', label: { secret } },
      { id: 'g', label: 'a\ud800' },
      { id: 'h', unknown: secret },
      { id: 'i' },
    ]);
    expect(reasons).toEqual([
      'UNIQUE constraint: typed.made',
      'CHECK constraint: size < 100',
      'column when does not take a value of type string',
      'column ratio takes REAL, not TEXT',
      'column label does not take a value of type Object',
      'column label cannot hold a lone surrogate',
      'there is no column for property unknown',
    ]);
  });

  it('DB25 a trigger that refuses or ignores a row is told without its words', async () => {
    const ddl = `${NOTES} CREATE TRIGGER no BEFORE INSERT ON notes WHEN new.body = 'bad' BEGIN SELECT RAISE(ABORT, 'bad secret'); END;
      CREATE TRIGGER skip BEFORE INSERT ON notes WHEN new.body = 'skip' BEGIN SELECT RAISE(IGNORE); END;`;
    const { outcome } = await copy(ddl, notes, [{ id: 'a', body: 'bad' }, { id: 'b', body: 'skip' }, { id: 'c' }]);
    expect(outcome).toEqual({
      inserted: 1,
      rejected: [
        { index: 0, reason: 'refused by a trigger' },
        { index: 1, reason: 'ignored by a trigger' },
      ],
    });
  });

  it('DB25 a conflict clause of the table does not let a row replace that of somebody else', async () => {
    const { raw, port } = bench('CREATE TABLE notes (id TEXT PRIMARY KEY ON CONFLICT REPLACE, body, owner);', {
      notes,
    });
    raw.run(`INSERT INTO notes VALUES ('a', 'theirs', NULL)`);
    const fence = await hold(port, 'in');
    await port.begin(fence);
    const outcome = await port.copy(fence, { step: 's', collection: 'notes', rows: [{ id: 'a', body: 'ours' }] });
    expect(outcome.rejected).toEqual([{ index: 0, reason: 'UNIQUE constraint: notes.id' }]);
    expect(query(raw, 'SELECT body FROM notes')).toEqual([['theirs']]);
  });

  it('DB25 rows that would fall outside the scope are refused, for they could not be taken back', async () => {
    const { raw, port } = bench(NOTES, { notes }, { name: 'mine', where: { notes: eq(notes.owner, 'me') } });
    const fence = await hold(port, 'in');
    await port.begin(fence);
    const rows = [{ id: 'a', owner: 'you' }, { id: 'b', owner: 'me' }, { id: 'c' }];
    const outcome = await port.copy(fence, { step: 's', collection: 'notes', rows });
    expect(outcome.rejected.map(({ index }) => index)).toEqual([0, 2]);
    expect(query(raw, 'SELECT id FROM notes')).toEqual([['b']]);
  });

  it('DB25 rows of one table that refer to each other come in any order', async () => {
    const nodes = sqliteTable('nodes', { id: text('id').primaryKey(), parent: text('parent') });
    const ddl = 'CREATE TABLE nodes (id TEXT PRIMARY KEY, parent TEXT REFERENCES nodes (id));';
    const rows = [
      { id: 'leaf', parent: 'branch' },
      { id: 'branch', parent: 'root' },
      { id: 'lost', parent: 'nowhere' },
      { id: 'root', parent: null },
    ];
    const { raw, outcome } = await copy(ddl, nodes, rows);
    expect(outcome).toEqual({ inserted: 3, rejected: [{ index: 2, reason: 'FOREIGN KEY constraint' }] });
    expect(query(raw, 'SELECT count(*) FROM nodes')).toEqual([[3n]]);
  });

  it('DB29 comparing knows the columns: affinities, JSON written otherwise, collations', async () => {
    const ddl = `CREATE TABLE typed (id TEXT PRIMARY KEY COLLATE NOCASE, "when" INTEGER, size INTEGER, ratio REAL,
      tags TEXT, label TEXT COLLATE NOCASE, made TEXT);`;
    const rows = [
      { id: 'a', size: '7', label: 5, ratio: 1, tags: { b: 1, a: [1.5] }, made: '\ufeffx' },
      { id: 'b', label: 'text' },
    ];
    const { raw, port, outcome } = await copy(ddl, typed, rows);
    expect(outcome.rejected).toEqual([]);
    expect((await port.compare('in', 'it', rows)).equal).toBe(2);
    raw.run(`UPDATE typed SET tags = '{ "a":[1.50],"b":1 }' WHERE id = 'a'`);
    expect((await port.compare('in', 'it', rows)).equal).toBe(2);
    const { port: other } = await copy(ddl, typed, rows);
    expect(await other.compare('in', 'it', [{ id: 'b', label: 'TEXT' }])).toMatchObject({
      different: 1,
      keys: ['["b"]'],
    });
    raw.run(`UPDATE typed SET tags = '{"a":[1.5],"b":2}', made = 'x' WHERE id = 'a'`);
    expect(await port.compare('in', 'it', [rows[0] as Row])).toMatchObject({ equal: 0, different: 1 });
  });
});

describe('digests', () => {
  const loose = sqliteTable('loose', { id: text('id').primaryKey(), value: text('value') });
  const LOOSE = 'CREATE TABLE loose (id TEXT PRIMARY KEY, value);';

  it('DB26 tell values apart that print alike', async () => {
    const { raw, port } = bench(LOOSE, { loose });
    await migrate(port, { loose: [{ id: 'a', value: '1' }] });
    const values = [
      '1',
      `'1'`,
      '1.0',
      `x'31'`,
      'NULL',
      `'NULL'`,
      `'1' || char(0)`,
      `'1' || char(0) || 'b'`,
      `''`,
      `x''`,
    ];
    const digests = new Set<string>();
    for (const value of values) {
      raw.run(`UPDATE loose SET value = ${value}`);
      digests.add((await port.survey(MIGRATION, 'in', 0)).drift.digest);
    }
    expect(digests.size).toBe(values.length);
    expect(digests.has(NO_DRIFT)).toBe(true);
  });

  it('DB26 an edit between copying and taking the digests is drift', async () => {
    const { raw, port } = bench(LOOSE, { loose });
    const fence = await hold(port, 'in');
    await port.begin(fence);
    await port.copy(fence, { step: 's', collection: 'loose', rows: [{ id: 'a', value: 'x' }] });
    raw.run(`UPDATE loose SET value = 'edited'`);
    await port.digest(fence);
    expect((await port.survey(MIGRATION, 'in', 0)).drift.changed).toBe(1);
  });

  it('DB26 a column that is added later counts where it is not at its default; one that is gone counts everywhere', async () => {
    const { raw, port } = bench(LOOSE, { loose });
    await migrate(port, {
      loose: [
        { id: 'a', value: 'x' },
        { id: 'b', value: 'y' },
      ],
    });
    raw.run(`ALTER TABLE loose ADD COLUMN stars INTEGER DEFAULT 3`);
    expect((await port.survey(MIGRATION, 'in', 0)).drift.digest).toBe(NO_DRIFT);
    raw.run(`UPDATE loose SET stars = 4 WHERE id = 'b'`);
    const { entries } = await port.survey(MIGRATION, 'in', 9);
    expect(entries.map(({ key, kind }) => [key, kind])).toEqual([['["b"]', 'changed']]);
    raw.run('ALTER TABLE loose DROP COLUMN value');
    expect((await port.survey(MIGRATION, 'in', 0)).drift.changed).toBe(2);
  });
});
