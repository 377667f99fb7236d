/** The invariants, judged from what lies on the disk and from nothing else. */

import type { ToldRun } from '../protocol.ts';
import { type Entries, migration, ORIGINAL, OTHERS, OTHERS_AS_WRITTEN } from './content.ts';
import type { ImageOnDisk } from './disk/database.ts';
import { type Disk, imageOf } from './disk/disk.ts';
import { hashOf } from './disk/hash.ts';
import type { RunOnDisk } from './disk/journal.ts';
import type { Expected, NodeScenario } from './scenarios.ts';
import { TABLE_NAMES } from './tables.ts';
import type { Beginning } from './world.ts';

const MARKER = `backpedal:${migration.id}`;

/** The rows of the worlds in which scenarios begin, by table. */
export type RowsOfWorlds = Readonly<Record<Beginning, ImageOnDisk['rows']>>;

/** Against what a world is judged. */
export interface Case {
  readonly scenario: NodeScenario;
  readonly worlds: RowsOfWorlds;
  /** How many runs the journal had when the scenario began. */
  readonly runsBefore: number;
}

const quoted = (key: string): string => JSON.stringify(key);

/** I1: every key has its value in storage or a verified copy in the vault; every row lies in its table or archive. */
function withoutCopy(disk: Disk, { scenario, worlds }: Case): string[] {
  const wanted: [string, string][] = [
    ...Object.entries(ORIGINAL).filter(([key]) => !(key in OTHERS)),
    ...Object.entries(scenario.untouched.storage),
  ];
  const keys = wanted.filter(
    ([key, value]) => disk.storage[key] !== value && !disk.backups.has(key, value) && !disk.displaced.has(key, value),
  );
  const rows = disk.images.flatMap(({ file, rows: there, archived }) =>
    TABLE_NAMES.flatMap(
      (table) =>
        worlds[scenario.beginning][table]
          ?.filter((row) => !there[table]?.includes(row) && archived[table]?.has(row) !== true)
          .map((row) => `I1: no copy is left of a row of ${table} in ${file}: ${row}`) ?? [],
    ),
  );
  return [...keys.map(([key]) => `I1: no copy is left of the key ${quoted(key)}`), ...rows];
}

/** I7: what belongs to others is what it was, to the byte; of ours there is nothing but the marker. */
function touched({ file, storage, images }: Disk, { worlds }: Case): string[] {
  const texts = OTHERS_AS_WRITTEN.filter((text) => file !== null && !file.includes(text));
  const values = Object.keys(OTHERS).filter((key) => storage[key] !== OTHERS[key]);
  const own = Object.keys(storage).filter((key) => key.startsWith('backpedal:') && key !== MARKER);
  const rows = images.flatMap((image) =>
    TABLE_NAMES.flatMap((table) =>
      (worlds.original[table] ?? [])
        .filter((row) => !image.rows[table]?.includes(row))
        .map((row) => `I7: a row of others is not in ${table}: ${row}`),
    ),
  );
  return [
    ...texts.map((text) => `I7: what belongs to others is not as it was written: ${text}`),
    ...values.map((key) => `I7: ${quoted(key)} is of others, and is not what it was`),
    ...own.map((key) => `I7: ${quoted(key)} is in storage`),
    ...rows,
  ];
}

/** What a record has to have announced before a step of this name is in the database. */
const ANNOUNCEMENTS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^clear$/, ['clearDatabase', 'discardCopy']],
  [/^targets:/, ['prepareRestore']],
  [/^(begin|copy:.*)$/, ['copyBatch']],
  [/^digest/, ['takeDigests']],
];

/** What writes into storage. */
const BURSTS = ['restoreStorage', 'undoRestore', 'clearSource', 'restoreSource'];

/** I4: no effect in database or storage without a durable record that announced it. I3: no newer token in the journal. */
function unannounced(disk: Disk, { scenario }: Case): string[] {
  const { records } = disk.journal;
  const announced = (run: string, commands: readonly string[]): boolean =>
    records.some((record) => record.run === run && record.commands.some((command) => commands.includes(command)));
  const wrong: string[] = [];
  for (const { holder, steps } of disk.images) {
    for (const { run, step } of steps) {
      const commands = ANNOUNCEMENTS.find(([name]) => name.test(step))?.[1];
      if (commands !== undefined && !announced(run, commands)) wrong.push(`I4: no record announced the step ${step}`);
    }
    if (holder !== null && !records.some(({ run }) => run === holder)) wrong.push('I4: the lease is of an unknown run');
  }
  const { token } = imageOf(disk);
  if (records.some(({ snapshot }) => (snapshot.context.token ?? 0) > token))
    wrong.push('I3: the journal has a token that the database never issued');
  const { run } = JSON.parse(disk.storage[MARKER] ?? '{}') as { run?: string };
  if (run !== undefined && !announced(run, BURSTS)) wrong.push('I4: no record announced the burst of the marker');
  const changed = differences(disk.storage, scenario.untouched.storage);
  if (changed.length > 0 && !records.some(({ commands }) => commands.some((command) => BURSTS.includes(command))))
    wrong.push('I4: storage was changed without a record that announced it');
  return wrong;
}

