import { join } from 'node:path';
import type { Scenario } from '../scenario.ts';
import type { Stage, Target } from '../target.ts';
import { playInChromium } from './episode-player.ts';
import { rehearseInChromium } from './rehearsal.ts';
import { CHROMIUM_SCENARIOS, type ChromiumScenario } from './scenarios.ts';
import { browserSchedule } from './schedule.ts';
import { openChromiumSetting } from './setting.ts';

/** So many browsers at a time; most of them wait for their kill. */
const WORKERS = 6;

function scenarioOf(name: string): ChromiumScenario {
  const found = CHROMIUM_SCENARIOS.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  throw new Error(`There is no scenario ${name}; there are ${CHROMIUM_SCENARIOS.map((each) => each.name).join(', ')}.`);
}

/** A real Chromium: localStorage, IndexedDB, Web Locks, and a sql.js database in IndexedDB. */
export const chromiumTarget: Target = {
  name: 'chromium',
  blows: ['kill', 'crashTab', 'closeTab'],
  others: 'tabs crashed or closed',
  async open(folder): Promise<Stage> {
    const setting = await openChromiumSetting(join(folder, 'worlds'));
    const scenarios: Scenario[] = [];
    const waiting = [...CHROMIUM_SCENARIOS];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
        scenarios.push(await rehearseInChromium(setting, next, join(folder, 'rehearsals', next.name)));
    };
    await Promise.all([work(), work()]);
    // In their own order, so that a seed chooses the same ones whoever was quicker.
    const order = CHROMIUM_SCENARIOS.map(({ name }) => name);
    scenarios.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
    return {
      scenarios,
      workers: WORKERS,
      schedule: (kills, seed) => browserSchedule(scenarios, kills, seed),
      play: (episode, path) => playInChromium(setting, scenarioOf(episode.scenario), episode, path),
      close: () => setting.site.close(),
    };
  },
};
