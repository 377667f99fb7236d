import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Outcome, runSimulator, runTests, type Wanted } from './catchers.ts';
import { type Sabotage, sabotaged } from './sabotage.ts';
import { copyOf, copyWorkingTree } from './working-copy.ts';

/** What became of a sabotage. `fault`: it says nothing, because the list of sabotages or a catcher is at fault. */
export interface Verdict {
  readonly sabotage: Sabotage;
  readonly status: 'caught' | 'MISSED' | 'fault';
  /** Who caught it, or why nobody did. */
  readonly by: string;
  readonly seconds: number;
}

/** The longest that a copy without any sabotage may take for all catchers together, in seconds. */
const BASELINE = 900;

const verdictOf = ({ status, by }: Outcome): Pick<Verdict, 'status' | 'by'> => {
  if (status === 'failed') return { status: 'caught', by };
  if (status === 'broken') return { status: 'fault', by: `nothing could be run: ${by}` };
  return { status: 'MISSED', by: status === 'late' ? by : 'nobody noticed' };
};

async function callCatchers(folder: string, { tests, title, schedules, seconds }: Sabotage): Promise<Outcome> {
  const started = performance.now();
  let outcome: Outcome = { status: 'passed', by: '', passed: [] };
  if (tests.length > 0) outcome = await runTests(folder, { files: tests, title, until: 'firstFailure' }, seconds);
  const left = seconds - (performance.now() - started) / 1000;
  if (outcome.status !== 'passed' || schedules === 0) return outcome;
  return runSimulator(folder, schedules, Math.max(1, left));
}

/** Applies a sabotage to a copy, lets its catchers have a go, and takes it back. */
async function hunt(folder: string, sabotage: Sabotage): Promise<Verdict> {
  const started = performance.now();
  const path = join(folder, sabotage.file);
  const told = (verdict: Pick<Verdict, 'status' | 'by'>): Verdict => ({
    sabotage,
    ...verdict,
    seconds: (performance.now() - started) / 1000,
  });
  let content: string;
  let broken: string;
  try {
    content = readFileSync(path, 'utf8');
    broken = sabotaged(content, sabotage);
  } catch (error) {
    return told({ status: 'fault', by: (error as Error).message });
  }
  writeFileSync(path, broken);
  try {
    return told(verdictOf(await callCatchers(folder, sabotage)));
  } finally {
    writeFileSync(path, content);
  }
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

/** What a sabotage’s catchers are, for several at once: those of titles, and whole files. */
function unionsOf(sabotages: readonly Sabotage[]): readonly Wanted[] {
  const titled = sabotages.filter(({ title }) => title !== null);
  const filesOf = (some: readonly Sabotage[]): string[] => unique(some.flatMap(({ tests }) => tests)).sort();
  const title = unique(titled.map(({ title: one }) => `(?:${one})`)).join('|');
  const wanted: readonly Wanted[] = [
    { files: filesOf(titled), title, until: 'end' },
    { files: filesOf(sabotages.filter((one) => one.title === null)), title: null, until: 'end' },
  ];
  return wanted.filter(({ files }) => files.length > 0);
}

/** What is wrong with the catchers where nothing is sabotaged: a catch by them would mean nothing. */
async function checkBaseline(folder: string, sabotages: readonly Sabotage[]): Promise<readonly string[]> {
  const outcomes: Outcome[] = [];
  for (const wanted of unionsOf(sabotages)) outcomes.push(await runTests(folder, wanted, BASELINE));
  const schedules = Math.max(0, ...sabotages.map((one) => one.schedules));
  if (schedules > 0) outcomes.push(await runSimulator(folder, schedules, BASELINE));
  const faults = outcomes.filter(({ status }) => status !== 'passed');
  if (faults.length > 0) return faults.map(({ status, by }) => `without any sabotage a catcher ${status}: ${by}`);
  const passed = outcomes.flatMap((outcome) => outcome.passed);
  const idle = sabotages.filter(({ title }) => title !== null && !passed.some((name) => new RegExp(title).test(name)));
  return idle.map(({ name, title }) => `no test of ${name} has a title that matches ${title}`);
}

/** What a hunt came to. */
export interface Hunt {
  readonly verdicts: readonly Verdict[];
  /** What makes the verdicts worthless, if anything. */
  readonly faults: readonly string[];
}

/**
 * Plants one sabotage after the other in copies of the working tree, two at a time.
 * @param tell called with every verdict as soon as there is one
 */
export async function huntAll(
  root: string,
  sabotages: readonly Sabotage[],
  tell: (verdict: Verdict) => void = () => {},
): Promise<Hunt> {
  const first = copyWorkingTree(root);
  const copies = [first, copyOf(first)];
  const removeAll = (): void => {
    for (const { remove } of copies) remove();
  };
  process.once('exit', removeAll);
  try {
    // Those of one file together, so that no catcher is checked twice without need.
    const inOrder = [...sabotages].sort((a, b) => ((a.tests[0] ?? '') < (b.tests[0] ?? '') ? -1 : 1));
    const half = Math.ceil(inOrder.length / 2);
    const halves = [inOrder.slice(0, half), inOrder.slice(half)];
    const checked = copies.map(({ folder }, index) => checkBaseline(folder, halves[index] ?? []));
    const faults = (await Promise.all(checked)).flat();
    if (faults.length > 0) return { verdicts: [], faults };
    const queue = [...sabotages];
    const verdicts: Verdict[] = [];
    const work = async (folder: string): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const verdict = await hunt(folder, next);
        verdicts.push(verdict);
        tell(verdict);
      }
    };
    await Promise.all(copies.map(({ folder }) => work(folder)));
    return { verdicts, faults: [] };
  } finally {
    process.off('exit', removeAll);
    removeAll();
  }
}
