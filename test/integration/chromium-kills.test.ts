import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { playInChromium } from '../../scripts/crash/chromium/episode-player.ts';
import { CHROMIUM_SCENARIOS } from '../../scripts/crash/chromium/scenarios.ts';
import { browserSchedule } from '../../scripts/crash/chromium/schedule.ts';
import { type ChromiumSetting, openChromiumSetting } from '../../scripts/crash/chromium/setting.ts';
import { parseEpisode, plannedKills, textOfEpisode } from '../../scripts/crash/episode.ts';
import { chromium } from '../../scripts/setup/programs.ts';

const SLOW = 300_000;

/** Where there is no browser there is nothing to kill. */
const hasChromium = chromium.find() !== undefined;

let folder: string;
let setting: ChromiumSetting;
let played = 0;

interface Played {
  readonly text: string;
  readonly kills: number;
  readonly others: number;
  readonly faults: readonly string[];
  readonly story: readonly string[];
}

async function playOne(text: string): Promise<Played> {
  const episode = parseEpisode(text);
  const scenario = CHROMIUM_SCENARIOS.find(({ name }) => name === episode?.scenario);
  if (episode === null || scenario === undefined) throw new Error(`There is no episode ${text}.`);
  const { kills, others, faults, story } = await playInChromium(
    setting,
    scenario,
    episode,
    join(folder, `${++played}`),
  );
  return { text, kills, others, faults, story };
}

/** Plays episodes three at a time: most of them wait. */
async function playAll(texts: readonly string[]): Promise<readonly Played[]> {
  const results: Played[] = [];
  const waiting = [...texts];
  const work = async (): Promise<void> => {
    for (let text = waiting.shift(); text !== undefined; text = waiting.shift()) results.push(await playOne(text));
  };
  await Promise.all([work(), work(), work()]);
  return results;
}

/** What a test wants: nothing. */
const faultsOf = (results: readonly Played[]): unknown[] =>
  results.filter(({ faults }) => faults.length > 0).map(({ text, faults, story }) => [text, faults, story]);

const sum = (results: readonly Played[], of: 'kills' | 'others'): number =>
  results.reduce((all, result) => all + result[of], 0);

describe.skipIf(!hasChromium)('a browser that is killed', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'backpedal-browsers-'));
    setting = await openChromiumSetting(join(folder, 'worlds'));
  }, SLOW);

  afterAll(async () => {
    await setting.site.close();
    await rm(folder, { recursive: true, maxRetries: 10 });
  }, SLOW);

  it('KC1 KC5 after the end, when it has forgotten what it had acknowledged, is recovered from: every key is back', {
    timeout: SLOW,
  }, async () => {
    const results = await playAll(['rollback@end+0ms,end+0ms', 'mergeheavy@end+3000ms', 'thereandback@reload+1000ms']);
    expect(faultsOf(results)).toEqual([]);
    expect(sum(results, 'kills')).toBe(4);
  });

  it('KC2 KC3 KC5 in the middle of a migration, a rollback, a burst, or a recovery of one: nothing is lost', {
    timeout: SLOW,
  }, async () => {
    const results = await playAll([
      'migrate@after:database.copy,before:database.digest',
      'merge@after:database.clear,after:localStorage.setItem',
      'rollback@before:localStorage.setItem',
      'undo@after:database.undoClear',
    ]);
    expect(faultsOf(results)).toEqual([]);
    expect(sum(results, 'kills')).toBe(6);
  });

  it('KC4 KC5 nor when only the process of the page is killed, or the tab is closed', { timeout: SLOW }, async () => {
    const results = await playAll([
      'merge@crash-tab:after:localStorage.setItem',
      'migrate@close-tab:after:database.copy',
      'rollback@close-tab:end+0ms',
    ]);
    expect(faultsOf(results)).toEqual([]);
    expect(sum(results, 'others')).toBe(3);
  });
});

describe('the episodes of browsers', () => {
  const scenarios = CHROMIUM_SCENARIOS.map(({ name }) => ({ name, operations: 70, milliseconds: 900 }));

  it('KC6 have the long waits first, all kinds of moments and scenarios, and are the same for the same seed', () => {
    const all = (seed: number): string[] => {
      const schedule = browserSchedule(scenarios, 100, seed);
      const texts: string[] = [];
      for (let next = schedule.next(); next !== null; next = schedule.next()) texts.push(textOfEpisode(next));
      return texts;
    };
    const texts = all(1);
    expect(all(1)).toEqual(texts);
    expect(all(2)).not.toEqual(texts);
    expect(texts.slice(0, 6).every((text) => text.includes('+120000ms'))).toBe(true);
    const kinds = [/\+30000ms/, /reload\+/, /end\+/, /before:/, /after:/, /crash-tab:/, /close-tab:/, /@\d+ms/];
    for (const kind of kinds) expect([kind, texts.some((text) => kind.test(text))]).toEqual([kind, true]);
    for (const { name } of scenarios)
      expect([name, texts.some((text) => text.startsWith(`${name}@`))]).toEqual([name, true]);
    const kills = texts.map((text) => plannedKills(parseEpisode(text) ?? { scenario: '', blows: [] }));
    expect(kills.reduce((a, b) => a + b, 0)).toBe(100);
  });
});
