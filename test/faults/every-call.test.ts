import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/testing/index.ts';
import { PORT_NAMES, type PortName } from '../support/run-kit.ts';
import {
  goOn,
  hasEffect,
  MERGING_ROLLBACK,
  MIGRATION,
  PLAIN_ROLLBACK,
  playOut,
  rehearse,
  type Scenario,
  setStage,
  thrownBy,
} from '../support/scenarios.ts';

const KINDS: readonly Pick<Fault, 'moment' | 'repeat'>[] = [
  { moment: 'before', repeat: 'once' },
  { moment: 'before', repeat: 'forever' },
  { moment: 'after', repeat: 'once' },
  { moment: 'after', repeat: 'forever' },
];

/** Lets every call of every operation of a port fail, one in each run; gives the runs that broke something. */
async function failEverywhere(scenario: Scenario, port: PortName): Promise<readonly string[]> {
  const { after, process } = await rehearse(scenario);
  const operations = new Set(process.ports[port].calls.map(({ operation }) => operation));
  const broken: string[] = [];
  expect(operations.size).toBeGreaterThan(0);
  for (const operation of operations) {
    for (let at = 1; at <= process.ports[port].count(operation); at++) {
      for (const { moment, repeat = 'once' } of KINDS) {
        if (moment === 'after' && !hasEffect(operation)) continue;
        // Reading the vault again after it failed once is the journal's own business.
        if (port === 'vault' && repeat === 'once' && !hasEffect(operation)) continue;
        const stage = await setStage(scenario, after);
        const fault: Fault = { operation, at, moment, repeat, behaviour: { throws: thrownBy(port, moment) } };
        const faulty = stage.kit.start({ [port]: [fault] });
        const ending = await playOut(scenario, stage, faulty);
        if (faulty.ports[port].hits() === 0) broken.push(`${operation} ${at} ${moment}: the fault was never met`);
        const found = [...ending.broken, ...(await goOn(scenario, stage, ending))];
        if (found.length > 0) broken.push(`${operation} ${at} ${moment} ${repeat}: ${found.join('; ')}`);
      }
    }
  }
  return broken;
}

describe.each([
  ['MI13', MIGRATION, PORT_NAMES.filter((port) => port !== 'cache')],
  ['RB25', PLAIN_ROLLBACK, PORT_NAMES],
  ['RB25', MERGING_ROLLBACK, PORT_NAMES],
] as const)('%s', (rule, scenario, ports) => {
  it.each(ports)(
    `${rule} ${scenario.name}: %s fails at any call, once and for ever, before and after`,
    async (port) => {
      expect(await failEverywhere(scenario, port)).toEqual([]);
    },
  );
});
