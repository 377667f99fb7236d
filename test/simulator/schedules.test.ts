import { describe, expect, it } from 'vitest';
import {
  addReports,
  missedCells,
  play,
  REACHABLE,
  scheduleOf,
  simulate,
  withoutWebCrypto,
} from '../../src/testing/index.ts';
import { REGRESSIONS } from './regressions.ts';

const SCHEDULES = 400;
/** Only what hangs is stopped by it: a busy machine takes its time. */
const LIMIT = 600_000;

describe('the simulator', () => {
  it('SI1 the same seed gives the same trace, another one another', () =>
    withoutWebCrypto(async () => {
      for (const seed of [11, 12, 13]) {
        const [one, same, other] = [
          await play(scheduleOf(seed)),
          await play(scheduleOf(seed)),
          await play(scheduleOf(seed + 100)),
        ];
        expect(same).toEqual(one);
        expect(other.hash).not.toBe(one.hash);
      }
    }));

  it('SI2 how a range of seeds is divided makes no difference', () =>
    withoutWebCrypto(async () => {
      const whole = await simulate({ seed: 40, schedules: 9 });
      const parts = addReports(await simulate({ seed: 44, schedules: 5 }), await simulate({ seed: 40, schedules: 4 }));
      expect(parts).toEqual(whole);
    }));

  it(
    `SI3 the invariants hold in schedules 1 to ${SCHEDULES}, which end in every way there is`,
    () =>
      withoutWebCrypto(async () => {
        const report = await simulate({ seed: 1, schedules: SCHEDULES });
        expect(report.violations).toEqual([]);
        for (const end of ['NOT_STARTED', 'MIGRATED', 'ROLLED_BACK', 'SAFE_MODE'])
          expect(report.ends.get(end) ?? 0, end).toBeGreaterThan(3);
      }),
    LIMIT,
  );

  it('SI4 a few schedules hit hundreds of cells of state and happening, and those that are not hit are named', () =>
    withoutWebCrypto(async () => {
      const { cells } = await simulate({ seed: 1_000_000, schedules: 150 });
      const hit = REACHABLE.filter((cell) => (cells.get(cell) ?? 0) > 0);
      expect(hit.length).toBeGreaterThan(100);
      const missed = missedCells(cells, 10_000).map(([cell]) => cell);
      expect([...hit, ...missed].sort()).toEqual([...REACHABLE].sort());
    }));

  for (const { wrong, schedule } of REGRESSIONS)
    it(`SI5 ${wrong}`, () =>
      withoutWebCrypto(async () => {
        expect((await play(schedule)).violations).toEqual([]);
      }));
});
