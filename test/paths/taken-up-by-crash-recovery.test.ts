import { describe, expect, it } from 'vitest';
import type { JournalRecord } from '../../src/runtime/journal-record.ts';
import {
  type CreatePathWorld,
  crashRecoveryModel,
  createPathRunner,
  impossibilities,
  memoryPathWorld,
  pathName,
  planPaths,
} from '../../src/testing/index.ts';
import { stateName } from '../../src/testing/paths/chart-path.ts';

/** A world that tells of every record which is appended in it. */
const watched =
  (told: (record: JournalRecord) => void): CreatePathWorld =>
  async (needs) => {
    const world = await memoryPathWorld(needs);
    return {
      ...world,
      open: (death) => {
        const ports = world.open(death);
        const putIfAbsent = async (name: string, text: string): Promise<'stored' | 'exists'> => {
          const outcome = await ports.vault.putIfAbsent(name, text);
          if (outcome === 'stored' && /\/journal(\.\d+)?\//.test(name) && text.charAt(65) === '{')
            told(JSON.parse(text.slice(65)) as JournalRecord);
          return outcome;
        };
        return { ...ports, vault: { ...ports.vault, putIfAbsent } };
      },
    };
  };

describe('what the rollback’s own paths leave to those of the crash recovery', () => {
  it('RB30 an open run is withdrawn, and a burst that is all that is left is verified, each from one state, by its paths', async () => {
    const taken = new Map<string, Set<string>>();
    const last = new Map<string, string>();
    const runner = createPathRunner({
      createWorld: watched((record) => {
        const { intent } = record.event as { intent?: string };
        const from = last.get(record.run);
        if (record.machine.id !== 'rollback') return;
        last.set(record.run, stateName(record.snapshot.value));
        if (intent === undefined || from === undefined) return;
        taken.set(intent, (taken.get(intent) ?? new Set()).add(`${from} to ${stateName(record.snapshot.value)}`));
      }),
    });
    const paths = planPaths(crashRecoveryModel).runnable.filter(({ steps }) =>
      steps.some(({ name }) => name === 'PROBED restored' || name === 'DECIDE keepEmpty'),
    );
    for (const path of paths) {
      last.clear();
      expect((await runner.run(path)).failures, pathName(path)).toEqual([]);
    }
    const left = impossibilities.filter(({ chart, reason }) => chart === 'rollback' && reason.includes('own paths'));
    expect(left).toHaveLength(2);
    expect(new Map([...taken].map(([intent, ways]) => [intent, [...ways]]))).toEqual(
      new Map([
        ['withdraw', ['clearingDatabase to undoingClear']],
        ['verify', ['verifyingData to verifyingData']],
      ]),
    );
  });
});
