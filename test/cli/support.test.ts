import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inspectBackup } from '../../src/index.ts';
import { type TemporaryFolder, temporaryFolder } from '../adapters/temporary-folder.ts';
import { fakeIo } from './fake-io.ts';
import {
  type Called,
  edit,
  jsonOf,
  type MemoryProject,
  memoryProject,
  migratedProject,
  TASKS,
} from './memory-project.ts';
import { nobody } from './people.ts';

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.dispose());

const call = (project: MemoryProject, ...argv: string[]): Promise<Called> =>
  project.callWith(fakeIo({ cwd: folder.path }), nobody, ...argv);

/** A project that has been migrated, and the backup as its user has downloaded it. */
async function withDownload(): Promise<{ project: MemoryProject; text: string; id: string }> {
  const project = await migratedProject();
  const { stdout } = await project.call('backups', 'export', '--json');
  const { id, text } = JSON.parse(stdout) as { id: string; text: string };
  await writeFile(join(folder.path, 'backup.txt'), text);
  return { project, text, id };
}

const damage = async (text: string): Promise<void> =>
  writeFile(join(folder.path, 'damaged.txt'), text.replace('"version": 3', '"version": 9'));

describe('looking at a downloaded backup', () => {
  it('SU1 inspect shows whose it is and every key, and a value only when it is asked for', async () => {
    const { project, id } = await withDownload();
    const plain = await call(project, 'inspect', 'backup.txt');
    expect([plain.code, plain.stdout.includes(id), plain.stdout.includes('task-store')]).toEqual([0, true, true]);
    expect(plain.stdout).not.toMatch(/title|not JSON/);
    expect((await call(project, 'inspect', 'backup.txt', '--json')).stdout).not.toMatch(/title|not JSON/);
    const values = await call(project, 'inspect', 'backup.txt', '--values', '--json');
    expect(jsonOf(values)).toMatchObject({
      valid: true,
      entries: expect.arrayContaining([expect.objectContaining({ key: 'task-store', intact: true, value: TASKS })]),
    });
  });

  it('SU1 needs no configuration, and says which key of a damaged one is not whole', async () => {
    const { project, text } = await withDownload();
    await damage(text);
    project.options = null as never;
    const damaged = await call(project, 'inspect', 'damaged.txt', '--json');
    expect([damaged.code, jsonOf(damaged)]).toEqual([
      1,
      expect.objectContaining({
        valid: false,
        error: expect.objectContaining({ code: 'BACKUP_DAMAGED' }),
        entries: expect.arrayContaining([
          expect.objectContaining({ key: 'task-store', intact: false }),
          expect.objectContaining({ key: 'settings', intact: true }),
        ]),
      }),
    ]);
    expect(await call(project, 'verify', 'backup', 'backup.txt')).toMatchObject({ code: 0 });
    expect(await call(project, 'verify', 'backup', 'damaged.txt')).toMatchObject({ code: 1 });
    await writeFile(join(folder.path, 'other.txt'), 'something else');
    expect((await call(project, 'inspect', 'other.txt')).stderr).toContain('BACKUP_MAGIC');
    expect(await call(project, 'verify', 'backup')).toMatchObject({ code: 2 });
    expect(await call(project, 'verify', 'database', 'backup.txt')).toMatchObject({ code: 2 });
    expect(await call(project, 'inspect', 'missing.txt')).toMatchObject({ code: 2 });
    await expect(inspectBackup(7 as never)).rejects.toMatchObject({ code: 'INPUT_ARGUMENT' });
  });

  it('SU2 inspect without a file tells lease, steps and archive of the database', async () => {
    const { project, id } = await withDownload();
    await project.call('rollback', '--yes', '--on-drift', 'discard');
    const { code, stdout } = await call(project, 'inspect');
    expect([code, stdout.includes(id), /clear/.test(stdout), /tasks +tasks +2/.test(stdout)]).toEqual([
      0,
      true,
      true,
      true,
    ]);
    expect(stdout).not.toContain('title');
    expect(await call(project, 'inspect', '--values')).toMatchObject({ code: 2 });
  });
});

describe('comparing', () => {
  it('SU3 a backup against the rows: as they were, changed, deleted, added', async () => {
    const { project } = await withDownload();
    expect(await call(project, 'compare', 'backup.txt')).toMatchObject({ code: 0 });
    edit(project);
    project.database.remove('tasks', { id: 't2' });
    const { code, stdout } = await call(project, 'compare', 'backup.txt', '--json');
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      equal: false,
      collections: [
        {
          collection: 'tasks',
          items: 2,
          found: { row: 0, changedRow: 1, deleted: 1, nowhere: 0, archive: 0, changedInArchive: 0 },
          added: 1,
          examples: { changedRow: ['["t1"]'], deleted: ['["t2"]'] },
        },
      ],
    });
    expect((await call(project, 'compare', 'backup.txt')).stdout).not.toContain('edited');
  });

  it('SU3 and against the archive, after the rows were moved there', async () => {
    const { project } = await withDownload();
    edit(project);
    await project.call('rollback', '--yes', '--on-drift', 'discard');
    const { code, stdout } = await call(project, 'compare', 'backup.txt', '--json');
    expect([code, JSON.parse(stdout).collections[0]]).toEqual([
      3,
      expect.objectContaining({
        found: expect.objectContaining({ archive: 1, changedInArchive: 1, row: 0 }),
        added: 1,
      }),
    ]);
  });

  it('SU3 a backup of another migration, and one that is damaged, are refused', async () => {
    const { text } = await withDownload();
    await damage(text);
    const other = await migratedProject();
    expect((await call(other, 'compare', 'damaged.txt')).stderr).toContain('BACKUP_DAMAGED');
    const { migration } = other.options;
    other.options = { ...other.options, migration: { ...migration, id: 'another' } };
    expect((await call(other, 'compare', 'backup.txt')).stderr).toContain('BACKUP_FOREIGN_MIGRATION');
  });
});

