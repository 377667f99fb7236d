import type { Episode } from './episode.ts';

/** What a process can be doing when it is hit. */
export interface Scenario {
  readonly name: string;
  /** How many operations of ports it takes when nobody disturbs it. */
  readonly operations: number;
  /** How long it takes then. */
  readonly milliseconds: number;
}

/** What became of an episode. */
export interface Verdict {
  /** How many processes were killed; fewer than planned when one was through before its turn came. */
  readonly kills: number;
  readonly freezes: number;
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
  /** Plays an episode in a world of its own in this folder, which is left as it is at the end. */
  play(episode: Episode, folder: string): Promise<Verdict>;
  close(): Promise<void>;
}

/** Something that can be killed: real processes with real files, or a real browser. */
export interface Target {
  readonly name: string;
  /** Sets the stage in a folder. @throws Error when a scenario does not even hold without a kill */
  open(folder: string): Promise<Stage>;
}
