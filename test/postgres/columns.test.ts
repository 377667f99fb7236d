import {
  bigint,
  boolean,
  char,
  date,
  doublePrecision,
  inet,
  integer,
  interval,
  json,
  jsonb,
  numeric,
  pgEnum,
  pgTable,
  real,
  smallint,
  text,
  time,
  timestamp,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Row } from '../../src/ports/database.ts';
import { bytea } from './contract-schema.ts';
import { archivedBy, bench, clear, copyAll, MIGRATION, migrate, pglite } from './pglite-bench.ts';

// Compiling it takes its time on a busy machine.
beforeAll(() => pglite().waitReady, 240_000);
afterAll(() => pglite().close());

const mood = pgEnum('mood', ['sad', 'ok', "it's"]);

const DDL = `
CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s');
CREATE DOMAIN short AS text CHECK (length(VALUE) < 9);
CREATE TABLE everything (
  id integer PRIMARY KEY, small smallint, big bigint, num numeric, money2 numeric(12, 2), single real,
  double double precision, yes boolean, word varchar(5), padded char(4), day date, clock time, moment timestamp,
  instant timestamptz, span interval, uid uuid, doc json, docb jsonb, bytes bytea, feeling mood, tags text[], grid int[],
  address inet, brief short, twice bigint GENERATED ALWAYS AS (big * 2) STORED,
  serial bigint GENERATED ALWAYS AS IDENTITY
);`;

const everything = pgTable('everything', {
  id: integer('id').primaryKey(),
  small: smallint('small'),
  big: bigint('big', { mode: 'bigint' }),
  num: numeric('num'),
  money2: numeric('money2', { precision: 12, scale: 2 }),
  single: real('single'),
  double: doublePrecision('double'),
  yes: boolean('yes'),
  word: varchar('word', { length: 5 }),
  padded: char('padded', { length: 4 }),
  day: date('day'),
  clock: time('clock'),
  moment: timestamp('moment', { mode: 'string', precision: 6 }),
  instant: timestamp('instant', { withTimezone: true, mode: 'date' }),
  span: interval('span'),
  uid: uuid('uid'),
  doc: json('doc'),
  docb: jsonb('docb'),
  bytes: bytea('bytes'),
  feeling: mood('feeling'),
  tags: text('tags').array(),
  grid: integer('grid').array().array(),
  address: inet('address'),
  brief: text('brief'),
});

const FULL: Row = {
  id: 1,
  small: -32768,
  big: 4611686018427387903n,
  num: '123456789012345678901234567890.1200',
  money2: '0.10',
  single: 0.1,
  double: 5e-324,
  yes: true,
  word: 'fünf!',
  padded: 'ab',
  day: '0001-12-31',
  clock: '23:59:59.999999',
  moment: '2026-03-29 02:30:00.123456',
  instant: new Date('2026-10-25T01:30:00.123Z'),
  span: '1 mon 24:00:00.5',
  uid: '00000000-0000-4000-8000-000000000001',
  doc: { b: 1, a: [1, 'x\u0000'] },
  docb: { nested: { '"': [null, 1.5, '😀'] } },
  bytes: Uint8Array.from({ length: 256 }, (_, i) => i),
  feeling: "it's",
  tags: ['a"b', 'NULL', '', 'c\\d,{}'],
  grid: [
    [1, 2],
    [3, 4],
  ],
  address: '::1',
  brief: 'short',
};
const EMPTY: Row = Object.fromEntries(Object.keys(FULL).map((column) => [column, column === 'id' ? 2 : null]));

