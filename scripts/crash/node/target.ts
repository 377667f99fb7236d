import { join } from 'node:path';
import type { Scenario } from '../scenario.ts';
import { createSchedule } from '../schedule.ts';
import type { Stage, Target } from '../target.ts';
import { playEpisode } from './episode-player.ts';
import { rehearse } from './rehearsal.ts';
import { type NodeScenario, SCENARIOS } from './scenarios.ts';
import { openSetting } from './setting.ts';

function scenarioOf(name: string): NodeScenario {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  throw new Error(`There is no scenario ${name}; there are ${SCENARIOS.map((scenario) => scenario.name).join(', ')}.`);
}

/** Processes of Node on files: storage, vault, locks and the image of a sql.js database, all of them real. */
export const nodeTarget: Target = {
  name: 'node',
  blows: ['kill', 'freeze', 'freezeUnseen'],
  others: 'frozen and thawed',
  async open(folder): Promise<Stage> {
    const setting = await openSetting(folder);
    const scenarios: Scenario[] = [];
    for (const scenario of SCENARIOS)
      scenarios.push(await rehearse(setting, scenario, join(folder, 'rehearsals', scenario.name)));
    return {
      scenarios,
      workers: 2,
      schedule: (kills, seed) => createSchedule(scenarios, kills, seed),
      play: (episode, path) => playEpisode(setting, scenarioOf(episode.scenario), episode, path),
      close: () => setting.pool.close(),
    };
  },
};
