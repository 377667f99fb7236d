import { eq } from 'drizzle-orm';
import { getTableConfig, integer, type PgTable, pgSchema, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { drizzle } from 'drizzle-orm/pglite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backpedalTables, postgresDatabase, postgresMigrations } from '../../src/adapters/postgres/index.ts';
import { refusalOf } from '../../src/testing/contract-subject.ts';
import { archivedBy, bench, clear, copyAll, hold, MIGRATION, migrate, pglite } from './pglite-bench.ts';

// Compiling it takes its time on a busy machine.
beforeAll(() => pglite().waitReady, 240_000);
afterAll(() => pglite().close());

const items = pgTable('items', { id: integer('id').primaryKey(), name: text('name'), parent: integer('parent') });
const ITEMS = `CREATE TABLE items (id int PRIMARY KEY, name text,
  parent int REFERENCES items (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE);`;

const messageOf = (call: () => unknown): string => {
  try {
    call();
    return 'nothing was thrown';
  } catch (thrown) {
    return (thrown as Error).message;
  }
};

describe('tables that can be used', () => {
  it('PG1 all faults are told at once, before anything is asked of the database', () => {
    const db = drizzle(pglite());
    const keyless = pgTable('keyless', { name: text('name') });
    const long = pgTable('x'.repeat(64), { id: text('id').primaryKey() });
    const tables = { one: items, two: items, keyless, long };
    const where = { one: eq(items.id, 1), keyless: eq(keyless.name, '') };
    const message = messageOf(() => postgresDatabase({ db, tables, scope: { name: '', where } }));
    for (const fault of [
      'table keyless (collection keyless) declares no primary key',
      'has a name that is no identifier',
      'table items serves more than one collection',
      'has no condition for two',
      'the scope has no name',
    ]) {
      expect(message).toContain(fault);
    }
    const plain = { db, tables: { items }, scope: 'wholeTable' } as const;
    expect(messageOf(() => postgresDatabase({ ...plain, schema: 'a"; DROP TABLE items' }))).toContain('no identifier');
    expect(messageOf(() => postgresDatabase({ ...plain, timeouts: { lock: Number.NaN } }))).toContain('timeouts.lock');
    expect(messageOf(() => postgresDatabase({ ...plain, db: {} as never }))).toContain('no Drizzle database');
  });

  it('PG1 a table or a column that the database lacks is named', async () => {
    const { port, raw } = await bench('', { items });
    await expect(port.tables()).rejects.toThrow('There is no table items');
    await raw.exec('CREATE TABLE items (id int PRIMARY KEY, name text)');
    await expect(port.tables()).rejects.toThrow('Table items lacks parent');
  });

  it('PG2 names are understood: casing, schemas, quotes, and a table that is called as ours are', async () => {
    const odd = pgSchema('odd "schema"').table('the "table"; --', {
      theId: integer().primaryKey(),
      someName: text(),
      quoted: text('a "quoted" $1 name'),
    });
    const brought = pgTable('brought', { key: text().primaryKey(), m: text(), s: text() });
    const {
      port,
      raw,
      text: stored,
    } = await bench(
      `DROP SCHEMA IF EXISTS "odd ""schema""" CASCADE; CREATE SCHEMA "odd ""schema""";
      CREATE TABLE "odd ""schema"""."the ""table""; --" (the_id int PRIMARY KEY, some_name text, "a ""quoted"" $1 name" text);
      CREATE TABLE brought (key text PRIMARY KEY, m text, s text);`,
      { odd, brought },
      { name: 'me', where: { odd: eq(odd.someName, 'mine'), brought: eq(brought.m, 'mine') } },
      { casing: 'snake_case' },
    );
    const rows = { odd: [{ theId: 1, someName: 'mine', quoted: 'q' }], brought: [{ key: 'k', m: 'mine', s: null }] };
    await migrate(port, rows);
    await raw.exec(
      `INSERT INTO brought VALUES ('other', 'theirs', 'x'); UPDATE brought SET s = 'changed' WHERE key = 'k'`,
    );
    const fence = await clear(port);
    const archived = await archivedBy(port, 'out');
    expect(archived.map(({ table, kind, row }) => [table, kind, row])).toEqual([
      ['odd "schema".the "table"; --', 'unchanged', rows.odd[0]],
      ['brought', 'changed', { key: 'k', m: 'mine', s: 'changed' }],
    ]);
    expect(await stored('brought')).toEqual(['(other,theirs,x)']);
    await port.undoClear(fence);
    expect(await stored('"odd ""schema"""."the ""table""; --"')).toEqual(['(1,mine,q)']);
  });
});

describe('foreign keys', () => {
  it('PG6 are followed through a table that refers to itself, and rows come back in any order', async () => {
    const { port, raw, text: stored } = await bench(ITEMS, { items });
    const rows = [
      { id: 1, name: 'a', parent: 3 },
      { id: 2, name: 'b', parent: 1 },
      { id: 3, name: 'c', parent: 2 },
    ];
    const outcome = (await copyAll(port, { items: rows })).items;
    expect(outcome).toEqual({ inserted: 3, rejected: [] });
    await raw.exec(`INSERT INTO items VALUES (10, 'added', 1)`);
    const before = await stored('items');
    const fence = await clear(port);
    expect(await stored('items')).toEqual([]);
    expect(await port.undoClear(fence)).toBe(4);
    expect(await stored('items')).toEqual(before);
  });

  it('PG6 composite ones, SET NULL of some columns, SET DEFAULT, and cascades over several tables are archived and put back', async () => {
    const boxes = pgTable('boxes', { a: integer('a'), b: text('b') }, (table) => [
      primaryKey({ columns: [table.a, table.b] }),
    ]);
    const {
      port,
      raw,
      text: stored,
    } = await bench(
      `CREATE TABLE boxes (a int, b text, PRIMARY KEY (a, b));
      CREATE TABLE lids (id int PRIMARY KEY, a int, b text, FOREIGN KEY (a, b) REFERENCES boxes ON DELETE SET NULL (b));
      CREATE TABLE tags (id int, a int DEFAULT 0, b text DEFAULT 'none', FOREIGN KEY (a, b) REFERENCES boxes ON DELETE SET DEFAULT);
      CREATE TABLE parts (id int PRIMARY KEY, a int, b text, FOREIGN KEY (a, b) REFERENCES boxes ON DELETE CASCADE);
      CREATE TABLE screws (id int PRIMARY KEY, part int NOT NULL REFERENCES parts ON DELETE CASCADE);
      INSERT INTO boxes VALUES (0, 'none');`,
      { boxes },
    );
    await migrate(port, {
      boxes: [
        { a: 1, b: 'x' },
        { a: 2, b: 'y' },
      ],
    });
    await raw.exec(`INSERT INTO lids VALUES (1, 1, 'x'); INSERT INTO tags VALUES (1, 1, 'x'), (2, 0, 'none');
      INSERT INTO parts VALUES (1, 2, 'y'); INSERT INTO screws VALUES (1, 1), (2, 1);`);
    const all = async () => Promise.all(['boxes', 'lids', 'tags', 'parts', 'screws'].map(stored));
    const before = await all();
    const { dependents } = await port.survey(MIGRATION, 'in', 0);
    expect(dependents.map(({ table, rows, effect }) => `${table} ${rows} ${effect}`).sort()).toEqual([
      'lids 1 detached',
      'parts 1 moved',
      'screws 2 moved',
      'tags 1 detached',
    ]);
    const fence = await clear(port);
    expect(await all()).toEqual([['(0,none)'], ['(1,1,)'], ['(1,0,none)', '(2,0,none)'], [], []]);
    await port.undoClear(fence);
    expect(await all()).toEqual(before);
  });

  it('PG6 SET NULL where null is not allowed, and a default that refers to nothing, forbid clearing', async () => {
    for (const column of [
      'int NOT NULL REFERENCES items ON DELETE SET NULL',
      'int DEFAULT 77 REFERENCES items ON DELETE SET DEFAULT',
    ]) {
      const {
        port,
        raw,
        text: stored,
      } = await bench(`${ITEMS} CREATE TABLE notes (id int PRIMARY KEY, item ${column})`, { items });
      await migrate(port, { items: [{ id: 1, name: 'a' }] });
      await raw.exec('INSERT INTO notes VALUES (1, 1)');
      const fence = await hold(port, 'out');
      expect(await refusalOf(() => port.clear(fence, { undoes: 'in', drift: 'any' }))).toBe('DATABASE_RESTRICTED');
      expect([await stored('items'), await stored('notes')]).toEqual([['(1,a,)'], ['(1,1)']]);
    }
  });
});

describe('triggers of the app', () => {
  const COUNTED = `${ITEMS} CREATE TABLE log (what text);
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO log VALUES (TG_OP); IF TG_OP = 'INSERT' THEN NEW.name := 'by trigger'; RETURN NEW; END IF; RETURN OLD; END $$;`;

  it('PG7 run when rows are cleared, and are away while they are put back, exactly as they were', async () => {
    const { port, raw, text: stored } = await bench(COUNTED, { items });
    await migrate(port, { items: [{ id: 1, name: 'a' }] });
    await raw.exec('CREATE TRIGGER noted BEFORE INSERT OR DELETE ON items FOR EACH ROW EXECUTE FUNCTION note()');
    const fence = await clear(port, 'none');
    expect(await stored('log')).toEqual(['(DELETE)']);
    await port.undoClear(fence);
    expect([await stored('items'), await stored('log')]).toEqual([['(1,a,)'], ['(DELETE)']]);
    await raw.exec(`INSERT INTO items VALUES (2, 'b')`);
    expect(await stored('items')).toEqual(['(1,a,)', '(2,"by trigger",)']);
  });

  it('PG7 one that keeps a row stops the clear', async () => {
    const {
      port,
      raw,
      text: stored,
    } = await bench(
      `${ITEMS} CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF OLD.id = 2 THEN RETURN NULL; END IF; RETURN OLD; END $$;
      CREATE TRIGGER kept BEFORE DELETE ON items FOR EACH ROW EXECUTE FUNCTION keep();`,
      { items },
    );
    await migrate(port, { items: [{ id: 1 }, { id: 2 }] });
    const fence = await hold(port, 'out');
    expect(await refusalOf(() => port.clear(fence, { undoes: 'in', drift: 'any' }))).toBe('DATABASE_FAILED');
    expect((await stored('items')).length).toBe(2);
    await raw.exec('DROP TRIGGER kept ON items');
  });

  it('PG7 what they change after copying belongs to what was migrated', async () => {
    const { port } = await bench(
      `${ITEMS} CREATE FUNCTION later() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN UPDATE items SET name = 'changed by a later row' WHERE id < NEW.id; RETURN NULL; END $$;
      CREATE TRIGGER later AFTER INSERT ON items FOR EACH ROW EXECUTE FUNCTION later();`,
      { items },
    );
    await migrate(port, { items: [{ id: 1 }, { id: 2 }] });
    expect((await port.survey(MIGRATION, 'in', 9)).drift.digest).toBe('none');
  });
});

describe('what is ours in the database', () => {
  it('PG9 nothing stays in the session: neither settings nor temporary tables', async () => {
    const { port, raw } = await bench(ITEMS, { items });
    const state = async () =>
      (
        await raw.query(`SELECT (SELECT string_agg(name || setting, ',' ORDER BY name) FROM pg_settings
        WHERE name NOT IN ('transaction_isolation', 'transaction_deferrable', 'transaction_read_only')) AS settings,
        (SELECT count(*)::int FROM pg_class WHERE relpersistence = 't') AS tables`)
      ).rows;
    const before = await state();
    await migrate(port, { items: [{ id: 1 }] });
    await raw.exec(`INSERT INTO items VALUES (2, 'added', 1)`);
    await port.survey(MIGRATION, 'in', 9);
    await port.undoClear(await clear(port));
    expect(await state()).toEqual(before);
  });

  it('PG9 a team that runs migrations itself is told which are missing, and Drizzle knows the same tables', async () => {
    const { port, raw } = await bench(ITEMS, { items }, 'wholeTable', { ownTables: 'byTeam', schema: 'our_own' });
    await raw.exec('DROP SCHEMA IF EXISTS our_own CASCADE');
    expect(await refusalOf(() => port.ping())).toBe('DATABASE_SCHEMA');
    for (const { sql } of postgresMigrations('our_own')) await raw.exec(sql + sql);
    await port.ping();
    const { rows } = await raw.query(`SELECT table_name || '.' || column_name || ' ' || is_nullable AS name
      FROM information_schema.columns WHERE table_schema = 'our_own'`);
    const live = rows.map((row) => (row as { name: string }).name).sort();
    const known = Object.values(backpedalTables('our_own') as unknown as Record<string, PgTable>).flatMap((table) => {
      const { name, columns, primaryKeys } = getTableConfig(table);
      const keys = primaryKeys.flatMap((key) => key.columns.map((column) => column.name));
      return columns.map(
        (column) => `${name}.${column.name} ${column.notNull || keys.includes(column.name) ? 'NO' : 'YES'}`,
      );
    });
    expect(known.sort()).toEqual(live);
    await raw.exec('DROP SCHEMA our_own CASCADE');
  });

  it('PG10 scopes share tables and nothing else: leases, steps, archives and drift are each their own', async () => {
    const { port, raw } = await bench(ITEMS, { items }, { name: 'a', where: { items: eq(items.name, 'a') } });
    const other = postgresDatabase({
      db: drizzle(raw),
      tables: { items },
      scope: { name: 'b', where: { items: eq(items.name, 'b') } },
    });
    await migrate(port, { items: [{ id: 1, name: 'a' }] });
    await migrate(other, { items: [{ id: 2, name: 'b' }] });
    const fence = await clear(port, 'none');
    expect((await other.ledger(MIGRATION)).holder).toEqual({ run: 'in', storage: 's' });
    expect((await other.ledger(MIGRATION)).steps.some(({ step }) => step === 'clear')).toBe(false);
    expect([await other.archives(MIGRATION), await archivedBy(other, 'out')]).toEqual([[], []]);
    expect(await refusalOf(() => other.undoClear(fence))).toBe('DATABASE_FENCED');
    await other.dropArchive(await hold(other, 'x'), 'out');
    expect((await archivedBy(port, 'out')).length).toBe(1);
    expect((await other.survey(MIGRATION, 'in', 9)).collections).toEqual([
      { collection: 'items', rows: 1, added: 0, changed: 0, deleted: 0, kept: 0 },
    ]);
  });
});
