import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SimulationReport, Violation } from '../../src/testing/index.ts';

/** A part of the range of seeds, as it is sent to a worker. */
export interface Part {
  readonly seed: number;
  readonly schedules: number;
}

/** What a worker sends back: how far it is and what it has found so far, or its report with its maps as lists. */
export type Message =
  | { readonly played: number; readonly violations: readonly Violation[] }
  | { readonly report: Omit<SimulationReport, 'cells' | 'ends'> & Record<'cells' | 'ends', [string, number][]> };

const root = fileURLToPath(new URL('../..', import.meta.url));
/** For fewer schedules than this, compiling takes longer than it saves. */
const WORTH_COMPILING = 3000;

/**
 * The simulator as plain JavaScript: what tsx makes of a file names every function anew each time that it is made, which
 * costs a third of the time.
 */
function compiled(): string {
  const out = resolve(root, 'node_modules/.cache/backpedal/simulate');
  mkdirSync(out, { recursive: true });
  const tsc = resolve(root, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'scripts/simulate/tsconfig.json', '--outDir', out], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error('The simulator could not be compiled; see above.');
  writeFileSync(resolve(out, 'package.json'), '{"type":"module"}');
  return resolve(out, 'scripts/simulate/worker.js');
}

function start(program: string, part: Part): ChildProcess {
  const isSource = program.endsWith('.ts');
  const child = fork(program, [String(part.seed), String(part.schedules)], {
    cwd: root,
    execArgv: [...(isSource ? ['--import', 'tsx'] : []), '--stack-trace-limit=0', '--max-semi-space-size=32'],
  });
  return child;
}

/** Plays a range of seeds in one process per core, each its part of the range. */
export async function playInWorkers(
  { seed, schedules, workers }: { readonly seed: number; readonly schedules: number; readonly workers: number },
  progress: (played: number, violations: readonly Violation[]) => void,
): Promise<readonly SimulationReport[]> {
  const program = schedules < WORTH_COMPILING ? resolve(root, 'scripts/simulate/worker.ts') : compiled();
  const count = Math.max(1, Math.min(workers === 0 ? availableParallelism() : workers, schedules));
  const states = Array.from({ length: count }, () => ({ played: 0, violations: [] as readonly Violation[] }));
  const parts = states.map((_, index): Part => {
    const from = Math.floor((schedules * index) / count);
    return { seed: seed + from, schedules: Math.floor((schedules * (index + 1)) / count) - from };
  });
  const reportOf = (part: Part, index: number): Promise<SimulationReport> =>
    new Promise((done, failed) => {
      const child = start(program, part);
      child.on('error', failed);
      child.on('exit', (code) => {
        if (code !== 0) failed(new Error(`A worker of the simulator ended with ${code}.`));
      });
      child.on('message', (message: Message) => {
        if ('report' in message) {
          const { cells, ends, ...rest } = message.report;
          done({ ...rest, cells: new Map(cells), ends: new Map(ends) });
          return;
        }
        states[index] = message;
        progress(
          states.reduce((sum, { played }) => sum + played, 0),
          states.flatMap(({ violations }) => violations),
        );
      });
    });
  return Promise.all(parts.map(reportOf));
}
