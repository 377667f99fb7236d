import { describe, expect, it } from 'vitest';
import type { ContractTools } from '../../src/testing/contract-tools.ts';
import type { DatabaseFeature } from '../../src/testing/database-contract/subject.ts';
import { databaseContract } from '../../src/testing/database-contract.ts';

/** The titles that the contract asks a runner to run, and to report as skipped. */
function titles(supports: readonly DatabaseFeature[]): { run: string[]; skipped: string[] } {
  const run: string[] = [];
  const skipped: string[] = [];
  const tools: ContractTools = {
    describe: (_title, body) => body(),
    it: Object.assign((title: string) => run.push(title), { skip: (title: string) => skipped.push(title) }),
    expect,
  };
  const create = () => Promise.reject(new Error('Nothing runs here.'));
  databaseContract(tools, { name: 'any', create, supports });
  return { run, skipped };
}

describe('databaseContract', () => {
  it('TE10 what an adapter does not declare is reported as skipped, and nothing else is', () => {
    const everything = titles(['foreignKeys', 'bytes', 'faults']);
    expect(everything.skipped).toEqual([]);
    const nothing = titles([]);
    expect([...nothing.run, ...nothing.skipped].sort()).toEqual([...everything.run].sort());
    for (const feature of ['foreignKeys', 'bytes', 'faults'] as const) {
      const without = titles((['foreignKeys', 'bytes', 'faults'] as const).filter((name) => name !== feature));
      expect(without.skipped.length).toBeGreaterThan(0);
      for (const title of without.skipped) expect(nothing.skipped).toContain(title);
    }
  });
});
