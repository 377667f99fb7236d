import { crashRecoveryMachine } from '../../machines/crash-recovery/machine.ts';
import type { CrashRecoveryContext, CrashRecoveryEvent, Findings } from '../../machines/crash-recovery/types.ts';
import type { ChartModel, Move } from './chart-path.ts';

const move = (name: string, event: CrashRecoveryEvent): Move => ({ name, event });

/** Findings that guards tell apart, by what a path calls them. */
const FOUND: Readonly<Record<string, Findings>> = {
  emptied: {
    journal: 'readable',
    copy: 'verified',
    storage: 'emptied',
    database: 'partial',
    phase: 'rollingBack',
  },
  resumable: {
    journal: 'readable',
    copy: 'verified',
    storage: 'partial',
    database: 'partial',
    phase: 'rollingBack',
  },
  restored: { journal: 'readable', copy: 'none', storage: 'intact', database: 'empty', phase: 'rollingBack' },
  'without a copy': {
    journal: 'readable',
    copy: 'none',
    storage: 'partial',
    database: 'partial',
    phase: 'rollingBack',
  },
  'journal lost, migrated': {
    journal: 'lost',
    copy: 'verified',
    storage: 'empty',
    database: 'intact',
    phase: 'migrated',
  },
  'journal lost, copying': {
    journal: 'lost',
    copy: 'verified',
    storage: 'partial',
    database: 'intact',
    phase: 'copying',
  },
  'journal lost, restored': {
    journal: 'lost',
    copy: 'verified',
    storage: 'intact',
    database: 'empty',
    phase: 'rollingBack',
  },
  'journal lost, not begun': {
    journal: 'lost',
    copy: 'verified',
    storage: 'empty',
    database: 'intact',
    phase: 'rollingBack',
  },
  'journal lost, storage written to': {
    journal: 'lost',
    copy: 'verified',
    storage: 'partial',
    database: 'intact',
    phase: 'rollingBack',
  },
  'journal lost, emptied': {
    journal: 'lost',
    copy: 'verified',
    storage: 'emptied',
    database: 'intact',
    phase: 'rollingBack',
  },
  'journal lost, half done': {
    journal: 'lost',
    copy: 'verified',
    storage: 'partial',
    database: 'empty',
    phase: 'rollingBack',
  },
};

const failed = (persistence: 'transient' | 'permanent'): Move =>
  move(`FAILED ${persistence}`, { type: 'FAILED', command: 'any', code: 'INTERNAL', persistence });

const fixed: readonly Move[] = [
  move('NOTHING_OPEN', { type: 'NOTHING_OPEN', settling: null }),
  move('NOTHING_OPEN, unsettled', { type: 'NOTHING_OPEN', settling: 'other' }),
  move('RUN_OPEN', { type: 'RUN_OPEN', run: 'other' }),
  move('RUN_WAITS', { type: 'RUN_WAITS', run: 'other' }),
  move('LOCKED', { type: 'LOCKED', run: 'other' }),
  move('JOURNAL_LOST', { type: 'JOURNAL_LOST', lost: { undoes: 'migration-run', rollback: 'other' } }),
  move('RUN_ENDED rolledBack', { type: 'RUN_ENDED', outcome: 'rolledBack' }),
  move('RUN_ENDED unchanged', { type: 'RUN_ENDED', outcome: 'unchanged' }),
  move('RUN_ENDED safeMode', { type: 'RUN_ENDED', outcome: 'safeMode' }),
  move('SETTLED', { type: 'SETTLED' }),
  move('BURST_LOST', { type: 'BURST_LOST', keys: 1 }),
  move('STORAGE_EMPTIED', { type: 'STORAGE_EMPTIED', keys: 1 }),
  move('DEBTS_PAID', { type: 'DEBTS_PAID', paid: 1 }),
  move('DECIDE restore', { type: 'DECIDE', choice: 'restore' }),
  move('DECIDE keepEmpty', { type: 'DECIDE', choice: 'keepEmpty' }),
  move('RESTORED_AGAIN', { type: 'RESTORED_AGAIN', written: 1, left: 0 }),
  move('ADOPTED', { type: 'ADOPTED' }),
  move('COMPLETED', { type: 'COMPLETED' }),
  move('MISMATCHED', { type: 'MISMATCHED' }),
  move('DISCARDED', { type: 'DISCARDED' }),
  move('LOCKED_DOWN', { type: 'LOCKED_DOWN' }),
  move('ANNOUNCED', { type: 'ANNOUNCED' }),
  move('RESUMED', { type: 'RESUMED', token: 1 }),
  move('UNLOCK', { type: 'UNLOCK', reason: 'repaired' }),
  failed('transient'),
  failed('permanent'),
];

/** What a look at the copies can find: a journal that was lost only where it was lost. */
const probed = ({ lost }: CrashRecoveryContext): readonly Move[] =>
  Object.entries(FOUND)
    .filter(([, { journal }]) => (journal === 'lost') === (lost !== null))
    .map(([name, findings]) => move(`PROBED ${name}`, { type: 'PROBED', findings, keys: 1 }));

/** The crash recovery chart with everything that can happen to it. */
export const crashRecoveryModel: ChartModel = {
  id: 'crashRecovery',
  machine: crashRecoveryMachine,
  input: { run: 'run', migration: 'migration', storage: 'storage' },
  moves: ({ context }) => [...fixed, ...probed(context as CrashRecoveryContext)],
  facts: (context) => {
    const { outcome, asksFor, lost, findings, recoveries, intent } = context as CrashRecoveryContext;
    return [outcome, asksFor, lost === null, intent, findings?.database === 'intact', recoveries > 0].join(' ');
  },
  limits: { canRetry: 'attempts' },
};
