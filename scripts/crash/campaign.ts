import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Episode, plannedKills, textOfEpisode } from './episode.ts';
import type { Progress, Tally } from './progress.ts';
import type { Stage, Verdict } from './target.ts';

/** An episode after which something was lost, or was not as the rules say. */
export interface Loss {
  readonly episode: Episode;
  readonly folder: string;
  readonly verdict: Verdict;
}

/** What came of all episodes. */
export interface Outcome {
  readonly tally: Tally;
  readonly losses: readonly Loss[];
  /** How often processes were killed in which operation. */
  readonly hits: ReadonlyMap<string, number>;
}

/** What is wanted of a campaign. */
export interface Campaign {
  readonly kills: number;
  readonly seed: number;
  /** Where the episodes have their folders; those in which nothing was lost are removed. */
  readonly folder: string;
  readonly progress: Progress;
  /** Aborted when no further episode is to begin. */
  readonly stop: AbortSignal;
}

/** Plays episodes until there were so many kills. */
export async function runCampaign(stage: Stage, campaign: Campaign): Promise<Outcome> {
  const { kills, seed, folder, progress, stop } = campaign;
  const schedule = stage.schedule(kills, seed);
  const tally = { kills: 0, others: 0, lost: 0 };
  const losses: Loss[] = [];
  const hits = new Map<string, number>();
  let count = 0;
  const playOne = async (episode: Episode): Promise<void> => {
    const place = join(folder, `${++count}`);
    const verdict = await stage.play(episode, place);
    schedule.giveBack(plannedKills(episode) - verdict.kills);
    tally.kills += verdict.kills;
    tally.others += verdict.others;
    for (const hit of verdict.hits) hits.set(hit, (hits.get(hit) ?? 0) + 1);
    if (verdict.faults.length > 0) {
      tally.lost += 1;
      losses.push({ episode, folder: place, verdict });
      progress.say(`lost: ${textOfEpisode(episode)}\n  ${verdict.faults.join('\n  ')}`);
    } else await rm(place, { recursive: true, maxRetries: 10 });
    progress.show(tally);
  };
  const next = (): Episode | null => (stop.aborted ? null : schedule.next());
  const work = async (): Promise<void> => {
    // What an episode gives back is taken by the worker that played it, should the others be through.
    for (let episode = next(); episode !== null; episode = next()) await playOne(episode);
  };
  await Promise.all(Array.from({ length: stage.workers }, work));
  return { tally, losses, hits };
}
