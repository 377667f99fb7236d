/** Runs every check that needs no test run, two at a time, and says by name which one failed and why. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Step {
  readonly name: string;
  readonly command: string;
  /** Whether its output is worth reading when it has passed. */
  readonly figures?: boolean;
}

interface Outcome extends Step {
  readonly passed: boolean;
  readonly output: string;
  readonly seconds: number;
}

const cache = 'node_modules/.cache/backpedal';

// The longest first, so that nothing waits for them at the end.
const steps: readonly Step[] = [
  { name: 'package (build, publint, attw)', command: 'tsx scripts/check-package.ts' },
  {
    name: 'declarations',
    command: `tsc --noEmit -p tsconfig.build.json --incremental --tsBuildInfoFile ${cache}/declarations.tsbuildinfo`,
  },
  { name: 'types', command: `tsc --noEmit -p . --incremental --tsBuildInfoFile ${cache}/check.tsbuildinfo` },
  { name: 'rules of SPEC.md and tests', command: 'tsx scripts/check-spec.ts' },
  { name: 'law of dependency, cycles', command: 'depcruise src examples bench scripts --output-type err-long' },
  { name: 'unused files, exports, packages', command: 'knip --cache' },
  { name: 'format and lint', command: 'biome check --error-on-warnings .' },
  { name: 'diagrams of the charts', command: 'tsx scripts/diagrams.ts --check' },
  { name: 'size', command: 'tsx scripts/check-size.ts', figures: true },
  { name: 'stories of the states', command: 'tsx scripts/state-stories.ts --check' },
  { name: 'docstrings', command: 'tsx scripts/check-docstrings.ts' },
];

function run(step: Step): Promise<Outcome> {
  const started = performance.now();
  const PATH = [resolve('node_modules/.bin'), process.env.PATH].join(delimiter);
  const child = spawn(step.command, { shell: true, env: { ...process.env, PATH }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return new Promise((done) => {
    const finish = (passed: boolean): void =>
      done({ ...step, passed, output, seconds: (performance.now() - started) / 1000 });
    child.on('error', (error) => {
      output += error.message;
      finish(false);
    });
    child.on('close', (code) => finish(code === 0));
  });
}

function report({ name, command, passed, output, seconds, figures }: Outcome): void {
  console.log(`${passed ? 'passed' : 'FAILED'}  ${name} (${seconds.toFixed(1)} s)`);
  if (passed && figures) console.log(output.trim().replaceAll(/^/gm, '        '));
  if (!passed) console.log(`\n$ ${command}\n${output.trim().replaceAll(/^/gm, '    ')}\n`);
}

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
mkdirSync(cache, { recursive: true });
const wanted = process.argv.slice(2);
const queue = steps.filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)));
const failed: string[] = [];

async function work(): Promise<void> {
  for (let step = queue.shift(); step; step = queue.shift()) {
    const outcome = await run(step);
    report(outcome);
    if (!outcome.passed) failed.push(outcome.name);
  }
}

await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
console.log(failed.length === 0 ? 'check: all passed' : `check: ${failed.length} failed: ${failed.join('; ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
