import type { Blow, Episode } from './episode.ts';
import type { Scenario } from './scenario.ts';
import type { Schedule } from './schedule.ts';

/** What became of an episode. */
export interface Verdict {
  /** How many processes were killed; fewer than planned when one was through before its turn came. */
  readonly kills: number;
  /** What befell processes besides, which the target has words for. */
  readonly others: number;
  /** What was lost, or is not as the rules say, in words; empty when everything held. */
  readonly faults: readonly string[];
  /** What happened, a line for each process; for whoever has to find out. */
  readonly story: readonly string[];
  /** In what the processes were when they were killed: the operation, or `between operations`. */
  readonly hits: readonly string[];
}

/** A place of execution: worlds that can be set up again and again, and processes that live and die in them. */
export interface Stage {
  /** Each has been played through once without any disturbance, and judged. */
  readonly scenarios: readonly Scenario[];
  /** The episodes of a campaign. */
  schedule(kills: number, seed: number): Schedule;
  /** Episodes are played so many at a time. */
  readonly workers: number;
  /** Plays an episode in a world of its own in this folder, which is left as it is at the end. */
  play(episode: Episode, folder: string): Promise<Verdict>;
  close(): Promise<void>;
}

/** Something that can be killed: real processes with real files, or a real browser. */
export interface Target {
  readonly name: string;
  /** What can befall its processes. */
  readonly blows: readonly Blow['kind'][];
  /** What befalls them besides kills, as it is counted: `frozen and thawed`. */
  readonly others: string;
  /** Sets the stage in a folder. @throws Error when a scenario does not even hold without a kill */
  open(folder: string): Promise<Stage>;
}
