import { describe, expect, it } from 'vitest';
import { exhaustDoubleCrash, withoutWebCrypto } from '../../src/testing/index.ts';

describe('a process that dies at any moment, and its successor at any moment of the recovery', () => {
  for (const run of ['migration', 'rollback', 'rollback with merge'] as const)
    it(
      `SI6 ${run}: nothing is lost, whatever of the storage’s log survives either crash`,
      () =>
        withoutWebCrypto(async () => {
          const report = await exhaustDoubleCrash({ run });
          expect(report.violations).toEqual([]);
          expect(report.points).toBeGreaterThan(100);
          expect(report.runs).toBeGreaterThan(300);
        }),
      600_000,
    );
});
