import { addCells, type Cells, countCell } from './cells.ts';
import { type GenerateOptions, scheduleOf } from './generate.ts';
import { play } from './play.ts';
import { addHashes, addSums } from './trace.ts';

/** A schedule in which something was wrong. */
export interface Violation {
  /** Repeats it: `scheduleOf(seed)`. */
  readonly seed: number;
  readonly what: readonly string[];
}

/** What many schedules came to. */
export interface SimulationReport {
  readonly schedules: number;
  readonly violations: readonly Violation[];
  /** Over the traces of all schedules; the same for the same seeds, however they were divided among workers. */
  readonly hash: string;
  readonly cells: Cells;
  /** Where the users' data ended up, how often. */
  readonly ends: ReadonlyMap<string, number>;
  /** Calls of ports in all. */
  readonly calls: number;
}

/** Which schedules are simulated, and with what. */
export interface SimulateOptions extends GenerateOptions {
  /** The first seed; the others follow it one by one. */
  readonly seed: number;
  readonly schedules: number;
  /** Called after every schedule with how many there have been. */
  readonly progress?: (played: number, violations: readonly Violation[]) => void;
}

/** Two reports in one. */
export function addReports(a: SimulationReport, b: SimulationReport): SimulationReport {
  const cells = new Map(a.cells);
  addCells(cells, b.cells);
  const ends = new Map(a.ends);
  addCells(ends, b.ends);
  return {
    schedules: a.schedules + b.schedules,
    violations: [...a.violations, ...b.violations].sort((one, other) => one.seed - other.seed),
    hash: addSums(a.hash, b.hash),
    cells,
    ends,
    calls: a.calls + b.calls,
  };
}

/**
 * Plays one schedule after the other. Hashes have to be computed at once, as they are where Web Crypto is missing: see
 * `withoutWebCrypto`.
 */
export async function simulate(options: SimulateOptions): Promise<SimulationReport> {
  const { seed: first, schedules, progress } = options;
  const cells: Cells = new Map();
  const ends = new Map<string, number>();
  const violations: Violation[] = [];
  let hash = '0'.repeat(14);
  let calls = 0;
  for (let seed = first; seed < first + schedules; seed++) {
    const report = await play(scheduleOf(seed, options), {
      count: (state, happening) => countCell(cells, state, happening),
    });
    hash = addSums(hash, addHashes([[seed, report.hash]]));
    calls += report.calls;
    ends.set(report.end, (ends.get(report.end) ?? 0) + 1);
    if (report.violations.length > 0) violations.push({ seed, what: report.violations });
    progress?.(seed - first + 1, violations);
  }
  return { schedules, violations, hash, cells, ends, calls };
}

/**
 * Web Crypto hashes in threads of its own, whose order no seed decides. While `work` is done it is hidden, and hashes
 * are computed at once.
 */
export async function withoutWebCrypto<T>(work: () => Promise<T>): Promise<T> {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'crypto');
  const { crypto } = globalThis;
  const getRandomValues = crypto.getRandomValues.bind(crypto);
  Object.defineProperty(globalThis, 'crypto', { value: { getRandomValues }, configurable: true, writable: true });
  try {
    return await work();
  } finally {
    if (before !== undefined) Object.defineProperty(globalThis, 'crypto', before);
  }
}
