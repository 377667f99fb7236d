import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Blow, Episode, OperationChoice } from '../../scripts/crash/episode.ts';
import { textOfEpisode } from '../../scripts/crash/episode.ts';
import { type FileApp, openApp } from '../../scripts/crash/node/app.ts';
import type { AppProcess, Trace } from '../../scripts/crash/node/app-process.ts';
import { MIGRATED, ORIGINAL } from '../../scripts/crash/node/content.ts';
import { readDisk } from '../../scripts/crash/node/disk/disk.ts';
import { playEpisode } from '../../scripts/crash/node/episode-player.ts';
import { differences } from '../../scripts/crash/node/judge.ts';
import { type Rehearsal, rehearse } from '../../scripts/crash/node/rehearsal.ts';
import { SCENARIOS } from '../../scripts/crash/node/scenarios.ts';
import { openSetting, type Setting } from '../../scripts/crash/node/setting.ts';
import { cloneFolder } from '../../scripts/crash/node/world.ts';
import { seededRandom } from '../../scripts/crash/seeded-random.ts';
import type { Verdict } from '../../scripts/crash/target.ts';
import { rollbackMeta } from '../../src/machines/rollback/meta.ts';

const SLOW = 300_000;

let folder: string;
let setting: Setting;
const rehearsals = new Map<string, Rehearsal>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backpedal-kills-'));
  setting = await openSetting(folder);
  for (const scenario of SCENARIOS)
    rehearsals.set(scenario.name, await rehearse(setting, scenario, join(folder, scenario.name)));
}, SLOW);

afterAll(async () => {
  await setting.pool.close();
  await rm(folder, { recursive: true });
}, SLOW);

const traceOf = (scenario: string): readonly Trace[] => rehearsals.get(scenario)?.trace ?? [];

/** The operations with which a run enters its states, one for each. */
function entries(scenario: string): Trace[] {
  const seen = new Set<string>();
  return traceOf(scenario).filter(({ chart }) => chart !== null && !seen.has(chart) && seen.add(chart));
}

const killed = (operation: OperationChoice, moment: 'before' | 'after'): Blow => ({
  kind: 'kill',
  at: { operation, moment },
});

let played = 0;

/** Plays episodes two at a time; gives what became of each, by its text. */
async function playAll(episodes: readonly Episode[]): Promise<ReadonlyMap<string, Verdict>> {
  const verdicts = new Map<string, Verdict>();
  const waiting = [...episodes];
  const work = async (): Promise<void> => {
    for (let episode = waiting.shift(); episode !== undefined; episode = waiting.shift()) {
      const scenario = SCENARIOS.find(({ name }) => name === episode?.scenario);
      if (scenario === undefined) throw new Error(`There is no scenario ${episode.scenario}.`);
      const verdict = await playEpisode(setting, scenario, episode, join(folder, `${++played}`));
      verdicts.set(textOfEpisode(episode), verdict);
    }
  };
  await Promise.all([work(), work()]);
  return verdicts;
}

/** Every fault with its episode and what happened; an empty list is what a test wants. */
const faultsOf = (verdicts: ReadonlyMap<string, Verdict>): unknown[] =>
  [...verdicts].filter(([, { faults }]) => faults.length > 0).map(([text, { faults, story }]) => [text, faults, story]);

const killsIn = (verdicts: ReadonlyMap<string, Verdict>): number =>
  [...verdicts.values()].reduce((sum, { kills }) => sum + kills, 0);

/** States that a rollback enters only when something goes wrong that no kill brings about, and its ends. */
const NOT_ENTERED = [
  ...['deciding', 'standingDown', 'recoveringBackup', 'resolvingClear', 'reclaiming', 'replacingBackup', 'lockingDown'],
  ...['rolledBack', 'unchanged', 'safeMode', 'unlocked'],
];

