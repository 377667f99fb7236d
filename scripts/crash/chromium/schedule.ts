import type { Blow, Death, Episode } from '../episode.ts';
import { plannedKills } from '../episode.ts';
import type { Scenario } from '../scenario.ts';
import type { Schedule } from '../schedule.ts';
import { seededRandom } from '../seeded-random.ts';

/** Of so many kills one comes 120 s after the end, and one 30 s after it. */
const KILLS_PER_LONG_WAIT = { 120000: 16, 30000: 12 } as const;
/** Browsers forget most in their first seconds. */
const SHORT_WAIT = 7000;
/** In turn, one tab dies for so many kills. */
const KILLS_PER_TAB = 4;

const afterEnd = (milliseconds: number, page: 'asItIs' | 'reloaded'): Blow => ({
  kind: 'kill',
  at: { afterEnd: milliseconds, page },
});

/** The waits that take longest, so that the others are played meanwhile. */
function* longWaits(scenarios: readonly Scenario[], kills: number): Generator<Episode> {
  let index = 0;
  for (const [wait, per] of Object.entries(KILLS_PER_LONG_WAIT).sort(([a], [b]) => Number(b) - Number(a))) {
    for (let count = 0; count < Math.floor(kills / per); count += 1) {
      const { name } = scenarios[index++ % scenarios.length] as Scenario;
      yield { scenario: name, blows: [afterEnd(Number(wait), count % 2 === 1 ? 'reloaded' : 'asItIs')] };
    }
  }
}

/** For ever: the three kinds of moments by turns, each scenario in its turn, and half of the recoveries as well. */
function* short(scenarios: readonly Scenario[], random: () => number): Generator<Episode> {
  const death = (kind: Death, { operations, milliseconds }: Scenario, turn: number): Blow => {
    if (turn % 3 === 0) {
      const wait = Math.round(random() * SHORT_WAIT);
      return { kind, at: { afterEnd: wait, page: random() < 0.3 ? 'reloaded' : 'asItIs' } };
    }
    if (turn % 3 === 1) return { kind, at: { milliseconds: Math.round(random() * milliseconds) } };
    const moment = random() < 0.5 ? 'before' : 'after';
    return { kind, at: { operation: 1 + Math.floor(random() * operations), moment } };
  };
  for (let turn = 0; ; turn += 1) {
    // Prime to the number of the kinds, so that each scenario meets each of them.
    const scenario = scenarios[turn % scenarios.length] as Scenario;
    const kind = turn % (2 * KILLS_PER_TAB) === 3 ? 'crashTab' : turn % (2 * KILLS_PER_TAB) === 7 ? 'closeTab' : 'kill';
    const blows = [death(kind, scenario, Math.floor(turn / scenarios.length) + turn)];
    while (blows.length < 3 && random() < 0.5) blows.push(death('kill', scenario, Math.floor(random() * 3)));
    yield { scenario: scenario.name, blows };
  }
}

/** The episodes of a number of kills of a browser; the same for the same seed, scenarios, and kills that came to pass. */
export function browserSchedule(scenarios: readonly Scenario[], kills: number, seed: number): Schedule {
  const long = longWaits(scenarios, kills);
  const rest = short(scenarios, seededRandom(seed));
  let left = kills;
  return {
    next() {
      if (left <= 0) return null;
      const first = long.next();
      const { scenario, blows } = first.done ? (rest.next().value as Episode) : first.value;
      const episode = { scenario, blows: blows.slice(0, left) };
      left -= plannedKills(episode);
      return episode;
    },
    giveBack: (unused) => {
      left += unused;
    },
  };
}
