/** `npm run crash -- TARGET --kills N`: real processes, really killed, and everything compared afterwards. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Loss, type Outcome, runCampaign } from './crash/campaign.ts';
import { chromiumTarget } from './crash/chromium/target.ts';
import { type Episode, textOfEpisode } from './crash/episode.ts';
import { nodeTarget } from './crash/node/target.ts';
import { type CrashOptions, readOptions, USAGE } from './crash/options.ts';
import { showProgress } from './crash/progress.ts';
import type { Stage, Target } from './crash/target.ts';

const TARGETS: readonly Target[] = [nodeTarget, chromiumTarget];

function tellLoss({ target }: CrashOptions, { episode, folder, verdict }: Loss): void {
  console.log(`\nlost: ${textOfEpisode(episode)}`);
  for (const line of verdict.story) console.log(`  ${line}`);
  for (const fault of verdict.faults) console.log(`  - ${fault}`);
  console.log(`  what is left of it: ${folder}`);
  console.log(`  once more: npm run crash -- ${target} --repeat ${textOfEpisode(episode)}`);
}

function tellHits({ hits }: Outcome): void {
  const sorted = [...hits].sort(([, a], [, b]) => b - a);
  console.log(`killed in: ${sorted.map(([name, count]) => `${name} ${count}`).join(', ')}`);
}

async function campaign(
  { others }: Target,
  stage: Stage,
  options: CrashOptions,
  folder: string,
): Promise<'nothingLost' | 'lost'> {
  const { kills, seed } = options;
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  const started = performance.now();
  const progress = showProgress(kills, others);
  const outcome = await runCampaign(stage, { kills, seed, folder, progress, stop: stopping.signal });
  progress.end();
  for (const loss of outcome.losses) tellLoss(options, loss);
  tellHits(outcome);
  const { tally } = outcome;
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`seed ${seed}, ${seconds} s, ${tally.others} ${others}`);
  console.log(`crash: ${tally.kills} kills, ${tally.lost} lost`);
  return tally.lost === 0 ? 'nothingLost' : 'lost';
}

async function once(stage: Stage, episode: Episode, folder: string): Promise<'nothingLost' | 'lost'> {
  const { story, faults, kills } = await stage.play(episode, join(folder, 'repeated'));
  for (const line of story) console.log(line);
  for (const fault of faults) console.log(`- ${fault}`);
  console.log(`what is left of it: ${join(folder, 'repeated')}`);
  console.log(`crash: ${kills} kills, ${faults.length === 0 ? 0 : 1} lost`);
  return faults.length === 0 ? 'nothingLost' : 'lost';
}

async function crash(target: Target, options: CrashOptions): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), `backpedal-crash-${target.name}-`));
  await mkdir(join(folder, 'episodes'));
  let keep: 'keep' | 'remove' = 'keep';
  try {
    const stage = await target.open(folder);
    try {
      for (const { name, operations, milliseconds } of stage.scenarios)
        console.log(`${name}: ${operations} operations, ${Math.round(milliseconds)} ms`);
      const { repeat } = options;
      const end =
        repeat === null
          ? await campaign(target, stage, options, join(folder, 'episodes'))
          : await once(stage, repeat, folder);
      if (end === 'nothingLost' && repeat === null) keep = 'remove';
      return end === 'nothingLost' ? 0 : 1;
    } finally {
      await stage.close();
    }
  } finally {
    if (keep === 'remove') await rm(folder, { recursive: true, maxRetries: 10 });
  }
}

const options = readOptions(
  process.argv.slice(2),
  TARGETS.map(({ name }) => name),
);
if (typeof options === 'string') {
  (options === USAGE ? console.log : console.error)(options);
  process.exitCode = options === USAGE ? 0 : 2;
} else {
  const target = TARGETS.find(({ name }) => name === options.target) as Target;
  const foreign = options.repeat?.blows.find(({ kind }) => !target.blows.includes(kind));
  if (foreign !== undefined) console.error(`${foreign.kind} cannot befall a process of ${target.name}.`);
  process.exitCode = foreign === undefined ? await crash(target, options) : 2;
}
