import { join } from 'node:path';
import type { Scenario } from '../scenario.ts';
import type { Trace } from './app-process.ts';
import { playEpisode } from './episode-player.ts';
import type { NodeScenario } from './scenarios.ts';
import type { Setting } from './setting.ts';
import { cloneFolder } from './world.ts';

/** How a scenario goes when nobody disturbs it. */
export interface Rehearsal extends Scenario {
  /** Its operations, in their order. */
  readonly trace: readonly Trace[];
}

/**
 * Plays a scenario without any disturbance and judges it, and once more to take its measures.
 * @throws Error when it does not even hold then
 */
export async function rehearse(setting: Setting, scenario: NodeScenario, folder: string): Promise<Rehearsal> {
  const { name, action, beginning } = scenario;
  const { faults, story } = await playEpisode(setting, scenario, { scenario: name, blows: [] }, join(folder, 'judged'));
  if (faults.length > 0) throw new Error([`${name} does not hold without a kill:`, ...faults, ...story].join('\n'));
  const measured = join(folder, 'measured');
  await cloneFolder(setting.worlds[beginning], measured);
  const process = setting.pool.take();
  await process.ready;
  const started = performance.now();
  await process.order({ action, folder: measured, blow: null });
  const milliseconds = performance.now() - started;
  await process.end();
  return { name, operations: process.trace.length, milliseconds, trace: process.trace };
}
