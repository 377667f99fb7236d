import type { Scenario } from '../scenario.ts';
import { playInChromium } from './episode-player.ts';
import type { ChromiumScenario } from './scenarios.ts';
import type { ChromiumSetting } from './setting.ts';

/**
 * Plays a scenario without any disturbance, judges it, and takes its measures.
 * @throws Error when it does not even hold then
 */
export async function rehearseInChromium(
  setting: ChromiumSetting,
  scenario: ChromiumScenario,
  folder: string,
): Promise<Scenario> {
  const { name } = scenario;
  const { faults, story, measures } = await playInChromium(setting, scenario, { scenario: name, blows: [] }, folder);
  if (faults.length > 0) throw new Error([`${name} does not hold without a kill:`, ...faults, ...story].join('\n'));
  return { name, operations: measures?.operations ?? 0, milliseconds: measures?.milliseconds ?? 0 };
}
