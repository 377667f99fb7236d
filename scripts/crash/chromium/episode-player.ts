import { cp } from 'node:fs/promises';
import type { Blow, Episode } from '../episode.ts';
import type { Disk } from '../node/disk/disk.ts';
import { type Case, judgeAlways, judgeContent, judgeEnd } from '../node/judge.ts';
import { takenBack } from '../node/scenarios.ts';
import type { Action, Told } from '../protocol.ts';
import type { Verdict } from '../target.ts';
import { type AppBrowser, type Ending, openAppBrowser } from './app-browser.ts';
import type { ChromiumScenario } from './scenarios.ts';
import { unstruck } from './served.ts';
import type { ChromiumSetting } from './setting.ts';

/** What became of an episode, and how long its first order took. */
export type PlayedInChromium = Verdict & Pick<Play, 'measures'>;

/** An episode under way. */
interface Play {
  readonly setting: ChromiumSetting;
  readonly profile: string;
  readonly episode: string;
  readonly facts: Case;
  readonly faults: string[];
  readonly story: string[];
  readonly hits: string[];
  /** Where it plays now; another one after a kill. */
  browser: AppBrowser;
  kills: number;
  others: number;
  /** Of the first order. */
  measures: { readonly operations: number; readonly milliseconds: number } | null;
}

function placeOf({ last }: AppBrowser): string {
  if (last === null) return 'before its first operation';
  return `in or after operation ${last.number}, ${last.name}${last.chart === null ? '' : ` of ${last.chart}`}`;
}

function describe(play: Play, action: Action, blow: Blow | null, ending: Ending): string {
  const place = placeOf(play.browser);
  if (ending.end === 'struck')
    return `${action}: ${blow?.kind} ${ending.told === null ? place : `after ${ending.told.run?.outcome ?? ending.told.recovered}`}`;
  if (ending.end === 'hangs') return `${action}: hangs ${place}`;
  if (ending.end === 'failed') return `${action}: failed with ${ending.code} ${place}`;
  const { recovered, run, migrationState } = ending.told;
  return `${action}: ${[recovered, run?.outcome, migrationState].filter(Boolean).join(' ')}, ${place}`;
}

/** Another browser on the same profile, where the one before is no more. */
async function goOn(play: Play): Promise<void> {
  if (!play.browser.isAlive) play.browser = await openAppBrowser(play.setting, play);
}

/** Gives a tab an order; what neither ends well nor is struck down as planned is a fault. */
async function act(play: Play, action: Action, blow: Blow | null = null): Promise<Ending> {
  const started = performance.now();
  const ending = await play.browser.order(action, blow);
  play.measures ??= { operations: play.browser.last?.number ?? 0, milliseconds: performance.now() - started };
  play.story.push(describe(play, action, blow, ending));
  if (ending.end === 'struck') {
    if (blow?.kind === 'kill') play.kills += 1;
    else play.others += 1;
    play.hits.push(ending.told === null ? (play.browser.last?.name ?? 'the opening') : 'what was done');
    await goOn(play);
    const nth = play.kills + play.others;
    play.faults.push(
      ...judgeAlways(await play.browser.look(), play.facts).map((fault) => `after blow ${nth}: ${fault}`),
    );
  } else if (ending.end === 'hangs') play.faults.push(`I8: ${action} comes to no end (${placeOf(play.browser)})`);
  else if (ending.end === 'failed') play.faults.push(`I8: ${action} failed: ${ending.code} ${ending.message}`);
  return ending;
}

const toldBy = (ending: Ending): Told | null => (ending.end === 'done' ? ending.told : null);

/** Recovers in new tabs, which meet the blows that are left, until one comes to an end. */
async function recover(play: Play, blows: readonly Blow[]): Promise<Told | null> {
  const [blow = null, ...rest] = blows;
  const ending = await act(play, 'recover', blow);
  return ending.end === 'struck' ? recover(play, rest) : toldBy(ending);
}

/** A start that finds nothing to do, checks that complain of nothing, and the rollback that takes back what is left. */
async function prove(play: Play, end: ReturnType<typeof judgeEnd>['end']): Promise<void> {
  const { facts, faults } = play;
  const { scenario, worlds } = facts;
  const again = toldBy(await act(play, 'recover'));
  if (['resumed', 'waiting', 'safeMode'].includes(again?.recovered ?? 'waiting'))
    faults.push(`I8: a second recover() did ${again?.recovered}`);
  const isOriginal = end === 'untouched' && scenario.untouched === takenBack(scenario);
  if (!isOriginal && !(end === 'untouched' && scenario.beginning === 'drifted')) {
    const verified = toldBy(await act(play, 'verify'));
    faults.push(...(verified?.complaints ?? []).map((complaint) => `I12: ${complaint}`));
  }
  if (end === 'rolledBack') return;
  if (isOriginal) await act(play, 'migrate');
  await act(play, 'merge');
  faults.push(...judgeContent(await play.browser.look(), 'taken back', takenBack(scenario), worlds));
}

/** What a browser that is ended in good order has written down is what it had shown. */
async function judgeWritten(play: Play, shown: Disk): Promise<void> {
  await play.browser.quit();
  play.browser = await openAppBrowser(play.setting, play);
  const written = (await play.browser.look()).storage;
  const keys = new Set([...Object.keys(shown.storage), ...Object.keys(written)]);
  for (const key of keys)
    if (shown.storage[key] !== written[key]) play.faults.push(`the key ${JSON.stringify(key)} was not written down`);
}

async function playIn(play: Play, scenario: ChromiumScenario, blows: readonly Blow[]): Promise<void> {
  for (const deed of scenario.prelude) await play.browser.perform(deed);
  const [blow = null, ...rest] = blows;
  const ending = await act(play, scenario.action, blow);
  const told = ending.end === 'struck' ? await recover(play, rest) : toldBy(ending);
  const disk = await play.browser.look();
  const { end, faults } = judgeEnd(disk, play.facts, told?.run ?? null);
  play.faults.push(...faults);
  if (play.faults.length > 0) return;
  if (ending.end === 'struck') await judgeWritten(play, disk);
  await prove(play, end);
}

/** Plays an episode on a profile of its own, and judges what lies there after every blow and at the end. */
export async function playInChromium(
  setting: ChromiumSetting,
  scenario: ChromiumScenario,
  { blows }: Episode,
  profile: string,
): Promise<PlayedInChromium> {
  await cp(setting.worlds[scenario.beginning], profile, { recursive: true });
  const episode = String(setting.episodes.size);
  setting.episodes.set(episode, unstruck());
  const runsBefore = setting.runsBefore[scenario.beginning] + scenario.runsInPrelude;
  const facts: Case = { scenario, worlds: setting.rows, runsBefore };
  const browser = await openAppBrowser(setting, { profile, episode });
  const play: Play = {
    setting,
    profile,
    episode,
    facts,
    faults: [],
    story: [],
    hits: [],
    browser,
    kills: 0,
    others: 0,
    measures: null,
  };
  try {
    await playIn(play, scenario, blows);
  } finally {
    await play.browser.kill();
  }
  return play;
}
