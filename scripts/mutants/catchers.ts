import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** What a run of a catcher came to. `broken`: nothing could be run at all, so that nothing was shown. */
export interface Outcome {
  readonly status: 'passed' | 'failed' | 'broken' | 'late';
  /** Who failed, or what is broken. */
  readonly by: string;
  /** Titles of the tests that have passed. */
  readonly passed: readonly string[];
}

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly isLate: boolean;
}

/** Runs a program of Node in a process group of its own, which is ended as a whole when its time is over. */
function runNode(folder: string, args: readonly string[], seconds: number): Promise<Ended> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|TEST$|NODE_ENV$)/.test(name)),
  );
  const child = spawn(process.execPath, args, { cwd: folder, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let isLate = false;
  const note = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-20_000);
  };
  child.stdout.on('data', note);
  child.stderr.on('data', note);
  const end = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  };
  const timer = setTimeout(() => {
    isLate = true;
    end();
  }, seconds * 1000);
  process.once('exit', end);
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (code) => {
      clearTimeout(timer);
      process.off('exit', end);
      done({ code, output, isLate });
    });
  });
}

interface JsonReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly title: string;
    }[];
  }[];
}

function readReport(path: string): JsonReport | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as JsonReport;
  } catch {
    // Whoever died before the end has written none, or half of one.
    return null;
  }
}

/** The titles with those of the groups that they are in: as they are matched. */
const passedIn = ({ testResults }: JsonReport): string[] =>
  testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'passed').map(({ fullName }) => fullName),
  );

function judge(report: JsonReport | null, { code, output, isLate }: Ended): Outcome {
  const passed = report === null ? [] : passedIn(report);
  if (isLate) return { status: 'late', by: 'the tests did not end in time', passed };
  if (code === 0) return { status: 'passed', by: '', passed };
  const results = report?.testResults ?? [];
  const failed = results.flatMap((file) => file.assertionResults).find(({ status }) => status === 'failed');
  if (failed !== undefined) return { status: 'failed', by: failed.title, passed };
  const unloaded = results.find(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0);
  const why = unloaded?.message ?? output;
  // A file that cannot even be loaded shows that the sabotage is nonsense, not that anybody has noticed it.
  if (report === null || unloaded !== undefined) return { status: 'broken', by: why.trim().slice(0, 300), passed };
  return { status: 'failed', by: 'an error outside of the tests', passed };
}

/** Which tests are run. */
export interface Wanted {
  readonly files: readonly string[];
  readonly title: string | null;
  /** Whether the first failure is enough. */
  readonly until: 'firstFailure' | 'end';
}

/** In one process without isolation: most of the time would go into loading the same modules again. */
const FAST = ['--no-file-parallelism', '--no-isolate', '--experimental.fsModuleCache'];

/** Runs test files in a copy of the working tree, in one process. */
export async function runTests(folder: string, { files, title, until }: Wanted, seconds: number): Promise<Outcome> {
  const report = join(folder, '.mutants-report.json');
  rmSync(report, { force: true });
  const vitest = join(folder, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', ...files, '--reporter', 'json', '--outputFile', report, ...FAST];
  if (until === 'firstFailure') args.push('--bail', '1');
  if (title !== null) args.push('--testNamePattern', title);
  const ended = await runNode(folder, args, seconds);
  return judge(readReport(report), ended);
}

/** Plays schedules of the simulator in a copy of the working tree, until one is violated. */
export async function runSimulator(folder: string, schedules: number, seconds: number): Promise<Outcome> {
  const args = ['--import', 'tsx', '--stack-trace-limit=0', join('scripts', 'mutants', 'play.ts'), String(schedules)];
  const { code, output, isLate } = await runNode(folder, args, seconds);
  if (isLate) return { status: 'late', by: 'the simulator did not end in time', passed: [] };
  if (code === 0) return { status: 'passed', by: '', passed: [] };
  const told = /^(seed \d+): (.*)$/m.exec(output);
  if (told === null) return { status: 'broken', by: output.trim().slice(-300), passed: [] };
  return { status: 'failed', by: `simulator, ${told[1]}: ${told[2]}`, passed: [] };
}
