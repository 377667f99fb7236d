import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SqlJsStatic } from 'sql.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesIn, loadSql } from '../../scripts/crash/node/app.ts';
import { type Disk, imageOf, readDisk } from '../../scripts/crash/node/disk/disk.ts';
import { type Case, judgeAlways, judgeEnd } from '../../scripts/crash/node/judge.ts';
import { SCENARIOS } from '../../scripts/crash/node/scenarios.ts';
import { cloneFolder, prepareWorlds } from '../../scripts/crash/node/world.ts';
import type { ToldRun } from '../../scripts/crash/protocol.ts';
import { inFolder, type TemporaryFolder, temporaryFolder } from '../adapters/temporary-folder.ts';

let SQL: SqlJsStatic;
let place: TemporaryFolder;
let worlds: Awaited<ReturnType<typeof prepareWorlds>>;
let disks: Readonly<Record<keyof typeof worlds, Disk>>;

beforeAll(async () => {
  SQL = await loadSql();
  place = await temporaryFolder();
  worlds = await prepareWorlds(SQL, place.path);
  const disk = (path: string): Promise<Disk> => readDisk(SQL, path);
  disks = {
    original: await disk(worlds.original),
    migrated: await disk(worlds.migrated),
    drifted: await disk(worlds.drifted),
  };
});

afterAll(() => place.dispose());

function caseOf(name: string, runsBefore: number): Case {
  const scenario = SCENARIOS.find((each) => each.name === name);
  if (scenario === undefined) throw new Error(`There is no scenario ${name}.`);
  const rows = {
    original: imageOf(disks.original).rows,
    migrated: imageOf(disks.migrated).rows,
    drifted: imageOf(disks.drifted).rows,
  };
  return { scenario, worlds: rows, runsBefore };
}

const told = (): ToldRun => ({
  runId: disks.migrated.journal.runs[0]?.run ?? '',
  outcome: 'migrated',
  success: true,
  finalStatus: 'SUCCESS',
  warnings: [],
});

/** What is found in a migrated world: as the end of its migration, and as what a rollback was about to begin with. */
async function judged(folder: string, said: ToldRun = told()): Promise<readonly string[]> {
  const disk = await readDisk(SQL, folder);
  return [...judgeEnd(disk, caseOf('migrate', 0), said).faults, ...judgeAlways(disk, caseOf('rollback', 1))];
}

/** The path of the vault's only entry whose name ends so. */
async function entry(folder: string, ending: string): Promise<string> {
  const { vault } = filesIn(folder);
  const found = (await readdir(vault, { recursive: true })).find((name) => name.endsWith(`${ending}=`));
  if (found === undefined) throw new Error(`There is no ${ending} in the vault.`);
  return join(vault, found);
}

const remove =
  (ending: string) =>
  async (folder: string): Promise<void> =>
    rm(await entry(folder, ending));

const edit =
  (ending: string, from: string, to: string) =>
  async (folder: string): Promise<void> => {
    const path = ending === '' ? filesIn(folder).storage : await entry(folder, ending);
    const text = await readFile(path, 'utf8');
    expect(text).toContain(from);
    await writeFile(path, text.replace(from, to));
  };

const query =
  (...statements: readonly string[]) =>
  async (folder: string): Promise<void> => {
    const { database } = filesIn(folder);
    const db = new SQL.Database(await readFile(database));
    for (const statement of statements) db.run(statement);
    await writeFile(database, db.export());
    db.close();
  };

