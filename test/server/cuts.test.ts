import { describe, expect, it } from 'vitest';
import {
  goOn,
  MERGING_ROLLBACK,
  MIGRATION,
  PLAIN_ROLLBACK,
  playOut,
  rehearse,
  type Scenario,
  setStage,
} from '../support/scenarios.ts';
import { CUT_PLACES, type Cut, type CutPlace, type RemoteKit, remoteKit } from './cut-network.ts';

/** A scenario whose database lies on a server. The cut is mended when its process has given up or ended. */
function behindServer(scenario: Scenario, retries: number): Scenario {
  return {
    ...scenario,
    options: { ...scenario.options, database: () => remoteKit(retries) },
    run: async (process) => {
      try {
        return await scenario.run(process);
      } finally {
        (process.kit.database as RemoteKit).network.disarm();
      }
    },
  };
}

const networkOf = ({ kit }: { readonly kit: { readonly database: object } }): RemoteKit['network'] =>
  (kit.database as RemoteKit).network;

/** How many requests the run of a scenario makes when nothing is cut. */
async function requestsOf(scenario: Scenario): Promise<number> {
  let before = 0;
  let after = 0;
  await rehearse({
    ...scenario,
    run: async (process) => {
      before = networkOf(process).count();
      const result = await scenario.run(process);
      after = networkOf(process).count();
      return result;
    },
  });
  return after - before;
}

async function cutEverywhere(
  scenario: Scenario,
  place: CutPlace,
  repeats: readonly Cut['repeat'][],
): Promise<string[]> {
  const { after } = await rehearse(scenario);
  const requests = await requestsOf(scenario);
  const broken: string[] = [];
  expect(requests).toBeGreaterThan(5);
  for (let at = 1; at <= requests; at++) {
    for (const repeat of repeats) {
      const stage = await setStage(scenario, after);
      const network = networkOf(stage);
      network.arm({ at, place, repeat });
      const ending = await playOut(scenario, stage, stage.kit.start());
      if (network.hits() === 0) broken.push(`request ${at}: it was never cut`);
      const found = [...ending.broken, ...(await goOn(scenario, stage, ending))];
      if (found.length > 0) broken.push(`request ${at} ${place} ${repeat}: ${found.join('; ')}`);
    }
  }
  return broken;
}

/** Places that a run meets in different ways; the others are met at every request of one of them. */
const EVERY_RUN: readonly CutPlace[] = ['beforeSending', 'beforeAnswer', 'inAnswer'];
const RUNS = [
  ['a rollback', PLAIN_ROLLBACK],
  ['a rollback that merges drift', MERGING_ROLLBACK],
  ['a migration', MIGRATION],
] as const;
const CASES = CUT_PLACES.flatMap((place) =>
  RUNS.filter(([, run]) => EVERY_RUN.includes(place) || run === MERGING_ROLLBACK).map(
    ([name, run]) => [place, name, run] as const,
  ),
);

describe('a connection that dies', () => {
  it.each(CASES)(
    'RD5 %s at any request of %s, once or for good: the invariants hold, and the next start finishes it',
    async (place, _, run) => {
      expect(await cutEverywhere(behindServer(run, 0), place, ['once', 'forever'])).toEqual([]);
    },
  );

  it.each(CUT_PLACES)('RD4 %s at any request of a rollback, once: it is sent again under its key', async (place) => {
    const scenario = behindServer(PLAIN_ROLLBACK, 1);
    const { after } = await rehearse(scenario);
    const requests = await requestsOf(scenario);
    for (let at = 1; at <= requests; at++) {
      const stage = await setStage(scenario, after);
      networkOf(stage).arm({ at, place, repeat: 'once' });
      const { told, broken } = await playOut(scenario, stage, stage.kit.start());
      expect([at, told?.outcome, told?.finalStatus, broken]).toEqual([at, 'rolledBack', 'SUCCESS', []]);
    }
  });
});
