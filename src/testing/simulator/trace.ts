/** Everything that happened in a schedule, as a number and, on demand, in words. */
export interface Trace {
  /** Something happened; the lines are kept only where a story is wanted. */
  note(line: string): void;
  /** The rolling hash over all lines so far, as 13 hexadecimal digits. */
  hash(): string;
  /** The lines so far. */
  readonly story: readonly string[];
}

/** A 52-bit hash in two halves (after cyrb53), which a million lines do not slow down. */
export function createTrace(keeps: 'hash' | 'story'): Trace {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  const story: string[] = [];
  return {
    note(line) {
      for (let at = 0; at < line.length; at++) {
        const unit = line.charCodeAt(at);
        high = Math.imul(high ^ unit, 2654435761);
        low = Math.imul(low ^ unit, 1597334677);
      }
      high = Math.imul(high ^ 10 ^ (low >>> 16), 2246822507);
      low = Math.imul(low ^ 10 ^ (high >>> 13), 3266489909);
      if (keeps === 'story') story.push(line);
    },
    hash: () => hashText(high, low),
    story,
  };
}

function hashText(high: number, low: number): string {
  const number = 4294967296 * (2097151 & low) + (high >>> 0);
  return number.toString(16).padStart(14, '0');
}

/** Adds the hashes of many schedules up, in any order: which worker played which of them does not matter. */
export function addHashes(hashes: Iterable<readonly [seed: number, hash: string]>): string {
  let high = 0;
  let low = 0;
  for (const [seed, hash] of hashes) {
    const trace = createTrace('hash');
    trace.note(`${seed} ${hash}`);
    const text = trace.hash();
    high = (high + Number.parseInt(text.slice(0, 7), 16)) % 268435456;
    low = (low + Number.parseInt(text.slice(7), 16)) % 268435456;
  }
  return joined(high, low);
}

/** The sum of two sums. */
export function addSums(a: string, b: string): string {
  const half = (text: string, from: number): number => Number.parseInt(text.slice(from, from + 7), 16);
  return joined((half(a, 0) + half(b, 0)) % 268435456, (half(a, 7) + half(b, 7)) % 268435456);
}

const joined = (high: number, low: number): string =>
  high.toString(16).padStart(7, '0') + low.toString(16).padStart(7, '0');
