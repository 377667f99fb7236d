import { describe, expect, it } from 'vitest';
import { memoryVault } from '../../src/testing/memory-vault.ts';

const living = (): AbortSignal => new AbortController().signal;

describe('crashes of memoryVault', () => {
  for (const [fate, expected] of [
    ['none', null],
    ['all', 'asked for'],
  ] as const) {
    it(`VA11 what was acknowledged survives; of what was not, ${fate} does`, async () => {
      let crash = (): void => undefined;
      const vault = memoryVault({
        faults: { before: (operation, name) => (operation === 'put' && name === 'second' ? crash() : undefined) },
      });
      crash = () => vault.crash(fate);
      const process = vault.open(living());
      await process.put('first', 'acknowledged');
      let ended = 'no';
      void process.put('second', 'asked for').finally(() => {
        ended = 'yes';
      });
      const after = vault.open(living());
      expect(await after.get('first')).toBe('acknowledged');
      expect(await after.get('second')).toBe(expected);
      expect(ended).toBe('no');
    });
  }

  it('VA11 an effect is hidden when the acknowledgement is lost', async () => {
    const lost = new Error('connection lost');
    const vault = memoryVault({
      faults: {
        after(operation) {
          if (operation === 'putIfAbsent') throw lost;
        },
      },
    });
    await expect(vault.putIfAbsent('journal/1', 'mine')).rejects.toBe(lost);
    expect(await vault.get('journal/1')).toBe('mine');
  });

  it('VA11 a refused operation has no effect', async () => {
    const refused = new Error('refused');
    const vault = memoryVault({
      faults: {
        before(operation) {
          if (operation === 'put') throw refused;
        },
      },
    });
    await expect(vault.put('a', 'text')).rejects.toBe(refused);
    vault.crash('all');
    expect([...vault.disk]).toEqual([]);
  });
});