describe('reconstructing', () => {
  it('SU4 what is left of a backup, the rows and storage give a new one that says what is proved', async () => {
    const { project, text } = await withDownload();
    await damage(text);
    for (const name of await project.vault.open(new AbortController().signal).list(''))
      await project.vault.open(new AbortController().signal).remove(name);
    const before = JSON.stringify([project.storage.entries(), project.database.rows('tasks')]);
    const called = await call(project, 'reconstruct', 'damaged.txt', '--out', 'new.txt');
    expect([called.code, called.stderr]).toEqual([4, expect.stringMatching(/2 items not proved/)]);
    const rebuilt = await inspectBackup(await readFile(join(folder.path, 'new.txt'), 'utf8'), { values: 'included' });
    expect(rebuilt.valid).toBe(true);
    const store = rebuilt.entries.find(({ key }) => key === 'task-store')?.value ?? '';
    expect(JSON.parse(store).state.tasks).toEqual([
      { id: 't1', title: 'one' },
      { id: 't2', title: 'two' },
    ]);
    expect(JSON.stringify([project.storage.entries(), project.database.rows('tasks')])).toBe(before);
    expect(await project.vault.open(new AbortController().signal).list('')).toEqual([]);
  });

  it('SU4 where nothing says which run is meant, or no file is named, it is told', async () => {
    const project = memoryProject();
    expect((await call(project, 'reconstruct', '--out', 'new.txt')).stderr).toContain('RUN_NOT_FOUND');
    expect(await call(project, 'reconstruct')).toMatchObject({ code: 2 });
  });
});

describe('restoring one user', () => {
  it('SU5 where the data is in the database, it is a rollback to that backup', async () => {
    const { project } = await withDownload();
    const { code } = await call(project, 'restore', 'backup.txt', '--yes', '--on-drift', 'discard');
    expect([code, project.storage.getItem('task-store'), project.database.rows('tasks')]).toEqual([0, TASKS, []]);
    expect((await project.database.archives('tasks-to-database')).map(({ rows }) => rows)).toEqual([2]);
  });

  it('SU5 where it is not, what storage holds is kept in a file first, which can be restored in its turn', async () => {
    const { project, id } = await withDownload();
    await project.call('rollback', '--yes', '--on-drift', 'discard');
    const newer = TASKS.replace('"one"', '"newer"');
    project.storage.setItem('task-store', newer);
    const called = await call(project, 'restore', 'backup.txt', '--yes', '--json');
    expect([called.code, jsonOf(called)]).toEqual([
      0,
      expect.objectContaining({ written: ['task-store'], unchanged: 1 }),
    ]);
    expect(project.storage.getItem('task-store')).toBe(TASKS);
    expect(project.storage.getItem('foreign')).toBe('keep');
    const again = await call(project, 'restore', `kept-${id}.backpedal`, '--yes', '--keep', 'second.txt');
    expect([again.code, project.storage.getItem('task-store')]).toEqual([0, newer]);
    const audit = await project.call('audit', '--json');
    expect((jsonOf(audit) as { type: string }[]).filter(({ type }) => type === 'BACKUP_RESTORED').length).toBe(2);
  });

  it('SU6 nothing is written without a kept copy, without an answer, or of a damaged or foreign backup', async () => {
    const { project, text } = await withDownload();
    await damage(text);
    await project.call('rollback', '--yes', '--on-drift', 'discard');
    project.storage.setItem('task-store', 'newer');
    const before = JSON.stringify(project.storage.entries());
    const refused = [
      await call(project, 'restore', 'backup.txt'),
      await call(project, 'restore', 'damaged.txt', '--yes'),
      await call(project, 'restore', 'backup.txt', '--yes', '--keep', 'backup.txt'),
      await project.callWith(
        fakeIo({ cwd: folder.path, terminal: true }),
        { ...nobody, typed: async () => false },
        'restore',
        'backup.txt',
      ),
    ];
    expect(refused.map(({ code }) => code)).toEqual([2, 2, 2, 1]);
    project.options = { ...project.options, identity: { user: () => 'somebody', createId: () => 'an-id' } };
    expect((await call(project, 'restore', 'backup.txt', '--yes')).stderr).toContain('BACKUP_FOREIGN_USER');
    expect(JSON.stringify(project.storage.entries())).toBe(before);
  });
});
