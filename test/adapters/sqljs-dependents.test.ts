import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { describe, expect, it } from 'vitest';
import { NO_DRIFT } from '../../src/ports/database.ts';
import { archivedBy, bench, hold, MIGRATION, migrate, query } from './sqljs-harness.ts';

const tasks = sqliteTable('tasks', { id: text('id').primaryKey(), parent: text('parent'), title: text('title') });
const task = (id: string, parent: string | null = null) => ({ id, parent, title: `Task ${id}` });

describe('foreign keys', () => {
  const TREE = `
    CREATE TABLE tasks (id TEXT PRIMARY KEY, parent TEXT REFERENCES tasks (id) ON DELETE CASCADE, title TEXT);
    CREATE TABLE steps (task TEXT REFERENCES tasks ON DELETE CASCADE, no INTEGER, PRIMARY KEY (task, no)) WITHOUT ROWID;
    CREATE TABLE logs (task TEXT, no INTEGER, line BLOB, FOREIGN KEY (task, no) REFERENCES steps ON DELETE CASCADE);
    CREATE TABLE marks (id INTEGER PRIMARY KEY, task TEXT DEFAULT 'home' REFERENCES tasks ON DELETE SET DEFAULT,
      task2 TEXT REFERENCES tasks ON DELETE SET NULL, note TEXT);`;
  const HANG = `
    INSERT INTO steps VALUES ('a', 1), ('a', 2), ('home', 1);
    INSERT INTO logs VALUES ('a', 1, x'00'), ('a', 1, x'01'), ('home', 1, 'stays'), ('a', NULL, 'refers to nothing');
    INSERT INTO marks VALUES (1, 'a', 'b', 'both'), (2, 'home', 'a', 'one'), (3, NULL, NULL, 'none');`;

  const prepared = async () => {
    const subject = bench(TREE, { tasks });
    subject.raw.run(`INSERT INTO tasks VALUES ('home', NULL, 'was there')`);
    await migrate(subject.port, { tasks: [task('a'), task('b', 'a')] });
    subject.raw.run(HANG);
    return subject;
  };

  it('DB23 are followed through tables and back into the same one, by all their columns', async () => {
    const { raw, port } = await prepared();
    raw.run(`UPDATE tasks SET parent = 'b' WHERE id = 'home'`);
    const { dependents, collections } = await port.survey(MIGRATION, 'in', 0);
    const told = dependents.map(({ table, rows, effect }) => `${table} ${rows} ${effect}`).sort();
    expect(told).toEqual(['logs 3 moved', 'marks 2 detached', 'steps 3 moved', 'tasks 1 moved']);
    expect(collections[0]).toMatchObject({ rows: 2, kept: 0 });
  });

  it('DB23 SET DEFAULT to a row that goes as well forbids clearing', async () => {
    const { raw, port, content } = await prepared();
    raw.run(`UPDATE tasks SET parent = 'b' WHERE id = 'home'`);
    const before = content();
    const clear = port.clear(await hold(port, 'out'), { undoes: 'in', drift: 'any' });
    await expect(clear).rejects.toMatchObject({ code: 'DATABASE_RESTRICTED', details: { tables: ['marks'] } });
    expect(content()).toEqual(before);
  });

  it('DB23 what they move and detach is archived, and put back exactly', async () => {
    const { raw, port, content } = await prepared();
    const before = content();
    const fence = await hold(port, 'out');
    await port.clear(fence, { undoes: 'in', drift: 'any' });
    expect(query(raw, 'SELECT id FROM tasks')).toEqual([['home']]);
    expect(query(raw, 'SELECT task, no FROM steps')).toEqual([['home', 1n]]);
    expect(query(raw, 'SELECT line FROM logs')).toEqual([['stays'], ['refers to nothing']]);
    expect(query(raw, 'SELECT task, task2 FROM marks ORDER BY id')).toEqual([
      ['home', null],
      ['home', null],
      [null, null],
    ]);
    expect(query(raw, 'PRAGMA foreign_key_check')).toEqual([]);
    expect(query(raw, 'PRAGMA foreign_keys')).toEqual([[1n]]);
    const tables = (await archivedBy(port, 'out')).map(({ table }) => table).sort();
    expect(new Set(tables)).toEqual(new Set(['logs', 'marks', 'steps', 'tasks']));
    await port.undoClear(fence);
    expect(content()).toEqual(before);
    expect(await port.archives(MIGRATION)).toEqual([]);
  });

  it('DB23 do nothing while they are not enforced', async () => {
    const { raw, port } = await prepared();
    raw.run('PRAGMA foreign_keys = OFF');
    const { dependents, drift } = await port.survey(MIGRATION, 'in', 0);
    expect([dependents, drift.digest]).toEqual([[], NO_DRIFT]);
    await port.clear(await hold(port, 'out'), { undoes: 'in', drift: NO_DRIFT });
    expect(query(raw, 'SELECT count(*) FROM steps')).toEqual([[3n]]);
  });

  it('DB23 SET NULL on a column that may not be null forbids clearing', async () => {
    const ddl = `CREATE TABLE tasks (id TEXT PRIMARY KEY, parent TEXT, title TEXT);
      CREATE TABLE strict (task TEXT NOT NULL REFERENCES tasks ON DELETE SET NULL);`;
    const { raw, port, content } = bench(ddl, { tasks });
    await migrate(port, { tasks: [task('a')] });
    raw.run(`INSERT INTO strict VALUES ('a')`);
    const before = content();
    const fence = await hold(port, 'out');
    await expect(port.clear(fence, { undoes: 'in', drift: 'any' })).rejects.toMatchObject({
      code: 'DATABASE_RESTRICTED',
      details: { tables: ['strict'] },
    });
    expect(content()).toEqual(before);
  });

  it('DB23 a detached row that has got another reference since keeps it, and the old one stays in the archive', async () => {
    const { raw, port } = await prepared();
    const fence = await hold(port, 'out');
    await port.clear(fence, { undoes: 'in', drift: 'any' });
    raw.run(`UPDATE marks SET task2 = 'home' WHERE id = 2`);
    await port.undoClear(fence);
    expect(query(raw, 'SELECT task, task2 FROM marks ORDER BY id')).toEqual([
      ['a', 'b'],
      ['home', 'home'],
      [null, null],
    ]);
    expect((await archivedBy(port, 'out')).map(({ table, row }) => [table, row?.task2])).toEqual([['marks', 'a']]);
  });
});

