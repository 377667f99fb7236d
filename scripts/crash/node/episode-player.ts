import type { Blow, Episode } from '../episode.ts';
import type { Verdict } from '../target.ts';
import type { AppProcess, Ending } from './app-process.ts';
import { type Case, judgeContent, judgeEnd } from './judge.ts';
import { act, look, type Play, recover, toldBy } from './play.ts';
import { type NodeScenario, takenBack } from './scenarios.ts';
import type { Setting } from './setting.ts';
import { takeOver } from './take-over.ts';
import { cloneFolder } from './world.ts';

/** A start that finds nothing to do, checks that complain of nothing, and the rollback that takes back what is left. */
async function prove(play: Play, process: AppProcess, end: ReturnType<typeof judgeEnd>['end']): Promise<void> {
  const { facts, faults } = play;
  const { scenario, worlds } = facts;
  const again = toldBy(await act(play, process, 'recover'));
  if (['resumed', 'waiting', 'safeMode'].includes(again?.recovered ?? 'waiting'))
    faults.push(`I8: a second recover() did ${again?.recovered}`);
  const isOriginal = end === 'untouched' && scenario.beginning === 'original';
  if (!isOriginal && !(end === 'untouched' && scenario.beginning === 'drifted')) {
    const verified = toldBy(await act(play, process, 'verify'));
    faults.push(...(verified?.complaints ?? []).map((complaint) => `I12: ${complaint}`));
  }
  if (end === 'rolledBack') return;
  if (isOriginal) await act(play, process, 'migrate');
  await act(play, process, 'merge');
  faults.push(...judgeContent(await look(play), 'taken back', takenBack(scenario), worlds));
}

/** Lets somebody recover from what befell the first process, and judges what came of it. */
async function comeThrough(play: Play, first: AppProcess, ending: Ending, rest: readonly Blow[]): Promise<void> {
  const next = ending.end === 'killed' ? await recover(play, rest) : { process: first, told: toldBy(ending) };
  try {
    const { end, faults } = judgeEnd(await look(play), play.facts, next.told?.run ?? null);
    play.faults.push(...faults);
    if (play.faults.length === 0) await prove(play, next.process, end);
  } finally {
    await next.process.end();
  }
}

/** Plays an episode in a folder of its own, and judges the disk after every kill and at the end. */
export async function playEpisode(
  setting: Setting,
  scenario: NodeScenario,
  { blows }: Episode,
  folder: string,
): Promise<Verdict> {
  await cloneFolder(setting.worlds[scenario.beginning], folder);
  const facts: Case = { scenario, worlds: setting.rows, runsBefore: setting.runsBefore[scenario.beginning] };
  const play: Play = { setting, folder, facts, faults: [], story: [], hits: [], kills: 0, others: 0 };
  const [blow, ...rest] = blows;
  const first = setting.pool.take();
  try {
    const ending = await act(play, first, scenario.action, blow === undefined ? {} : { blow });
    if (ending.end === 'frozen' && (blow?.kind === 'freeze' || blow?.kind === 'freezeUnseen'))
      await takeOver(play, first, blow.kind);
    else await comeThrough(play, first, ending, rest);
  } finally {
    await first.end();
  }
  return play;
}
