import type { Fault } from '../../src/testing/index.ts';

/** Does something at the k-th call of an operation, counted from 1, right before it goes on; what is thrown fails it. */
export function at(operation: string, act: () => void, k = 1): Fault {
  const waitsFor = {
    // biome-ignore lint/suspicious/noThenProperty: whoever waits for it is what makes it happen
    then: (done: () => void) => {
      act();
      done();
    },
  };
  return { operation, at: k, moment: 'before', behaviour: { waitsFor: waitsFor as unknown as Promise<void> } };
}