/** What is done to a world, and what has to be found then. */
const LOSSES: readonly (readonly [string, (folder: string) => Promise<void>, RegExp])[] = [
  ['the backup is gone', remove('/content'), /^I1: no copy is left of the key "task-store"/],
  ['the backup’s head is gone', remove('/head'), /^I1: no copy is left of the key "note-1"/],
  [
    'a bit of the backup is flipped',
    edit('/content', 'Task 7', 'Task 8'),
    /^I1: no copy is left of the key "task-store"/,
  ],
  ['a row is gone', query("DELETE FROM tasks WHERE id = 't5'"), /^I1: no copy is left of a row of tasks/],
  ['a row is another', query("UPDATE notes SET text = 'x' WHERE id = '1'"), /^I1: no copy is left of a row of notes/],
  ['a row too many is there', query("INSERT INTO notes VALUES ('9', '')"), /^I5: migrated, but the rows of notes/],
  ['a row of others is gone', query('DELETE FROM accounts WHERE id = 2'), /^I7: a row of others is not in accounts/],
  [
    'the text of others is written anew',
    edit('', '\\u0062ody', 'body'),
    /^I7: what belongs to others is not as it was/,
  ],
  ['a key of ours is too many', edit('', '{', '{"backpedal:other":"",'), /^I7: "backpedal:other" is in storage/],
  ['a key is missing', edit('', '"settings"', '"unsettled"'), /^I5: migrated, but the key "settings" is not so/],
  ['a key is there that was removed', edit('', '{', '{"note-1":"",'), /^I5: migrated, but the key "note-1" is not so/],
  ['a record is gone', remove('journal/000000000003'), /^I4: the journal is broken/],
  [
    'a bit of a record is flipped',
    edit('journal/000000000003', 'createBackup', 'createBackuq'),
    /^I4: the journal is broken/,
  ],
  [
    'the last record is gone',
    async (folder) => rm(await lastRecord(folder)),
    /^I5: migrate ended as nothing: it is open/,
  ],
  [
    'something was cleared that nobody announced',
    query("INSERT INTO backpedal_steps (migration, run, step, outcome) VALUES ('killed', 'x', 'clear', '{}')"),
    /^I4: no record announced the step clear/,
  ],
  ['the marker is of nobody', edit('', '\\"run\\":\\"', '\\"run\\":\\"x'), /^I4: no record announced the burst/],
  ['the token is an old one', query('UPDATE backpedal_leases SET token = 0'), /^I3: the journal has a token/],
  ['the lease is kept', query("UPDATE backpedal_leases SET run = 'x'"), /^the lease was not given back/],
  ['the audit trail knows nothing', remove('audit/000000000000'), /^I12: the audit trail has 0 entries/],
  ['nobody was told', (folder) => writeFile(filesIn(folder).notices, ''), /^I12: the user was not told/],
  ['an entry of the vault is torn', edit('/digests', '}', ''), /^the entry .*digests of the vault is not whole/],
];

async function lastRecord(folder: string): Promise<string> {
  const records = disks.migrated.journal.records.length;
  return entry(folder, `journal/${String(records - 1).padStart(12, '0')}`);
}

describe('the judge', () => {
  it('KI8 finds nothing in a world in which nothing is wrong', async () => {
    expect(await judged(worlds.migrated)).toEqual([]);
  });

  it.each(LOSSES)('KI8 finds that %s', async (_title, spoil, fault) => {
    await inFolder(async (folder) => {
      const world = join(folder, 'world');
      await cloneFolder(worlds.migrated, world);
      await spoil(world);
      expect(await judged(world)).toContainEqual(expect.stringMatching(fault));
    });
  });

  it.each([
    ['another end', { outcome: 'unchanged' }, /^I12: unchanged was said of migrated/],
    ['no success', { success: false }, /^I12: SUCCESS \(\) was said of migrated/],
    ['another run', { runId: 'x' }, /^I12: migrated was said of migrated/],
  ])('KI8 finds that a process said %s', async (_title, said, fault) => {
    expect(await judged(worlds.migrated, { ...told(), ...said })).toContainEqual(expect.stringMatching(fault));
  });

  it('KI8 finds a receipt that is not true', async () => {
    const [run] = disks.migrated.journal.runs;
    const receipt = { keys: [{ key: 'settings', after: 'another hash' }] };
    const audit = [
      {
        type: 'MIGRATION_ROLLBACK',
        runId: run?.run ?? '',
        result: 'SUCCESS',
        outcome: 'rolledBack',
        previous: '',
        receipt,
      },
    ];
    const runs = [{ run: run?.run ?? '', machine: 'rollback', end: 'rolledBack' }];
    const disk: Disk = { ...disks.migrated, audit, journal: { ...disks.migrated.journal, runs } };
    const { faults } = judgeEnd(disk, caseOf('rollback', 0), null);
    expect(faults).toContain('I12: the receipt is not true of "settings"');
  });
});
