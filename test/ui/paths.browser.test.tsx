import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { expect, it } from 'vitest';
import type { StateMeta } from '../../src/machines/chart.ts';
import { type RollbackState, rollbackMeta } from '../../src/machines/rollback/meta.ts';
import type { RollbackContext } from '../../src/machines/rollback/types.ts';
import { questionOf } from '../../src/runtime/question.ts';
import { statusOf } from '../../src/runtime/status.ts';
import type { RollbackStatus } from '../../src/runtime/status-types.ts';
import { type ChartPath, planPaths, rollbackModel, walkInChart } from '../../src/testing/index.ts';
import { stateName } from '../../src/testing/paths/chart-path.ts';
import { english, ResultView, RollbackScreenView, SafeModeView } from '../../src/ui/index.ts';
import { endingOf } from '../../src/ui/rollback-screen-view.tsx';

/** What has to be on the screen in a state. */
interface Rule {
  readonly screen: 'progress' | 'question' | 'safeMode' | 'result' | 'ready';
  readonly heading: string;
  /** What cancelling would do; `impossible` where it is not offered at all, or only as a button that is off. */
  readonly cancel: 'stops' | 'undoes' | 'impossible';
  readonly step?: string;
}

const progress = (heading: string, cancel: Rule['cancel'], step?: string): Rule => ({
  screen: 'progress',
  heading,
  cancel,
  ...(step === undefined ? {} : { step }),
});
const LOCKED: Rule = { screen: 'safeMode', heading: 'Safe mode', cancel: 'impossible' };

/** The right thing, state by state, as a person would write it down. */
const RULES: Readonly<Record<RollbackState, Rule>> = {
  inspecting: progress('Looking at what would change', 'stops'),
  deciding: { screen: 'question', heading: 'Your decision is needed', cancel: 'stops' },
  locking: progress('Making sure that nobody else is at it', 'stops'),
  stopping: progress('Stopping the app’s work', 'stops'),
  loadingBackup: progress('Checking the backup', 'stops', 'Load Backup'),
  standingDown: progress('Letting the app work again', 'stops'),
  recoveringBackup: progress('Looking for another copy', 'impossible', 'Load Backup'),
  clearingDatabase: progress('Moving the rows out of the database', 'undoes', 'Clear Database'),
  resolvingClear: progress('Finding out whether the database was cleared', 'undoes', 'Clear Database'),
  invalidatingCache: progress('Emptying the cache', 'undoes', 'Clear Database'),
  reclaiming: progress('Taking the lease back', 'undoes', 'Restore LocalStorage'),
  replacingBackup: progress('Looking for another copy', 'impossible', 'Restore LocalStorage'),
  preparingRestore: progress('Preparing the restore', 'undoes', 'Restore LocalStorage'),
  restoringStorage: progress('Putting the data back', 'undoes', 'Restore LocalStorage'),
  verifyingData: progress('Checking every key', 'impossible', 'Verify Data'),
  cleaningState: progress('Tidying up', 'impossible', 'Clean State'),
  undoingRestore: progress('Undoing the restore', 'impossible'),
  undoingClear: progress('Putting the rows back', 'impossible'),
  releasing: progress('Letting go', 'impossible'),
  announcing: progress('Reporting', 'impossible'),
  lockingDown: LOCKED,
  safeMode: LOCKED,
  rolledBack: { screen: 'result', heading: 'Your data is back', cancel: 'impossible' },
  unchanged: { screen: 'result', heading: 'Nothing was changed', cancel: 'impossible' },
  unlocked: { screen: 'ready', heading: 'The app', cancel: 'impossible' },
};

/** Locked down for good: what is still reported then changes nothing of it. */
const ruleFor = (state: RollbackState, { outcome }: RollbackContext): Rule =>
  state === 'announcing' && outcome === 'safeMode' ? LOCKED : RULES[state];

/** A place in the tree of all paths: equal beginnings of paths are one. */
interface Place {
  readonly way: string;
  readonly state: RollbackState;
  readonly context: RollbackContext;
  readonly status: RollbackStatus;
  readonly next: Map<string, Place>;
}

const metaOf = (state: string): StateMeta => rollbackMeta[state as RollbackState];

async function placeOf(way: string, value: string, context: RollbackContext, part: number): Promise<Place> {
  const state = value as RollbackState;
  const view = { id: 'rollback', run: context.run, value, context, meta: metaOf(state), part, activeMs: 1000 } as const;
  const status = statusOf(view, await questionOf(view), 'MIGRATED');
  return { way, state, context, status, next: new Map() };
}

/** All paths as one tree. */
async function treeOf(paths: readonly ChartPath[]): Promise<readonly Place[]> {
  const roots = new Map<string, Place>();
  for (const path of paths) {
    const snapshots: { readonly value: string; readonly context: RollbackContext }[] = [];
    walkInChart(rollbackModel, path, ({ value, context }) =>
      snapshots.push({ value: stateName(value), context: context as RollbackContext }),
    );
    let among = roots;
    let way = '';
    for (const [index, { value, context }] of snapshots.entries()) {
      const step = index === 0 ? path.start : (path.steps[index - 1]?.name ?? '');
      way = `${way} -(${step})-> ${value}`;
      const known = among.get(step);
      const place = known ?? (await placeOf(way, value, context, index / snapshots.length));
      among.set(step, place);
      among = place.next;
    }
  }
  return [...roots.values()];
}