describe('a process that is killed', () => {
  it('KI1 is killed in every state of a rollback that goes well, and of one that is undone', () => {
    const states = ['rollback', 'undo'].flatMap((name) => entries(name).map(({ chart }) => chart?.split('.')[1]));
    const missing = Object.keys(rollbackMeta).filter((state) => !states.includes(state));
    expect(missing.sort()).toEqual(NOT_ENTERED.sort());
  });

  const states = (name: string): Trace[] => {
    const [, , , undo] = SCENARIOS;
    // What a rollback that is undone does before that, the others do as well.
    if (name !== undo?.name) return entries(name);
    const known = new Set(entries('rollback').map(({ chart }) => chart));
    return entries(name).filter(({ chart }) => !known.has(chart));
  };

  it.each(SCENARIOS)(
    'KI1 KI4 KI5 KI6 RB18 in any state of $name: the next one brings it to its end, byte for byte',
    { timeout: SLOW },
    async ({ name }) => {
      const episodes = states(name).map(({ number }, index) => ({
        scenario: name,
        blows: [killed(number, index % 2 === 0 ? 'before' : 'after')],
      }));
      const verdicts = await playAll(episodes);
      expect(faultsOf(verdicts)).toEqual([]);
      expect(killsIn(verdicts)).toBe(episodes.length);
      expect(episodes.length).toBeGreaterThan(name === 'undo' ? 1 : 8);
    },
  );

  it('KI2 KI4 at any moment: nothing is lost', { timeout: SLOW }, async () => {
    const random = seededRandom(7);
    const episodes = SCENARIOS.map(({ name }): Episode => {
      const span = rehearsals.get(name)?.milliseconds ?? 0;
      return { scenario: name, blows: [{ kind: 'kill', at: { milliseconds: Math.round(random() * span) } }] };
    });
    expect(faultsOf(await playAll(episodes))).toEqual([]);
  });

  it('KI3 KI4 twice and three times, while it recovers: nothing is lost', { timeout: SLOW }, async () => {
    const episodes: Episode[] = [
      { scenario: 'migrate', blows: [killed('database.copy', 'after'), killed('database.compare', 'before')] },
      { scenario: 'rollback', blows: [killed('database.clear', 'after'), killed('database.record', 'after')] },
      {
        scenario: 'merge',
        blows: [
          killed('database.record', 'after'),
          killed('storage.write', 'before'),
          killed('storage.write', 'after'),
        ],
      },
      { scenario: 'undo', blows: [killed('database.undoClear', 'after'), killed('database.undoClear', 'before')] },
    ];
    const verdicts = await playAll(episodes);
    expect(faultsOf(verdicts)).toEqual([]);
    expect(killsIn(verdicts)).toBe(9);
  });
});

describe('a process that is frozen, taken over from, and thawed', () => {
  const frozen = (scenario: string, operation: string, kind: 'freeze' | 'freezeUnseen'): Episode => ({
    scenario,
    blows: [{ kind, at: { operation, moment: 'before' } }],
  });

  it('KI7 DB3 RB15 is refused by the database, whatever it was about to write', { timeout: SLOW }, async () => {
    const writes = [
      ...['database.begin', 'database.copy', 'database.digest'].map((name) => frozen('migrate', name, 'freezeUnseen')),
      ...['database.clear', 'database.record'].map((name) => frozen('rollback', name, 'freezeUnseen')),
    ];
    const verdicts = await playAll(writes);
    expect(faultsOf(verdicts)).toEqual([]);
    for (const [text, { others: freezes, story }] of verdicts) {
      const thawed = story.find((line) => line.startsWith('thawed'));
      expect([text, freezes, thawed]).toEqual([text, 1, expect.stringContaining('DATABASE_FENCED')]);
    }
  });

  it('KI7 RB8 overwrites no key, and says how the run has really ended', { timeout: SLOW }, async () => {
    const episodes = [
      frozen('migrate', 'storage.write', 'freezeUnseen'),
      frozen('rollback', 'storage.write', 'freezeUnseen'),
      frozen('merge', 'storage.write', 'freezeUnseen'),
      frozen('merge', 'storage.write', 'freeze'),
      frozen('undo', 'database.undoClear', 'freeze'),
      frozen('migrate', 'database.compare', 'freeze'),
    ];
    const verdicts = await playAll(episodes);
    expect(faultsOf(verdicts)).toEqual([]);
    const unfrozen = [...verdicts].filter(([, { others: freezes }]) => freezes !== 1);
    expect(unfrozen.map(([text, { story }]) => [text, story])).toEqual([]);
  });
});

describe('a rollback in another process', () => {
  let world: string;
  let app: FileApp;
  let other: AppProcess;

  beforeAll(async () => {
    world = join(folder, 'two-processes');
    await cloneFolder(setting.worlds.migrated, world);
    other = setting.pool.take();
    const blow: Blow = { kind: 'freeze', at: { operation: 'storage.write', moment: 'before' } };
    expect(await other.order({ action: 'rollback', folder: world, blow })).toEqual({ end: 'frozen' });
    app = await openApp(world, { SQL: setting.SQL });
  }, SLOW);

  afterAll(async () => {
    await other.end();
    await app.close();
  }, SLOW);

  const changedFrom = async (entries: typeof ORIGINAL): Promise<string[]> =>
    differences((await readDisk(setting.SQL, world)).storage, entries);

  it('RB16 keeps a second one from beginning, with the words of the procedure', async () => {
    const refused = await app.client.rollback({ reason: 'USER_REQUEST' }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'RUN_IN_PROGRESS', message: 'Rollback already in progress' });
    const reason = 'Rollback already in progress';
    expect(await app.client.canRollback()).toMatchObject({ canRollback: false, reason });
    await expect(app.client.migrate()).rejects.toMatchObject({ code: 'RUN_IN_PROGRESS' });
    expect(await app.client.recover()).toMatchObject({ action: 'waiting' });
    expect(await changedFrom(MIGRATED)).toEqual([]);
  });

  it('RB16 RB18 is taken over once that process has been killed', async () => {
    await other.end();
    expect(await app.client.recover()).toMatchObject({ action: 'resumed', rollback: { outcome: 'rolledBack' } });
    expect(await changedFrom(ORIGINAL)).toEqual([]);
  });
});