describe('columns of every type', () => {
  it('PG3 arrive, lie in the archive and come back exactly, generated and identity columns included', async () => {
    const { port, text: stored } = await bench(DDL, { everything });
    await migrate(port, { everything: [FULL, EMPTY, { id: 3, docb: 'text', doc: '"' }] });
    expect(await port.compare('in', 'everything', [FULL, EMPTY])).toMatchObject({ equal: 2 });
    const before = await stored('everything');
    const fence = await clear(port, 'none');
    expect(await stored('everything')).toEqual([]);
    const rows = (await archivedBy(port, 'out')).map(({ row }) => row);
    const plain = (row: Row | null | undefined) => ({
      ...row,
      padded: String(row?.padded).trim(),
      bytes: Array.from((row?.bytes ?? []) as Uint8Array),
    });
    expect(plain(rows[0])).toEqual(plain(FULL));
    expect(plain(rows[1])).toEqual(plain(EMPTY));
    expect([rows[2]?.docb, rows[2]?.doc]).toEqual(['text', '"']);
    await port.undoClear(fence);
    expect(await stored('everything')).toEqual(before);
    expect((await port.survey(MIGRATION, 'in', 9)).drift.digest).toBe('none');
  });

  it('PG3 a change in any of them is a drift, however small', async () => {
    const { port, raw } = await bench(DDL, { everything });
    await migrate(port, { everything: [FULL, EMPTY] });
    const changes = [
      'small = -32767',
      'big = 4611686018427387902',
      'num = 123456789012345678901234567890.12',
      'money2 = 0.11',
      'single = 0.10000001',
      "double = '-0'",
      'yes = NULL',
      "word = 'funf!'",
      "padded = 'abc'",
      "day = '0001-12-31 BC'",
      "clock = '23:59:59.999998'",
      "moment = '2026-03-29 02:30:00.123457'",
      "instant = instant + interval '1 microsecond'",
      "span = '1 mon 1 day 00:00:00.5'",
      "uid = '00000000-0000-4000-8000-000000000002'",
      `doc = '{"b":1, "a":[1,"x"]}'`,
      `docb = docb || '{"nested":1}'`,
      "bytes = bytes || '\\x00'",
      "feeling = 'ok'",
      "tags = ARRAY['a\"b', NULL, '', 'c\\d,{}']",
      'grid = ARRAY[1, 2, 3, 4]',
      "address = '::2'",
      "brief = 'shorT'",
    ];
    for (const change of changes) {
      await raw.exec(`CREATE TABLE kept AS TABLE everything; UPDATE everything SET ${change} WHERE id = 1;`);
      expect([change, (await port.survey(MIGRATION, 'in', 9)).drift.changed]).toEqual([change, 1]);
      const column = change.split(' ')[0];
      await raw.exec(`UPDATE everything SET ${column} = (SELECT ${column} FROM kept WHERE id = 1) WHERE id = 1;
        DROP TABLE kept;`);
      expect([change, (await port.survey(MIGRATION, 'in', 9)).drift.digest]).toEqual([change, 'none']);
    }
  });

  it('PG3 values that two rows exchange are drift in both', async () => {
    const { port, raw } = await bench(DDL, { everything });
    await migrate(port, {
      everything: [
        { id: 1, word: 'a', brief: 'x' },
        { id: 2, word: 'b', brief: 'y' },
      ],
    });
    await raw.exec(`UPDATE everything SET word = CASE word WHEN 'a' THEN 'b' ELSE 'a' END`);
    expect((await port.survey(MIGRATION, 'in', 9)).drift.changed).toBe(2);
  });
});

describe('values that do not fit', () => {
  it('PG4 are refused with the column or the constraint and without the value, and nothing is cut off', async () => {
    const { port, text: stored } = await bench(DDL, { everything });
    const secret = 'the value of somebody';
    const rows: Row[] = [
      { id: 1, word: 'fits' },
      { id: 2, word: secret },
      { id: 3, tags: ['a\u0000b'] },
      { id: 4, docb: { text: 'a\u0000b' } },
      { id: 5, docb: ['\ud800'] },
      { id: 6, brief: '\udfff' },
      { id: 7, small: 40_000 },
      { id: 8, feeling: secret },
      { id: 9, brief: 'longer than allowed' },
      { id: 1, word: 'twice' },
      { id: 10, nothing: secret },
      { id: 11, uid: secret },
      { id: 12, word: 'fits' },
    ];
    const outcome = (await copyAll(port, { everything: rows })).everything;
    expect(outcome?.rejected.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    const reasons = outcome?.rejected.map(({ reason }) => reason) ?? [];
    expect(reasons.join('\n')).not.toContain(secret);
    expect(reasons[1]).toBe('column tags cannot hold U+0000');
    expect(reasons[2]).toContain('U+0000');
    expect(reasons[4]).toBe('column brief cannot hold a lone surrogate');
    expect(reasons[8]).toBe('UNIQUE constraint: everything_pkey');
    expect(reasons[9]).toBe('there is no column for property nothing');
    expect((await stored('everything')).length).toBe(2);
  });

  it('PG5 comparing tells what Postgres rounded, and what it merely writes differently', async () => {
    const { port } = await bench(DDL, { everything });
    const rows: Row[] = [
      { id: 1, money2: '1.234' },
      { id: 2, money2: '1.5', num: '1.50', docb: { b: 1, a: 2 }, padded: 'a', moment: '2026-01-01T00:00:00' },
      { id: 3, small: 40_000 },
    ];
    await copyAll(port, { everything: rows });
    const outcome = await port.compare('in', 'everything', rows);
    expect(outcome).toEqual({ equal: 1, different: 1, missing: 1, keys: ['[1]', '[3]'] });
  });
});

describe('columns that come and go', () => {
  it('PG8 a column that was added later counts where it is not at its default; one that is gone changes every row', async () => {
    const { port, raw } = await bench(DDL, { everything });
    await migrate(port, { everything: [{ id: 1 }, { id: 2 }, { id: 3 }] });
    await raw.exec(
      `ALTER TABLE everything ADD COLUMN late text DEFAULT 'x', ADD COLUMN since timestamptz DEFAULT now()`,
    );
    expect((await port.survey(MIGRATION, 'in', 9)).drift.digest).toBe('none');
    await raw.exec(`UPDATE everything SET late = NULL WHERE id = 1; UPDATE everything SET late = 'y' WHERE id = 2`);
    expect((await port.survey(MIGRATION, 'in', 9)).drift.changed).toBe(2);
    await raw.exec('ALTER TABLE everything DROP COLUMN word');
    expect((await port.survey(MIGRATION, 'in', 9)).drift.changed).toBe(3);
  });
});
