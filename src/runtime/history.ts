import { presentRecord, snapshotOf } from './charts.ts';
import type { AnyContext, ChartId } from './execution/types.ts';
import type { JournalRecord } from './journal-record.ts';
import type { MigrationState } from './status-types.ts';

/** One run as the journal tells it. */
export interface RunHistory {
  readonly run: string;
  readonly parent: string | null;
  readonly machine: ChartId;
  readonly first: JournalRecord;
  readonly last: JournalRecord;
  readonly context: AnyContext;
  /** How it ended, or `null` while it is open. */
  readonly end: (typeof ENDS)[number] | null;
}

/** Everything that is derived from the journal; nothing of it is written a second time. */
export interface History {
  readonly last: JournalRecord | null;
  readonly runs: readonly RunHistory[];
  /** The run that must be driven on: the outermost open one, which sees to its inner run. */
  readonly open: RunHistory | null;
  /** The innermost open run: the one that is at work, or waits for a person. */
  readonly innermost: RunHistory | null;
  readonly state: MigrationState;
  /** The migration run whose rows are in the database and can be taken back. */
  readonly migrated: RunHistory | null;
  /** The run that ended in safe mode and has not been unlocked. */
  readonly locked: RunHistory | null;
}

const ENDS = ['migrated', 'rolledBack', 'unchanged', 'safeMode', 'unlocked', 'recovered', 'notRecovered'] as const;

/** How a run ended according to the state that its last record entered. */
export function endOf(value: JournalRecord['snapshot']['value']): RunHistory['end'] {
  return ENDS.find((end) => end === value) ?? null;
}

function runsOf(records: readonly JournalRecord[]): RunHistory[] {
  const runs = new Map<string, RunHistory>();
  for (const record of records.map((written) => presentRecord(written))) {
    runs.set(record.run, {
      run: record.run,
      parent: record.parent,
      machine: record.machine.id,
      first: runs.get(record.run)?.first ?? record,
      last: record,
      context: record.snapshot.context as unknown as RunHistory['context'],
      end: endOf(record.snapshot.value),
    });
  }
  for (const { last } of runs.values()) snapshotOf(last);
  return [...runs.values()];
}

const STATES_WHILE_OPEN: Readonly<Partial<Record<ChartId, MigrationState>>> = {
  migration: 'MIGRATING',
  rollback: 'ROLLING_BACK',
};

function stateAfter(state: MigrationState, run: RunHistory): MigrationState {
  if (run.end === null) return STATES_WHILE_OPEN[run.machine] ?? state;
  if (run.end === 'migrated') return 'MIGRATED';
  if (run.end === 'rolledBack') return 'ROLLED_BACK';
  if (run.end === 'safeMode') return 'SAFE_MODE';
  if (run.end === 'unlocked') return 'MIGRATED';
  return state;
}

/** The open run that wrote last: whoever is at work, or waits for a person, has the others wait for it. */
function innermostOf(runs: readonly RunHistory[], open: RunHistory | null): RunHistory | null {
  const isOrphan = ({ parent }: RunHistory): boolean => runs.some(({ run, end }) => run === parent && end !== null);
  const atWork = runs.filter((run) => run.end === null && !isOrphan(run));
  return (
    atWork.reduce<RunHistory | null>((latest, run) => (run.last.seq > (latest?.last.seq ?? -1) ? run : latest), null) ??
    open
  );
}

/**
 * What the journal's records say all together. A run within another one is that one's own affair: only how the outer
 * one ended counts.
 * @throws JournalError `JOURNAL_NEWER`, `JOURNAL_UNREADABLE` for what the charts of this library do not know
 */
export function historyOf(records: readonly JournalRecord[]): History {
  const runs = runsOf(records);
  let state: MigrationState = 'NOT_STARTED';
  let migrated: RunHistory | null = null;
  // In the order in which they ended: within one, another may have been written down.
  const outer = runs.filter(({ parent }) => parent === null).sort((a, b) => a.last.seq - b.last.seq);
  for (const run of outer) {
    state = stateAfter(state, run);
    if (run.end === 'migrated' || (run.machine === 'migration' && run.end === 'unlocked')) migrated = run;
    if (run.end === 'rolledBack') migrated = null;
  }
  const locked = outer.find((run) => run.end === 'safeMode') ?? null;
  const unfinished = outer.filter((run) => run.end === null);
  // A crash recovery sees to the run that it was about.
  const open = unfinished.find(({ machine }) => machine === 'crashRecovery') ?? unfinished[0] ?? null;
  return {
    last: records.at(-1) ?? null,
    runs,
    open,
    innermost: innermostOf(runs, open),
    state: locked === null ? state : 'SAFE_MODE',
    migrated,
    locked,
  };
}

/** Whether a recovery has dealt with a run that the journal had lost. */
export function wasSettledWithoutJournal(runs: readonly RunHistory[], run: string): boolean {
  return runs.some(({ machine, end, context }) => {
    if (machine !== 'crashRecovery' || end === null || end === 'recovered') return false;
    const lost = 'lost' in context ? context.lost : null;
    return lost !== null && (lost.undoes === run || lost.rollback === run);
  });
}

/** Whether a run needs nothing any more: it has ended, or the one that it was within has. */
export function isOver({ runs }: History, run: string): boolean {
  const known = runs.find((one) => one.run === run);
  if (known === undefined) return wasSettledWithoutJournal(runs, run);
  if (known.end !== null) return true;
  return runs.some(({ run: outer, end }) => outer === known.parent && end !== null);
}
