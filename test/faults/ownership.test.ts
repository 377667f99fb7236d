import { describe, expect, it } from 'vitest';
import { differences, violations, type Witness, witness } from '../support/invariants.ts';
import { type PausedRun, pauseIn, statesOf } from '../support/pause.ts';
import { drive } from '../support/run-kit.ts';
import { MERGING_ROLLBACK, MIGRATION, type Scenario } from '../support/scenarios.ts';

const THIEF = { migration: 'small', run: 'thief', storage: 'another device' };

/** How somebody else comes between a run and what it holds, while one of its commands is under way. */
const LOSSES = {
  'the local lock is stolen': async ({ kit }: PausedRun): Promise<void> => {
    kit.lock.steal('backpedal:small');
  },
  'the lease is taken over and kept': async ({ kit }: PausedRun): Promise<void> => {
    await kit.database.lease({ ...THIEF, mode: 'takeOver' });
  },
  'the lease is taken over and given back': async ({ kit }: PausedRun): Promise<void> => {
    const lease = await kit.database.lease({ ...THIEF, mode: 'takeOver' });
    if (lease.status === 'granted') await kit.database.release({ ...THIEF, token: lease.token });
  },
} as const;

/** The thief has done what it wanted. */
async function giveEverythingBack({ kit }: PausedRun): Promise<void> {
  const { token } = await kit.database.ledger('small');
  await kit.database.release({ ...THIEF, token });
  await kit.lock.steal('backpedal:small').release();
}

/** What comes right behind the loss. */
const SEQUELS = {
  '': async (): Promise<void> => {},
  ', and the person cancels at once': async ({ process }: PausedRun): Promise<void> => {
    await process.client.cancel().catch(() => {});
  },
} as const;

const cases = Object.entries(LOSSES).flatMap(([loss, lose]) =>
  Object.entries(SEQUELS).map(([sequel, follow]) => ({ what: `${loss}${sequel}`, lose, follow })),
);

describe.each([
  ['MI13', MIGRATION],
  ['RB24', MERGING_ROLLBACK],
  ['RB15', MERGING_ROLLBACK],
] as const)('%s in every state', (rule, scenario: Scenario) => {
  const wanted = cases.filter(({ what }) => rule === 'MI13' || what.includes('lease') === (rule === 'RB15'));
  it.each(wanted)(`${rule} ${scenario.name}: $what`, async ({ lose, follow }) => {
    const ends = new Map<string, string>();
    for (const state of await statesOf(scenario)) {
      const run = await pauseIn(scenario, state);
      if (run === null) continue;
      await lose(run);
      await follow(run);
      run.gate.open();
      const driven = await run.finish();
      if (driven.end !== 'value') throw new Error(`In ${state} the run ended with ${JSON.stringify(driven)}.`);
      ends.set(state, driven.value.outcome);
      expect([state, ...(await violations(run.kit, run.ends, driven.value))]).toEqual([state]);
      if (driven.value.outcome !== 'unchanged') continue;
      await giveEverythingBack(run);
      const next = await drive(run.kit.clock, scenario.run(run.kit.start()));
      const good = scenario.kind === 'migration' ? 'migrated' : 'rolledBack';
      expect([state, next]).toMatchObject([state, { end: 'value', value: { outcome: good } }]);
      expect([state, ...differences(witness(run.kit), run.ends[good] as Witness)]).toEqual([state]);
    }
    expect(ends.size).toBeGreaterThan(5);
    expect([...ends.values()]).not.toContain('safeMode');
  });
});
