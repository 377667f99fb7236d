/**
 * The simulator: `npm run simulate -- --schedules N --seed S`. Schedule k of seed S is the one of seed S + k, so that a
 * single one is repeated with `--schedules 1 --seed (S + k)`, which tells its story.
 */
import { parseArgs } from 'node:util';
import {
  addReports,
  cellTable,
  type ExhaustiveRun,
  exhaustDoubleCrash,
  missedCells,
  play,
  type SimulationReport,
  scheduleOf,
  shrink,
  type Violation,
  type WorldOptions,
  withoutWebCrypto,
} from '../src/testing/index.ts';
import { playInWorkers } from './simulate/workers.ts';

interface Wanted {
  readonly schedules: number;
  readonly seed: number;
  readonly workers: number;
}

function integer(name: string, text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  console.error(`--${name} takes a whole number, not ${text}.`);
  process.exit(2);
}

/** One schedule with its story. */
async function tellOne(seed: number): Promise<Violation[]> {
  const schedule = scheduleOf(seed);
  const report = await play(schedule, { keeps: 'story' });
  console.log(JSON.stringify({ ...schedule, world: { ...schedule.world, shape: schedule.world.shape.name } }, null, 1));
  console.log(report.story.join('\n'));
  console.log(`it ended ${report.end}, trace ${report.hash}`);
  return report.violations.length === 0 ? [] : [{ seed, what: report.violations }];
}

async function explain({ seed, what }: Violation): Promise<void> {
  console.log(`\nseed ${seed}: ${what.join('; ')}\n  npm run simulate -- --schedules 1 --seed ${seed}`);
  const { schedule, report, played } = await shrink(scheduleOf(seed));
  console.log(
    `  shrunk in ${played} plays to ${JSON.stringify({ ...schedule.world, shape: schedule.world.shape.name })}`,
  );
  console.log(`  order ${schedule.order}, ending ${schedule.ending}, start ${schedule.start}`);
  for (const act of schedule.acts) console.log(`  ${JSON.stringify(act)}`);
  console.log(`${report.story.join('\n')}\n${report.violations.join('\n')}`);
}

async function many({ schedules, seed, workers }: Wanted): Promise<SimulationReport> {
  const started = performance.now();
  let told = 0;
  const named = new Set<number>();
  const reports = await playInWorkers({ schedules, seed, workers }, (played, violations) => {
    for (const { seed: found, what } of violations.filter(({ seed }) => !named.has(seed))) {
      named.add(found);
      console.error(`seed ${found}: ${what.join('; ')}`);
    }
    const now = Math.floor((performance.now() - started) / 10_000);
    if (now === told) return;
    told = now;
    console.error(`${played} of ${schedules} schedules, ${violations.length} violations`);
  });
  return reports.reduce(addReports);
}

async function simulateMany(wanted: Wanted, check: boolean): Promise<number> {
  const report = await many(wanted);
  console.log(cellTable(report.cells).join('\n'));
  console.log(`ends: ${[...report.ends].map(([end, count]) => `${end} ${count}`).join(', ')}`);
  console.log(`trace: ${report.hash}, ${report.calls} calls of ports`);
  const missed = missedCells(report.cells, wanted.schedules);
  for (const [cell, hits] of missed) console.log(`seldom hit: ${cell}: ${hits}`);
  for (const violation of report.violations.slice(0, 3)) await explain(violation);
  if (report.violations.length > 3)
    console.log(
      `\nfurther seeds: ${report.violations
        .slice(3, 40)
        .map(({ seed }) => seed)
        .join(' ')}`,
    );
  if (check && missed.length > 0) process.exitCode = 1;
  return report.violations.length;
}

const RUNS: readonly ExhaustiveRun[] = ['migration', 'rollback', 'rollback with merge'];
const WORLDS: readonly Partial<WorldOptions>[] = [{}, { storage: 'file', database: 'image' }];

/** Every crash point of every run, times every crash point of its recovery. */
async function exhaust(): Promise<{ readonly runs: number; readonly violations: number }> {
  const totals = { runs: 0, violations: 0 };
  for (const world of WORLDS) {
    for (const run of RUNS) {
      const { points, pairs, runs, violations } = await exhaustDoubleCrash({ run, world });
      const stores = `${world.storage ?? 'browser'} storage, ${world.database ?? 'server'} database`;
      console.log(
        `${run}, ${stores}: ${points} crash points, ${pairs} pairs, ${runs} runs, ${violations.length} violations`,
      );
      for (const violation of violations.slice(0, 10)) console.log(`  ${violation}`);
      totals.runs += runs;
      totals.violations += violations.length;
    }
  }
  return totals;
}

const { values } = parseArgs({
  options: {
    schedules: { type: 'string' },
    seed: { type: 'string' },
    workers: { type: 'string' },
    check: { type: 'boolean', default: false },
    exhaustive: { type: 'boolean', default: false },
  },
});
const wanted: Wanted = {
  schedules: integer('schedules', values.schedules, 1000),
  seed: integer('seed', values.seed, 1),
  workers: integer('workers', values.workers, 0),
};

await withoutWebCrypto(async () => {
  const started = performance.now();
  let played = wanted.schedules;
  let violations = 0;
  if (values.exhaustive) {
    ({ runs: played, violations } = await exhaust());
  } else if (wanted.schedules === 1) violations = (await tellOne(wanted.seed)).length;
  else violations = await simulateMany(wanted, values.check);
  const rate = Math.round(played / ((performance.now() - started) / 1000));
  if (violations > 0) process.exitCode = 1;
  console.log(`simulate: ${played} schedules, ${violations} violations, ${rate} schedules/s`);
});
