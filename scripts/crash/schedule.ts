import type { Blow, Episode, Moment } from './episode.ts';
import { plannedKills } from './episode.ts';
import type { Scenario } from './scenario.ts';
import { seededRandom } from './seeded-random.ts';

/** The part of the kills that come in turn, at most. */
const IN_TURN = 0.8;
/** One process is frozen for so many kills. */
const KILLS_PER_FREEZE = 20;
/** In turn, every so many episodes have a second kill, and every twice as many a third. */
const SECOND_EVERY = 4;

interface Point {
  readonly scenario: Scenario;
  readonly operation: number;
}

const pointsOf = (scenarios: readonly Scenario[]): Point[] =>
  scenarios.flatMap((scenario) =>
    Array.from({ length: scenario.operations }, (_, index) => ({ scenario, operation: index + 1 })),
  );

/** So many of them, evenly spread; all of them when that is fewer. */
function spread<T>(all: readonly T[], count: number): T[] {
  if (count >= all.length) return [...all];
  return Array.from({ length: count }, (_, index) => all[Math.floor(((index + 0.5) * all.length) / count)] as T);
}

/** Every operation of every scenario, before and after it, in turn; second and third kills hit whoever recovers. */
function* inTurn(scenarios: readonly Scenario[], kills: number, random: () => number): Generator<Episode> {
  const points = pointsOf(scenarios).flatMap((point) =>
    (['before', 'after'] as const).map((moment) => ({ ...point, moment })),
  );
  const perEpisode = 1 + 1 / SECOND_EVERY + 1 / (2 * SECOND_EVERY);
  for (const [index, { scenario, operation, moment }] of spread(points, Math.floor(kills / perEpisode)).entries()) {
    const blows: Blow[] = [{ kind: 'kill', at: { operation, moment } }];
    const nth = index + 1;
    const more = (nth % SECOND_EVERY === 0 ? 1 : 0) + (nth % (2 * SECOND_EVERY) === 0 ? 1 : 0);
    for (let i = 0; i < more; i++) {
      const later: Moment = random() < 0.5 ? 'before' : 'after';
      blows.push({
        kind: 'kill',
        at: { operation: 1 + Math.floor(random() * (scenario.operations / 2)), moment: later },
      });
    }
    yield { scenario: scenario.name, blows };
  }
}

/** For ever: a random moment of a scenario, and of half of those that recover, and of half of those. */
function* atRandom(scenarios: readonly Scenario[], random: () => number): Generator<Episode> {
  for (;;) {
    for (const { name, milliseconds } of scenarios) {
      const moment = (span: number): Blow => ({
        kind: 'kill',
        at: { milliseconds: Math.round(random() * span * 10) / 10 },
      });
      const blows = [moment(milliseconds)];
      while (blows.length < 3 && random() < 0.5) blows.push(moment(milliseconds * 0.7));
      yield { scenario: name, blows };
    }
  }
}

/** Evenly spread over all operations, the two kinds by turns. */
function* frozen(scenarios: readonly Scenario[], count: number): Generator<Episode> {
  for (const [index, { scenario, operation }] of spread(pointsOf(scenarios), count).entries()) {
    const kind = index % 2 === 0 ? 'freezeUnseen' : 'freeze';
    yield { scenario: scenario.name, blows: [{ kind, at: { operation, moment: 'before' } }] };
  }
}

/** Hands out episodes. */
export interface Schedule {
  /** The next episode, with no more kills than are left; `null` when none are left. */
  next(): Episode | null;
  /** Gives back the kills that an episode planned and did not come to. */
  giveBack(kills: number): void;
}

/** The episodes of a number of kills: the same for the same seed, scenarios, and kills that came to pass. */
export function createSchedule(scenarios: readonly Scenario[], kills: number, seed: number): Schedule {
  const random = seededRandom(seed);
  const turns = inTurn(scenarios, Math.floor(kills * IN_TURN), random);
  const freezes = frozen(scenarios, Math.ceil(kills / KILLS_PER_FREEZE));
  const chance = atRandom(scenarios, random);
  let left = kills;
  let untilFreeze = 0;
  return {
    next() {
      if (left <= 0) return null;
      if (untilFreeze <= 0) {
        untilFreeze += KILLS_PER_FREEZE;
        const freeze = freezes.next();
        if (!freeze.done) return freeze.value;
      }
      const turn = turns.next();
      const { scenario, blows } = turn.done ? (chance.next().value as Episode) : turn.value;
      const episode = { scenario, blows: blows.slice(0, left) };
      left -= plannedKills(episode);
      untilFreeze -= plannedKills(episode);
      return episode;
    },
    giveBack: (unused) => {
      left += unused;
    },
  };
}