describe('triggers of the app', () => {
  const DDL = `
    CREATE TABLE tasks (id TEXT PRIMARY KEY, parent TEXT, title TEXT);
    CREATE TABLE counts (name TEXT PRIMARY KEY, tasks INTEGER, touched INTEGER DEFAULT 0);
    CREATE TABLE files (id INTEGER PRIMARY KEY, task TEXT, content BLOB);
    CREATE TABLE log (line TEXT);
    CREATE TRIGGER added AFTER INSERT ON tasks BEGIN UPDATE counts SET tasks = tasks + 1; END;
    CREATE TRIGGER gone AFTER DELETE ON tasks BEGIN
      UPDATE counts SET tasks = tasks - 1;
      DELETE FROM files WHERE task = old.id;
      INSERT INTO log VALUES (old.id || ' is gone');
    END;
    CREATE TRIGGER touched AFTER UPDATE OF tasks ON counts BEGIN UPDATE counts SET touched = touched + 1; END;
    INSERT INTO counts VALUES ('all', 0, 0);`;

  const prepared = async () => {
    const subject = bench(DDL, { tasks });
    await migrate(subject.port, { tasks: [task('a'), task('b')] });
    subject.raw.run(`INSERT INTO files (task, content) VALUES ('a', x'0102'), ('a', 'text'), ('other', NULL)`);
    const before = subject.content();
    const fence = await hold(subject.port, 'out');
    await subject.port.clear(fence, { undoes: 'in', drift: NO_DRIFT });
    return { ...subject, before, fence };
  };

  it('DB24 run when rows are cleared, so that what they keep in order stays in order', async () => {
    const { raw } = await prepared();
    expect(query(raw, 'SELECT tasks FROM counts')).toEqual([[0n]]);
    expect(query(raw, 'SELECT task FROM files')).toEqual([['other']]);
    expect(query(raw, 'SELECT line FROM log')).toEqual([['a is gone'], ['b is gone']]);
    expect(query(raw, 'SELECT count(*) FROM temp.sqlite_schema')).toEqual([[0n]]);
  });

  it('DB24 what they delete and change is in the archive as it was', async () => {
    const { port } = await prepared();
    const dependents = (await archivedBy(port, 'out')).filter(({ kind }) => kind === 'dependent');
    expect(dependents.map(({ table, row }) => [table, row?.content ?? row?.tasks])).toEqual([
      ['counts', 2],
      ['files', new Uint8Array([1, 2])],
      ['files', 'text'],
    ]);
  });

  it('DB24 undoing a clear undoes what they did, and runs none', async () => {
    const { port, fence, before, content } = await prepared();
    await port.undoClear(fence);
    expect(content()).toEqual(before);
    expect(await port.archives(MIGRATION)).toEqual([]);
  });

  it('DB24 what the app has changed since is left as it is, and the old content stays in the archive', async () => {
    const { raw, port, fence } = await prepared();
    raw.run(`UPDATE counts SET tasks = 40; UPDATE log SET line = 'kept' WHERE rowid = 1`);
    await port.undoClear(fence);
    expect(query(raw, 'SELECT tasks FROM counts')).toEqual([[40n]]);
    expect(query(raw, 'SELECT line FROM log')).toEqual([['kept']]);
    expect((await archivedBy(port, 'out')).map(({ table, row }) => [table, row?.tasks])).toEqual([['counts', 2]]);
  });

  it('DB24 a trigger that keeps a row from being deleted stops the clear', async () => {
    const { raw, port, content } = bench(DDL, { tasks });
    await migrate(port, { tasks: [task('a'), task('b')] });
    raw.run(`CREATE TRIGGER no BEFORE DELETE ON tasks WHEN old.id = 'b' BEGIN SELECT RAISE(IGNORE); END`);
    const before = content();
    const clear = port.clear(await hold(port, 'out'), { undoes: 'in', drift: NO_DRIFT });
    await expect(clear).rejects.toMatchObject({ code: 'DATABASE_FAILED', details: { table: 'tasks' } });
    expect(content()).toEqual(before);
  });
});
