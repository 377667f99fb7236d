/** Collects garbage, so that one side does not pay for the other's. */
const collect = (): void => (globalThis as { gc?: () => void }).gc?.();

async function timed(work: () => unknown): Promise<number> {
  collect();
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The median of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** A side of a comparison: what is prepared is not timed. */
export interface Side {
  readonly prepare: () => Promise<() => unknown>;
}

/** What a comparison found: the ratio of the medians, and the medians themselves in milliseconds. */
export interface Comparison {
  readonly ratio: number;
  readonly ours: number;
  readonly theirs: number;
}

/** Runs both sides in turn, so that whatever else the machine does hits both; the first round warms up. */
export async function compare(ours: Side, theirs: Side, rounds: number): Promise<Comparison> {
  const times: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
  for (let round = 0; round <= rounds; round++) {
    for (const [name, side] of [
      ['ours', ours],
      ['theirs', theirs],
    ] as const) {
      const time = await timed(await side.prepare());
      if (round > 0) times[name].push(time);
    }
  }
  const [a, b] = [median(times.ours), median(times.theirs)];
  return { ratio: a / b, ours: a, theirs: b };
}
