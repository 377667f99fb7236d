import { describe, expect, it } from 'vitest';
import { nodeMemory, usedPart } from '../../src/adapters/node/node-memory.ts';

const reading = { heapUsed: 300, heapLimit: 1000, systemAvailable: 400, systemTotal: 1000 };

describe('nodeMemory', () => {
  it('OP8 is the larger of heap and system', () => {
    expect(usedPart(reading)).toBe(0.6);
    expect(usedPart({ ...reading, heapUsed: 900 })).toBe(0.9);
  });

  it('OP8 stays between 0 and 1', () => {
    expect(usedPart({ ...reading, heapUsed: 1200 })).toBe(1);
    expect(usedPart({ ...reading, heapUsed: 0, systemAvailable: 2000 })).toBe(0);
  });

  it('OP8 what cannot be told does not count, and with nothing known it is null', () => {
    expect(usedPart({ ...reading, systemAvailable: null })).toBe(0.3);
    expect(usedPart({ ...reading, heapLimit: 0 })).toBe(0.6);
    expect(usedPart({ ...reading, heapLimit: 0, systemTotal: 0 })).toBeNull();
  });

  it('OP8 grows with what this process holds', async () => {
    const usage = await nodeMemory().usage();
    expect(usage).toBeGreaterThan(0);
    expect(usage).toBeLessThan(1);
  });
});
