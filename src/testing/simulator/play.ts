import type { Act, Schedule } from './acts.ts';
import { kill } from './crash.ts';
import { perform } from './deeds.ts';
import { endSchedule } from './ending.ts';
import { freshImage, migratedImage } from './images.ts';
import { type CountCell, createStage } from './stage.ts';
import { needsCall, nextAct, step } from './step.ts';
import { createWorld, type World } from './world.ts';

/** What a schedule came to. */
export interface PlayReport {
  readonly violations: readonly string[];
  readonly hash: string;
  /** Where the users' data ended up. */
  readonly end: string;
  /** Calls of ports. */
  readonly calls: number;
  /** What happened, where a story was asked for. */
  readonly story: readonly string[];
}

/** How a schedule is played. */
export interface PlayOptions {
  readonly keeps?: 'hash' | 'story';
  readonly count?: CountCell;
  /** Called with the world before anything happens in it, to plant a fault. */
  readonly prepare?: (world: World) => void;
}

/** Plays a schedule to its end and judges it. */
export async function play(schedule: Schedule, options: PlayOptions = {}): Promise<PlayReport> {
  const { shape, source } = schedule.world;
  const fresh = freshImage(shape);
  const image = schedule.start === 'fresh' ? fresh : await migratedImage(shape, source, schedule.start);
  const world = createWorld(schedule.world, image, fresh, options.keeps ?? 'hash');
  options.prepare?.(world);
  const stage = createStage(schedule, world, options.count);
  while (world.guards.violations.length === 0) {
    if ((await step(stage)) === 'moved') continue;
    if (stage.acts.length === 0) break;
    const waitsForState = !('after' in (stage.acts[0] as Act).when);
    const deed = nextAct(stage);
    if (!needsCall(deed) && !waitsForState) perform(stage, deed);
  }
  const end = world.guards.violations.length > 0 ? 'violated' : await endSchedule(stage);
  for (const process of stage.processes) if (process.state !== 'dead') kill(world, stage.scheduler, process);
  return {
    violations: world.guards.violations,
    hash: world.trace.hash(),
    end,
    calls: stage.scheduler.steps(),
    story: world.trace.story,
  };
}