const shown = (host: HTMLElement, selector: string): string | null => host.querySelector(selector)?.textContent ?? null;

/** Whether cancelling can be had, and what it is said to do. */
function cancelling(host: HTMLElement, screen: Rule['screen']): Rule['cancel'] {
  const texts = [english.cancelRun, ...Object.values(english.cancelling)];
  const button = [...host.querySelectorAll('button')].find(({ textContent }) => texts.includes(textContent));
  if (button === undefined || button.getAttribute('aria-disabled') === 'true') return 'impossible';
  if (screen === 'question') return 'stops';
  const hint = shown(host, `[id="${button.getAttribute('aria-describedby')}"]`);
  return hint === english.cancellingHint.undoes ? 'undoes' : 'stops';
}

/** What is wrong with what is on the screen, in words. */
function faultsOf(host: HTMLElement, { state, context, status }: Place): string[] {
  const rule = ruleFor(state, context);
  const faults: string[] = [];
  const expected = (what: string, wanted: unknown, found: unknown): void => {
    if (wanted !== found) faults.push(`${what}: ${String(found)}, not ${String(wanted)}`);
  };
  expected('screen', rule.screen, host.querySelector('.bp-screen')?.getAttribute('data-screen'));
  expected('heading', rule.heading, shown(host, 'h2'));
  expected('headings', 1, host.querySelectorAll('h2').length);
  expected('cancel', rule.cancel, cancelling(host, rule.screen));
  expected('radio buttons', rule.screen === 'question' ? 2 : 0, host.querySelectorAll('[type="radio"]').length);
  const submits = [...host.querySelectorAll('[type="submit"]')].map((button) => button.getAttribute('aria-disabled'));
  expected('answers that can be given unasked', 0, submits.filter((off) => off !== 'true').length);
  if (rule.screen === 'progress') {
    expected('description', metaOf(state).description, shown(host, '.bp-detail'));
    expected('step', rule.step, host.querySelector('[aria-current="step"] > span')?.textContent);
    const done = [...host.querySelectorAll('[data-state="done"] > span')].map(({ textContent }) => textContent);
    const wanted = context.done.filter((step) => step !== rule.step);
    expected('steps done', wanted.join(), done.join());
    expected(
      'percent',
      String(status.progress),
      host.querySelector('[role="progressbar"]')?.getAttribute('aria-valuenow'),
    );
    expected('problems', status.errors.length > 0, shown(host, '.bp-notice strong') === english.problems);
  }
  if (rule.screen === 'safeMode')
    expected('downloads', 2, host.querySelectorAll('.bp-rows button, [data-kind]').length);
  return faults;
}

const nothing = (): void => {};
const COPIES = [{ id: 'backup', label: 'Backup' }];

const screenOfPlace = ({ status }: Place) => (
  <RollbackScreenView
    status={status}
    onDecide={nothing}
    onCancel={nothing}
    ready={<h2>The app</h2>}
    safeMode={<SafeModeView copies={COPIES} onDownload={nothing} />}
    result={<ResultView ending={endingOf(status)} />}
  />
);

it('UI3 the table of what is to be seen agrees with what the chart says of each state', () => {
  for (const [state, meta] of Object.entries(rollbackMeta)) {
    const { screen, heading, cancel, step } = RULES[state as RollbackState];
    const words = { stopsHere: 'stops', undoes: 'undoes', tooLate: 'impossible' } as const;
    expect({ state, cancel, step }).toEqual({ state, cancel: words[meta.cancel], step: meta.step });
    if (screen === 'progress') expect(heading).toBe(meta.label);
    expect(screen === 'question').toBe(meta.waitsFor === 'person');
    const isOver = meta.stage === 'COMPLETED' || meta.stage === 'FAILED';
    expect(screen === 'progress' || screen === 'question').toBe(!isOver);
  }
});

it('UI3 after each transition of every path of the rollback the right thing is on the screen', async () => {
  const { simple, retries, loops } = planPaths(rollbackModel);
  const paths = [...simple, ...retries, ...loops];
  const host = document.createElement('div');
  document.body.append(host);
  const root = createRoot(host);
  const faults: string[] = [];
  const seen = new Set<RollbackState>();
  let transitions = 0;
  let onScreen: Place | null = null;
  const render = (place: Place): void => {
    if (onScreen !== place) flushSync(() => root.render(screenOfPlace(place)));
    onScreen = place;
  };
  const walk = (place: Place, before: Place | null): void => {
    // From where it comes in the path, not from where the walk through the tree happens to be.
    if (before !== null) render(before);
    render(place);
    transitions += 1;
    seen.add(place.state);
    if (faults.length < 20) faults.push(...faultsOf(host, place).map((fault) => `${place.way}\n  ${fault}`));
    for (const next of place.next.values()) walk(next, place);
  };
  for (const place of await treeOf(paths)) walk(place, null);
  root.unmount();
  host.remove();
  expect(faults).toEqual([]);
  expect([...seen].sort()).toEqual(Object.keys(RULES).sort());
  console.log(`paths through the UI: ${paths.length} paths, ${transitions} different transitions in their order`);
  // About twenty seconds; the limit is for machines with much else to do.
}, 600_000);
