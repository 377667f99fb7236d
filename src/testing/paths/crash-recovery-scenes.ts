import { StorageError, VaultError } from '../../errors.ts';
import type { AppProcess } from './app-process.ts';
import type { ChartPath, PathStep } from './chart-path.ts';
import { leaving } from './crash-recovery-findings.ts';
import { occupyLease, type Place, writeAsApp } from './crash-recovery-place.ts';
import type { MainCall } from './scene.ts';
import { failNext } from './stage.ts';

type Persistence = 'transient' | 'permanent';

/** The call of each state's command that fails when the command is to fail; of `journal` see `failJournal`. */
const mainCalls: Readonly<Record<string, MainCall | 'journal'>> = {
  finding: { port: 'vault', operation: 'list', name: '/journal' },
  probing: { port: 'storage', operation: 'read' },
  resuming: { port: 'database', operation: 'lease' },
  settling: { port: 'storage', operation: 'read' },
  payingDebts: { port: 'vault', operation: 'get', name: '/starts' },
  asking: { port: 'notify', operation: 'call' },
  goingOn: 'journal',
  restoringAgain: { port: 'storage', operation: 'write', alsoAfter: 'alsoAfter' },
  adopting: 'journal',
  discarding: { port: 'database', operation: 'clear' },
  completing: { port: 'database', operation: 'ledger' },
  retrying: 'journal',
  lockingDown: { port: 'operations', operation: 'stop', alsoAfter: 'alsoAfter' },
  announcing: { port: 'vault', operation: 'list', name: '/audit/' },
};

/** The journal is asked four times before it counts as unreadable for now. */
const TRIES = 4;

function failJournal({ faulty }: AppProcess, persistence: Persistence): void {
  const error = new VaultError('VAULT_UNAVAILABLE', 'Told to fail.', { persistence });
  for (let tried = 1; tried <= TRIES; tried++) {
    faulty.vault.add({
      operation: 'list',
      when: ({ arguments: [name] }) => String(name).includes('/journal'),
      at: tried,
      moment: 'before',
      behaviour: { throws: error },
    });
  }
}

/** The call that fails when the command of a path's state is to fail. */
function mainCallOf(path: ChartPath, state: string): MainCall | 'journal' {
  // In safe mode the app's writers are stopped, and little else is done.
  if (state === 'payingDebts' && leaving(path, 'finding')?.name === 'LOCKED')
    return { port: 'operations', operation: 'stop' };
  const main = mainCalls[state];
  if (main === undefined) throw new Error(`Nobody knows how ${state} could fail.`);
  return main;
}

/** Lets the command of a state fail, once. */
function fail(process: AppProcess, path: ChartPath, state: string, taken: number, persistence: Persistence): void {
  const main = mainCallOf(path, state);
  if (state === 'asking' && persistence === 'permanent') {
    process.failIdentity(new StorageError('STORAGE_DENIED', 'Told to fail.'));
  } else if (main === 'journal') {
    failJournal(process, persistence);
  } else {
    const { port, operation, name, alsoAfter } = main;
    const isLate = alsoAfter !== undefined && (path.steps.length + taken) % 2 === 1;
    const when = name === undefined ? {} : { when: isNamed(name) };
    failNext({ process }, port, operation, persistence, { moment: isLate ? 'after' : 'before', ...when });
  }
}

const isNamed =
  (name: string) =>
  ({ arguments: [first] }: { readonly arguments: readonly unknown[] }): boolean =>
    String(first).includes(name);

/** The run within ends as the path says. */
async function bendInnerRun(process: AppProcess, place: Place, path: ChartPath, outcome: string): Promise<void> {
  const isAnew = leaving(path, 'retrying') !== undefined;
  if (outcome === 'RUN_ENDED unchanged' && isAnew && path.steps.length % 2 === 0) return occupyLease(place);
  const isWithdrawn = path.steps.some(({ name }) => name === 'DECIDE keepEmpty');
  if (outcome !== 'RUN_ENDED rolledBack' && !isWithdrawn) failNext({ process }, 'database', 'record', 'permanent');
  if (outcome === 'RUN_ENDED safeMode') failNext({ process }, 'database', 'undoClear', 'permanent');
}

/** Whether the inner run's end is bent by what the run finds when it goes on, rather than beforehand. */
export const failsVerifying = (path: ChartPath): boolean => leaving(path, 'probing')?.name === 'PROBED restored';

/** Sets the stage for what a path takes next in the state that it has just entered. */
export function arrange(process: AppProcess, place: Place, path: ChartPath, taken: number): void | Promise<void> {
  const next = path.steps[taken];
  if (next === undefined) return;
  const state = next.from;
  if (next.event.type === 'FAILED')
    return fail(process, path, state, taken, next.name === 'FAILED transient' ? 'transient' : 'permanent');
  if (next.name === 'MISMATCHED')
    return writeAsApp(place, place.world.migration.collections[0]?.storageKey ?? '', 'written by the app');
  if (endsWithin(next) || (next.event.type === 'RESUMED' && diesAtRecord(path, taken))) {
    const outcome = leaving(path, state)?.name ?? '';
    if (state === 'resuming' && leaving(path, 'probing')?.name === 'PROBED resumable') return;
    if (state === 'resuming' && failsVerifying(path)) return;
    if (['resuming', 'goingOn', 'retrying'].includes(state)) return bendInnerRun(process, place, path, outcome);
  }
}

const endsWithin = ({ event }: PathStep): boolean => event.type === 'RUN_ENDED';

/** Whether the process dies when it would record what its command answers, rather than before the command begins. */
export function diesAtRecord(path: ChartPath, taken: number): boolean {
  const step = path.steps[taken];
  if (step === undefined || step.event.type !== 'RESUMED') return false;
  // What waits for a person dies at the answer only if an answer has been given.
  if (step.from === 'asking') return path.steps[taken - 1]?.event.type === 'RESUMED';
  const departure = path.steps.slice(taken).find(({ from, to }) => from !== to);
  return (
    departure?.event.type !== 'FAILED' && departure?.name !== 'MISMATCHED' && (path.steps.length + taken) % 2 === 0
  );
}
