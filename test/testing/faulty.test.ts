import { describe, expect, it } from 'vitest';
import { closedGate, type Fault, withFaults } from '../../src/testing/faulty.ts';

function counterPort() {
  let value = 0;
  return {
    failureDomain: 'counter',
    value: () => value,
    async add(amount: number) {
      value += amount;
      return value;
    },
    async read() {
      return value;
    },
  };
}

const boom = new Error('boom');
const failing = (fault: Partial<Fault> = {}): Fault => ({ moment: 'before', behaviour: { throws: boom }, ...fault });

describe('withFaults', () => {
  it('TE1 an error before the operation leaves it undone', async () => {
    const counter = counterPort();
    const { port } = withFaults(counter, [failing({ operation: 'add' })]);
    await expect(port.add(1)).rejects.toBe(boom);
    expect(counter.value()).toBe(0);
    await expect(port.add(1)).resolves.toBe(1);
  });

  it('TE1 an error after the operation hides that it was done', async () => {
    const counter = counterPort();
    const { port } = withFaults(counter, [failing({ operation: 'add', moment: 'after' })]);
    await expect(port.add(1)).rejects.toBe(boom);
    expect(counter.value()).toBe(1);
  });

  it('TE2 an operation that never settles has been done or not, as the plan says', async () => {
    const counter = counterPort();
    const settled: string[] = [];
    for (const moment of ['before', 'after'] as const) {
      const { port } = withFaults(counter, [{ moment, behaviour: 'neverSettles' }]);
      port.add(1).then(
        () => settled.push(moment),
        () => settled.push(moment),
      );
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).toEqual([]);
    expect(counter.value()).toBe(1);
  });

  it('TE2 an operation that waits goes on when it is told to', async () => {
    const counter = counterPort();
    const gate = closedGate();
    const { port } = withFaults(counter, [{ moment: 'before', behaviour: { waitsFor: gate.opened } }]);
    const adding = port.add(5);
    await new Promise((resolve) => setImmediate(resolve));
    expect(counter.value()).toBe(0);
    gate.open();
    await expect(adding).resolves.toBe(5);
  });

  it('TE3 hits the n-th call of an operation, once or from there on', async () => {
    for (const [repeat, expected] of [
      ['once', 'ok ok boom ok ok'],
      ['forever', 'ok ok boom boom boom'],
    ] as const) {
      const { port, hits } = withFaults(counterPort(), [failing({ operation: 'add', at: 3, repeat })]);
      const outcomes: string[] = [];
      for (let i = 0; i < 5; i += 1) {
        await port.read();
        outcomes.push(
          await port.add(1).then(
            () => 'ok',
            () => 'boom',
          ),
        );
      }
      expect(outcomes.join(' ')).toBe(expected);
      expect(hits()).toBe(repeat === 'once' ? 1 : 3);
    }
  });

  it('TE3 without an operation every call counts; a predicate selects by arguments', async () => {
    const any = withFaults(counterPort(), [failing({ at: 2 })]);
    await any.port.add(1);
    await expect(any.port.read()).rejects.toBe(boom);
    const large = withFaults(counterPort(), [
      failing({ when: ({ arguments: [amount] }) => Number(amount) > 9, at: 2 }),
    ]);
    await large.port.add(10);
    await large.port.add(1);
    await expect(large.port.add(11)).rejects.toBe(boom);
  });

  it('TE3 every fault counts a call that another one hits, and faults can be added later', async () => {
    const { port, add } = withFaults(counterPort(), [failing({ at: 1 }), failing({ at: 2 })]);
    await expect(port.read()).rejects.toBe(boom);
    await expect(port.read()).rejects.toBe(boom);
    await port.read();
    add(failing({ at: 2 }));
    await port.read();
    await expect(port.read()).rejects.toBe(boom);
  });

  it('TE4 records every call in order, and leaves all else as it is', async () => {
    const counter = counterPort();
    const { port, calls, count } = withFaults(counter, [failing({ operation: 'add', at: 2 })]);
    await port.add(1);
    await port.add(2).catch(() => undefined);
    await port.read();
    expect(port.failureDomain).toBe('counter');
    expect(port.value()).toBe(1);
    expect(calls.map(({ operation, arguments: args }) => [operation, ...args])).toEqual([
      ['add', 1],
      ['add', 2],
      ['read'],
      ['value'],
    ]);
    expect([count(), count('add'), count('add', 'read')]).toEqual([4, 2, 3]);
  });

  it('TE4 a port that is a function is wrapped as well', async () => {
    const received: string[] = [];
    const notify = async (text: string): Promise<void> => {
      received.push(text);
    };
    const { port, calls } = withFaults(notify, [failing({ operation: 'call', at: 2 })]);
    await port('one');
    await expect(port('two')).rejects.toBe(boom);
    expect(received).toEqual(['one']);
    expect(calls.length).toBe(2);
  });
});
