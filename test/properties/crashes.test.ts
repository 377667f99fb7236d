import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/testing/index.ts';
import { differences, violations, type Witness, witness } from '../support/invariants.ts';
import { type AppProcess, drive, type Kit, PORT_NAMES } from '../support/run-kit.ts';
import { goOn, MERGING_ROLLBACK, MIGRATION, rehearse, type Scenario, setStage } from '../support/scenarios.ts';

/** A process dies at its n-th call of any port, before that call has an effect or after it. */
interface Death {
  readonly at: number;
  readonly moment: Fault['moment'];
}

/** Starts a process that dies: nothing that it asks for afterwards has any effect. */
function mortal(kit: Kit, { at, moment }: Death): { process: AppProcess; isDead: () => boolean } {
  let calls = 0;
  const dying: Fault = {
    when: () => {
      calls += 1;
      return calls === at;
    },
    moment,
    behaviour: 'neverSettles',
  };
  const dead: Fault = { when: () => calls > at, repeat: 'forever', moment: 'before', behaviour: 'neverSettles' };
  const process = kit.start(Object.fromEntries(PORT_NAMES.map((port) => [port, [dying, dead]])));
  return { process, isDead: () => calls >= at };
}

const cancelIn = (scenario: Scenario, state: string): Scenario => ({
  ...scenario,
  name: `${scenario.name}, cancelled in ${state}`,
  run: (process) => {
    process.client.subscribe(() => {
      if (process.client.getSnapshot().state === state) void process.client.cancel().catch(() => {});
    });
    return scenario.run(process);
  },
});

/** Lets a process work until it is dead or has done its work. */
async function live(kit: Kit, work: Promise<unknown>, isDead: () => boolean): Promise<'died' | 'done'> {
  let done = false;
  const note = (): void => {
    done = true;
  };
  work.then(note, note);
  for (let seconds = 0; !done && !isDead() && seconds < 3600; seconds++)
    await kit.clock.advance(seconds === 0 ? 0 : 1000);
  await kit.clock.advance(0);
  await kit.lock.steal(`backpedal:${kit.migration.id}`).release();
  return done ? 'done' : 'died';
}

async function crash(scenario: Scenario, healthy: Scenario, after: Witness, deaths: readonly Death[]): Promise<void> {
  const stage = await setStage(scenario, after);
  const { kit, ends } = stage;
  for (const [index, death] of deaths.entries()) {
    const { process, isDead } = mortal(kit, death);
    const work = index === 0 ? scenario.run(process) : process.client.recover();
    if ((await live(kit, work, isDead)) === 'done') break;
  }
  const { client } = kit.start();
  const recovered = await drive(kit.clock, client.recover());
  if (recovered.end !== 'value') throw new Error(`It cannot be recovered: ${JSON.stringify(recovered)}`);
  const told = recovered.value.rollback ?? recovered.value.migration ?? null;
  const status = client.getSnapshot();
  const begun = status.activity === scenario.kind;
  expect(begun ? await violations(kit, ends, told) : differences(witness(kit), ends.unchanged as Witness)).toEqual([]);
  expect(recovered.value.migrationState).not.toBe('SAFE_MODE');
  expect((await kit.database.ledger(kit.migration.id)).holder).toBeNull();
  expect(await goOn(healthy, stage, { told: begun ? (told ?? null) : null, broken: [] })).toEqual([]);
}

const deaths = fc.array(
  fc.record({ at: fc.integer({ min: 1, max: 130 }), moment: fc.constantFrom('before' as const, 'after' as const) }),
  { minLength: 1, maxLength: 4 },
);

const CASES: readonly { readonly rule: string; readonly scenario: Scenario; readonly healthy: Scenario }[] = [
  { rule: 'MI9', scenario: MIGRATION, healthy: MIGRATION },
  { rule: 'RB18', scenario: MERGING_ROLLBACK, healthy: MERGING_ROLLBACK },
  { rule: 'RB18', scenario: cancelIn(MERGING_ROLLBACK, 'executing.restoringStorage'), healthy: MERGING_ROLLBACK },
];

describe('processes that die, one after the other, at any call of any port', () => {
  for (const { rule, scenario, healthy } of CASES) {
    it(`${rule} ${scenario.name}: it ends in one of its ends, and the next run works`, async () => {
      const { after } = await rehearse(healthy);
      await fc.assert(
        fc.asyncProperty(deaths, (all) => crash(scenario, healthy, after, all)),
        { numRuns: 60 },
      );
    });
  }
});