/** What must hold at any moment, whoever was killed. */
export function judgeAlways(disk: Disk, facts: Case): string[] {
  const broken = disk.images.filter(({ integrity }) => integrity !== 'ok');
  return [
    ...disk.faults,
    ...broken.map(({ file, integrity }) => `the database ${file} is damaged: ${integrity}`),
    ...withoutCopy(disk, facts),
    ...touched(disk, facts),
    ...unannounced(disk, facts),
  ];
}

/** The keys that differ, but for the marker. */
export function differences(found: Entries, wanted: Entries): string[] {
  const keys = new Set([...Object.keys(found), ...Object.keys(wanted)]);
  return [...keys].filter((key) => key !== MARKER && found[key] !== wanted[key]);
}

/** I5, I7: every key and every row is what the end says, and nothing else is there. */
export function judgeContent(disk: Disk, end: string, expected: Expected, worlds: RowsOfWorlds): string[] {
  const image = imageOf(disk);
  return [
    ...differences(disk.storage, expected.storage).map((key) => `I5: ${end}, but the key ${quoted(key)} is not so`),
    ...TABLE_NAMES.filter((table) => image.rows[table]?.join('\n') !== worlds[expected.rows][table]?.join('\n')).map(
      (table) => `I5: ${end}, but the rows of ${table} are not so`,
    ),
  ];
}

/** I12: audit trail, notices and receipt say of a run what is so, once each. */
function untruths(disk: Disk, { run, machine, end }: RunOnDisk): string[] {
  const entries = disk.audit.filter(({ runId, type }) => runId === run && type.startsWith('MIGRATION'));
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) return [`I12: the audit trail has ${entries.length} entries of a run`];
  const wrong: string[] = [];
  const wentWell = end === (machine === 'migration' ? 'migrated' : 'rolledBack');
  if (entry.outcome !== end) wrong.push(`I12: the audit trail says ${entry.outcome} of ${end}`);
  if ((entry.result === 'SUCCESS') !== wentWell) wrong.push(`I12: the audit trail says ${entry.result} of ${end}`);
  if (!disk.notices.has(`${migration.id}/${run}/user`)) wrong.push('I12: the user was not told of the end');
  return wrong;
}

/** I12: the receipt's hashes are those of what is there. */
function untrueReceipt(disk: Disk, { run }: RunOnDisk): string[] {
  const keys = disk.audit.find(({ runId, receipt }) => runId === run && receipt !== undefined)?.receipt?.keys ?? [];
  return keys
    .filter(({ key, after }) => {
      const value = disk.storage[key];
      return (value === undefined ? null : hashOf(value)) !== after;
    })
    .map(({ key }) => `I12: the receipt is not true of ${quoted(key)}`);
}

/** What came of a scenario: the end, and what is wrong with it. */
export interface EndJudged {
  readonly end: 'untouched' | 'migrated' | 'rolledBack' | 'unchanged' | null;
  readonly faults: readonly string[];
}

/** What must hold once somebody has recovered; `told` is what that process said of the run. */
export function judgeEnd(disk: Disk, facts: Case, told: ToldRun | null): EndJudged {
  const { scenario, worlds, runsBefore } = facts;
  const always = judgeAlways(disk, facts);
  const [run, ...more] = disk.journal.runs.slice(runsBefore);
  if (run === undefined) {
    const content = judgeContent(disk, 'never begun', scenario.untouched, worlds);
    return { end: 'untouched', faults: [...always, ...content] };
  }
  const end = (['migrated', 'rolledBack', 'unchanged'] as const).find((each) => each === run.end);
  const expected = end === undefined ? undefined : scenario.ends[end];
  if (more.length > 0) always.push(`I5: ${more.length + 1} runs came of one`);
  if (end === undefined || expected === undefined) {
    return { end: null, faults: [...always, `I5: ${scenario.name} ended as ${run.end ?? 'nothing: it is open'}`] };
  }
  if (told !== null && (told.runId !== run.run || told.outcome !== end))
    always.push(`I12: ${told.outcome} was said of ${end}`);
  if (told !== null && told.success !== (end !== 'unchanged'))
    always.push(`I12: ${told.finalStatus} (${told.warnings.join(', ')}) was said of ${end}`);
  const held = imageOf(disk).holder !== null ? ['the lease was not given back'] : [];
  const receipt = end === 'rolledBack' ? untrueReceipt(disk, run) : [];
  return {
    end,
    faults: [...always, ...judgeContent(disk, end, expected, worlds), ...untruths(disk, run), ...held, ...receipt],
  };
}
