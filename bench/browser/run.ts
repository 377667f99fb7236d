import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from '../../scripts/browser/browser.ts';
import { bundledPages } from '../../scripts/browser/bundle.ts';
import { serveSite } from '../../scripts/browser/site.ts';
import { chromium } from '../../scripts/setup/programs.ts';
import { median } from '../measure.ts';
import type { LongTask, Measured } from './measured.ts';
import { type TracedTask, traceTasks } from './trace.ts';

/** What the bench found out in a browser; medians of some rounds. */
export interface BrowserFigures {
  /** Of a rollback of 10,000 rows, in milliseconds: ours, and the procedure's. */
  readonly ours: number;
  readonly theirs: number;
  /** The longest task of migration and rollback that is not indivisible; 50 where the browser reports none. */
  readonly longestTask: number;
  readonly longestIndivisible: number;
  /** The longest single call into the browser of the same run. */
  readonly longestCall: number;
  /** The same in milliseconds of the processor, whatever else the machine does; of a round of its own. */
  readonly longestTaskOfProcessor: number;
  readonly tasksOfProcessor: readonly TracedTask[];
  /** Every long task of the round with the median of the longest. */
  readonly tasks: readonly LongTask[];
}

const ROUNDS = 5;
/** The browser does not report what is shorter. */
const REPORTED = 50;

const longest = (tasks: readonly LongTask[], is: (task: LongTask) => boolean): number =>
  Math.max(REPORTED, ...tasks.filter(is).map(({ milliseconds }) => milliseconds));

type Timed = Omit<BrowserFigures, 'longestTaskOfProcessor' | 'tasksOfProcessor'>;

function figuresOf(ours: readonly Measured[], theirs: readonly Measured[]): Timed {
  const ownTask = ({ tasks }: Measured): number => longest(tasks, ({ indivisible }) => indivisible === null);
  const sorted = [...ours].sort((a, b) => ownTask(a) - ownTask(b));
  const middle = sorted[sorted.length >> 1];
  return {
    ours: median(ours.map(({ milliseconds }) => milliseconds)),
    theirs: median(theirs.map(({ milliseconds }) => milliseconds)),
    longestTask: middle === undefined ? REPORTED : ownTask(middle),
    longestIndivisible: longest(middle?.tasks ?? [], ({ indivisible }) => indivisible !== null),
    longestCall: middle?.longestCall ?? 0,
    tasks: middle?.tasks ?? [],
  };
}

/** Runs the bench in Chromium; `null` where there is none. Both sides in turn, the first round warms up. */
export async function benchInBrowser(rounds: number = ROUNDS): Promise<BrowserFigures | null> {
  if (chromium.find() === undefined) return null;
  const profile = await mkdtemp(join(tmpdir(), 'backpedal-bench-'));
  const site = await serveSite(await bundledPages({ '/bench': fileURLToPath(new URL('page.ts', import.meta.url)) }));
  const browser = await launchBrowser({ profile });
  try {
    const page = await browser.open(`${site.origin}/bench`);
    await page.waitForFunction('globalThis.bench !== undefined');
    const measured: Record<'ours' | 'procedure', Measured[]> = { ours: [], procedure: [] };
    for (let round = 0; round <= rounds; round += 1) {
      for (const side of ['ours', 'procedure'] as const) {
        const found = await page.evaluate<Measured>(`globalThis.bench.${side}()`);
        if (round > 0) measured[side].push(found);
      }
    }
    const traced = await traceTasks(browser.devTools, async () => {
      await page.evaluate('globalThis.bench.ours()');
    });
    const divisible = traced.filter(({ mark }) => mark === 'piece:end' || !mark.startsWith('piece:'));
    const sorted = [...divisible].sort((a, b) => b.processor - a.processor);
    return {
      ...figuresOf(measured.ours, measured.procedure),
      longestTaskOfProcessor: sorted[0]?.processor ?? 0,
      tasksOfProcessor: sorted.slice(0, 20),
    };
  } finally {
    await browser.kill();
    await site.close();
    await rm(profile, { recursive: true, maxRetries: 10 });
  }
}
