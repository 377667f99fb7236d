import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Outcome, runSimulator, runTests } from './catchers.ts';
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

/** The longest that catchers may take where nothing is sabotaged, in seconds: only what hangs is stopped. */
const BASELINE = 600;

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

/** Takes one thing after the other from a list, with several hands at once. */
async function share<T>(
  things: readonly T[],
  hands: readonly string[],
  work: (hand: string, thing: T) => Promise<void>,
) {
  const queue = [...things];
  const workAs = async (hand: string): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(hand, next);
  };
  await Promise.all(hands.map(workAs));
}

/** What is wrong with the catchers of some sabotages, which name the same files, where nothing is sabotaged. */
async function faultsOfTests(folder: string, sabotages: readonly Sabotage[]): Promise<readonly string[]> {
  const [{ tests: files }] = sabotages as readonly [Sabotage];
  const titles = [...new Set(sabotages.map(({ title }) => title ?? ''))];
  const title = titles.includes('') ? null : titles.map((one) => `(?:${one})`).join('|');
  const { status, by, passed } = await runTests(folder, { files, title, until: 'end' }, BASELINE);
  if (status !== 'passed') return [`without any sabotage ${files.join(', ')} ${status}: ${by}`];
  const idle = sabotages.filter(({ title: one }) => !passed.some((name) => new RegExp(one ?? '').test(name)));
  return idle.map(({ name, title: one }) => `no test of ${name} has a title that matches ${one}`);
}

/** What is wrong with all catchers where nothing is sabotaged: a catch by such a one would mean nothing. */
async function checkBaseline(folders: readonly string[], sabotages: readonly Sabotage[]): Promise<readonly string[]> {
  const groups = new Map<string, Sabotage[]>();
  for (const sabotage of sabotages.filter(({ tests }) => tests.length > 0)) {
    const name = sabotage.tests.join();
    groups.set(name, [...(groups.get(name) ?? []), sabotage]);
  }
  const faults: string[] = [];
  await share([...groups.values()], folders, async (folder, group) => {
    faults.push(...(await faultsOfTests(folder, group)));
  });
  const schedules = Math.max(0, ...sabotages.map((one) => one.schedules));
  if (schedules === 0) return faults;
  const { status, by } = await runSimulator(folders[0] as string, schedules, BASELINE);
  return status === 'passed' ? faults : [...faults, `without any sabotage the simulator ${status}: ${by}`];
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
    const folders = copies.map(({ folder }) => folder);
    const faults = await checkBaseline(folders, sabotages);
    if (faults.length > 0) return { verdicts: [], faults };
    const verdicts: Verdict[] = [];
    await share(sabotages, folders, async (folder, sabotage) => {
      const verdict = await hunt(folder, sabotage);
      verdicts.push(verdict);
      tell(verdict);
    });
    return { verdicts, faults: [] };
  } finally {
    process.off('exit', removeAll);
    removeAll();
  }
}
