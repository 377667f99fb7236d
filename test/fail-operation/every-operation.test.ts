import { afterAll, describe, expect, it } from 'vitest';
import { FAULT_KINDS, type FaultKind } from './fault-kinds.ts';
import type { Call } from './numbered-ports.ts';
import { play, rehearse } from './play.ts';
import { SITUATIONS, type Situation } from './situations.ts';

/** `npm run fail-operation` plays every case; a run of all tests one in so many, of every kind and port. */
const WHOLE = process.env.TEST_MODE === 'every-operation';
const SHARE = WHOLE ? 1 : 37;

const counts = { cases: 0, violations: 0 };

/** Which cases are played: with each operation other kinds of fault, so that all kinds meet all of a port's operations. */
const isPlayed = ({ number }: Call, kind: FaultKind): boolean => (number * 5 + FAULT_KINDS.indexOf(kind)) % SHARE === 0;

/** Lets every operation go wrong in every way, one in each run; gives what was broken. */
async function failEverywhere(
  situation: Situation,
  natures: readonly FaultKind['nature'][],
): Promise<readonly string[]> {
  const rehearsal = await rehearse(situation);
  const kinds = FAULT_KINDS.filter(({ nature }) => natures.includes(nature));
  const broken: string[] = [];
  for (const call of rehearsal.calls) {
    for (const kind of kinds.filter((one) => one.applies(call) && isPlayed(call, one))) {
      const found = await play(rehearsal, kind, call.number);
      counts.cases += 1;
      if (found.length > 0)
        broken.push(`${call.number}, ${call.port}.${call.operation} ${kind.name}: ${found.join('; ')}`);
    }
  }
  counts.violations += broken.length;
  return broken;
}

const HOUR = 3_600_000;
const table = SITUATIONS.map((situation) => [situation.name, situation] as const);

describe('whatever operation goes wrong, a good client recovers', { timeout: WHOLE ? HOUR : 60_000 }, () => {
  it.each(table)('FO1 it fails: %s', async (_, situation) => {
    expect(await failEverywhere(situation, ['fails', 'clock'])).toEqual([]);
  });

  it.each(table)('FO2 it does not answer, or too late: %s', async (_, situation) => {
    expect(await failEverywhere(situation, ['hangs', 'late'])).toEqual([]);
  });

  it.each(table)('FO3 it lies: %s', async (_, situation) => {
    expect(await failEverywhere(situation, ['lie'])).toEqual([]);
  });

  afterAll(() => {
    console.log(`fail operation n: ${counts.cases} cases, ${counts.violations} violations`);
  });
});
