import { describe, expect, it } from 'vitest';
import { closedGate, type Fault } from '../../src/testing/index.ts';
import { differences, witness } from '../support/invariants.ts';
import { PORT_NAMES, type PortName } from '../support/run-kit.ts';
import {
  goOn,
  hasEffect,
  MERGING_ROLLBACK,
  MIGRATION,
  playOut,
  rehearse,
  type Scenario,
  setStage,
} from '../support/scenarios.ts';

/** Short budgets, so that little time has to be let pass. */
const impatient = (scenario: Scenario): Scenario => ({
  ...scenario,
  options: { definition: { triggers: { timeout: 20_000 } } },
});

/** Lets every call of a port's operations stand still, one in each run, and wake up after the run has ended. */
async function hangEverywhere(patient: Scenario, port: PortName): Promise<readonly string[]> {
  const scenario = impatient(patient);
  const { after, process } = await rehearse(scenario);
  const operations = new Set(process.ports[port].calls.map(({ operation }) => operation));
  const broken: string[] = [];
  expect(operations.size).toBeGreaterThan(0);
  for (const operation of operations) {
    for (let at = 1; at <= process.ports[port].count(operation); at++) {
      for (const repeat of ['once', 'forever'] as const) {
        for (const moment of hasEffect(operation) ? (['before', 'after'] as const) : (['before'] as const)) {
          const found = await hangOnce(scenario, after, port, { operation, at, repeat, moment });
          if (found.length > 0) broken.push(`${operation} ${at} ${moment} ${repeat}: ${found.join('; ')}`);
        }
      }
    }
  }
  return broken;
}

async function hangOnce(
  scenario: Scenario,
  after: Awaited<ReturnType<typeof rehearse>>['after'],
  port: PortName,
  fault: Omit<Fault, 'behaviour'>,
): Promise<readonly string[]> {
  const stage = await setStage(scenario, after);
  const gate = closedGate();
  const behaviour = { waitsFor: gate.opened };
  const faulty = stage.kit.start({ [port]: [{ ...fault, behaviour }] });
  const ending = await playOut(scenario, stage, faulty);
  const ended = witness(stage.kit);
  gate.open();
  await stage.kit.clock.advance(0);
  const late = differences(witness(stage.kit), ended).map((difference) => `woken up late: ${difference}`);
  return [...ending.broken, ...late, ...(await goOn(scenario, stage, ending))];
}

describe('an operation that does not answer', () => {
  it.each(PORT_NAMES.filter((port) => port !== 'cache'))(
    'TR5 of %s is given up at any call of a migration, and does nothing when it wakes up',
    async (port) => {
      expect(await hangEverywhere(MIGRATION, port)).toEqual([]);
    },
  );

  it.each(PORT_NAMES)(
    'TR5 of %s is given up at any call of a rollback, and does nothing when it wakes up',
    async (port) => {
      expect(await hangEverywhere(MERGING_ROLLBACK, port)).toEqual([]);
    },
  );
});
