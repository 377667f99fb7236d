import { expect, it } from 'vitest';
import { initialTransition, transition } from 'xstate';
import { type CrashRecoveryContext, crashRecoveryMachine, type Findings } from '../../src/machines/index.ts';
import { stateName } from '../../src/testing/paths/chart-path.ts';

/** One row of the table: what it is about, as far as it asks, and what is done. */
interface Row {
  readonly journal?: Findings['journal'];
  readonly copy?: Findings['copy'];
  readonly storage?: readonly Findings['storage'][];
  readonly database?: Findings['database'];
  readonly phase?: Findings['phase'];
  readonly does: string;
}

/**
 * The crash table, written down once more, independently of the chart: the first row that fits decides. With a journal
 * that can be read the open run itself is gone on with, told what it is to do; without one the runs that database and
 * storage tell of are dealt with, a migration before anything is called a rollback.
 */
const TABLE: readonly Row[] = [
  // A verified copy of every item, and a journal that says where the run was.
  { journal: 'readable', storage: ['emptied'], does: 'asking' },
  { journal: 'readable', copy: 'verified', does: 'resuming goOn' },
  // Without a journal: was there a rollback at all?
  { journal: 'lost', phase: 'migrated', does: 'adopting' },
  { journal: 'lost', phase: 'copying', does: 'discarding' },
  // Without a marker somebody may have emptied it on purpose, with a journal or without one.
  { journal: 'lost', storage: ['emptied'], does: 'asking' },
  // Storage intact, database empty: verified once more, it is complete.
  { journal: 'lost', storage: ['intact'], database: 'empty', does: 'completing' },
  { journal: 'readable', storage: ['intact'], database: 'empty', does: 'resuming verify' },
  // Storage empty, database intact: the rollback had not started, and is tried again.
  { journal: 'lost', storage: ['empty'], database: 'intact', does: 'retrying' },
  // Anything else: with another copy, which the run looks for, and with people when there is none.
  { journal: 'lost', does: 'retrying' },
  { journal: 'readable', does: 'resuming replaceBackup' },
];

const fits = (row: Row, found: Findings): boolean =>
  (row.journal ?? found.journal) === found.journal &&
  (row.copy ?? found.copy) === found.copy &&
  (row.storage ?? [found.storage]).includes(found.storage) &&
  (row.database ?? found.database) === found.database &&
  (row.phase ?? found.phase) === found.phase;

const combinations: readonly Findings[] = (['readable', 'lost'] as const).flatMap((journal) =>
  (['verified', 'none'] as const).flatMap((copy) =>
    (['intact', 'empty', 'emptied', 'partial'] as const).flatMap((storage) =>
      (['intact', 'empty', 'partial'] as const).flatMap((database) =>
        (['copying', 'migrated', 'rollingBack'] as const).map((phase) => ({ journal, copy, storage, database, phase })),
      ),
    ),
  ),
);

/** What the chart does about what was found. */
function decide(findings: Findings): { readonly does: string; readonly context: CrashRecoveryContext } {
  const input = { run: 'recovery', migration: 'migration', storage: 'storage' };
  const [begun] = initialTransition(crashRecoveryMachine, input);
  const found =
    findings.journal === 'lost'
      ? ({ type: 'JOURNAL_LOST', lost: { undoes: 'migration-run', rollback: 'rollback-run' } } as const)
      : ({ type: 'RUN_OPEN', run: 'rollback-run' } as const);
  const [probing] = transition(crashRecoveryMachine, begun, found);
  const [decided] = transition(crashRecoveryMachine, probing, { type: 'PROBED', findings, keys: 3 });
  const { context } = decided;
  const state = stateName(decided.value);
  return { does: state === 'resuming' ? `resuming ${context.intent}` : state, context };
}

it('CR2 every combination of findings is decided as the crash table says', () => {
  const taken = new Map<Row, number>();
  for (const findings of combinations) {
    const row = TABLE.find((one) => fits(one, findings)) as Row;
    taken.set(row, (taken.get(row) ?? 0) + 1);
    expect({ ...findings, does: decide(findings).does }).toEqual({ ...findings, does: row.does });
  }
  expect(combinations).toHaveLength(144);
  expect([...taken.keys()]).toHaveLength(TABLE.length);
});

it('CR2 whatever was found is kept with the decision, and asking is told for what', () => {
  for (const findings of combinations) {
    const { context, does } = decide(findings);
    expect(context.findings).toEqual(findings);
    const open = findings.journal === 'lost' ? 'lostRun' : 'openRun';
    expect(context.asksFor).toBe(does === 'asking' ? open : null);
    expect(context.escalation).toBe(does === 'asking' ? 2 : 1);
  }
});

it('CR3 nothing that was emptied is filled before a person was asked', () => {
  for (const findings of combinations.filter(({ storage }) => storage === 'emptied'))
    expect(['asking', 'adopting', 'discarding']).toContain(decide(findings).does);
});
