import { setup } from 'xstate';
import { again, type Chart, type StateMeta } from '../chart.ts';
import { crashRecoveryActions } from './actions.ts';
import { initialContext } from './context.ts';
import * as guards from './guards.ts';
import { crashRecoveryMeta as meta } from './meta.ts';
import type { CrashRecoveryCommand, CrashRecoveryContext, CrashRecoveryEvent, CrashRecoveryInput } from './types.ts';

/** Has the runtime carry out a command; one that changes anything only once the record that announces it is durable. */
const run = (command: CrashRecoveryCommand) => ({ type: 'run', params: { command } }) as const;

const tell = '#crashRecovery.ending.announcing';
const lockDown = { target: '#crashRecovery.ending.lockingDown', actions: ['noteFailure', 'endInSafeMode'] } as const;
const retry = { target: '#crashRecovery.acting.retrying', actions: ['noteFindings', 'noteRetried'] } as const;
const ask = '#crashRecovery.acting.asking';
/** What cannot be done now is found again by the next start. */
const leave = { target: tell, actions: ['noteFailure', 'endRecovered'] } as const;
/** The same, for what a person could do nothing about either: an outage passes. */
const leaveForNow = { ...leave, guard: 'mayPass' } as const;
const fail = { target: '#crashRecovery.failed', actions: 'noteFailure' } as const;

/** The end that the outcome names. */
const ends = <More extends object>(more: More) =>
  [
    { target: '#crashRecovery.rolledBack', guard: 'endsRolledBack', ...more },
    { target: '#crashRecovery.unchanged', guard: 'endsUnchanged', ...more },
    { target: '#crashRecovery.safeMode', guard: 'endsInSafeMode', ...more },
    { target: '#crashRecovery.recovered', ...more },
  ] as const;

/**
 * The crash recovery, at every start: find the open run, probe the copies, decide by guards in the order of the crash
 * table, and resume, retry, complete after verification, or hand over; then see whether an ended run's burst has
 * reached the disk, and pay debts. While it only looks, nothing is recorded (rule CR1).
 */
export const crashRecoveryMachine: Chart<CrashRecoveryContext, CrashRecoveryEvent, CrashRecoveryInput> = setup({
  types: {} as {
    context: CrashRecoveryContext;
    events: CrashRecoveryEvent;
    input: CrashRecoveryInput;
    meta: StateMeta;
  },
  actions: { run: (_, _params: { command: CrashRecoveryCommand }) => {}, ...crashRecoveryActions },
  guards: { ...guards },
}).createMachine({
  id: 'crashRecovery',
  context: ({ input }) => initialContext(input),
  initial: 'looking',
  on: { RESUMED: { actions: 'noteResumed' } },
  states: {
    looking: {
      initial: 'finding',
      states: {
        finding: {
          meta: meta.finding,
          entry: run('findOpenRun'),
          on: {
            NOTHING_OPEN: [
              { target: 'settling', guard: 'isUnsettled', actions: 'noteUnsettled' },
              { target: 'payingDebts', actions: 'startAfresh' },
            ],
            RUN_OPEN: { target: 'probing', actions: 'noteRun' },
            RUN_WAITS: { target: '#crashRecovery.done', actions: ['noteRun', 'noteWaiting'] },
            LOCKED: { target: 'payingDebts', actions: ['noteRun', 'noteLocked'] },
            JOURNAL_LOST: { target: 'probing', actions: 'noteLost' },
            FAILED: [again('finding'), fail],
          },
        },
        probing: {
          meta: meta.probing,
          entry: run('probe'),
          on: {
            // In the order of the crash table (rule CR2).
            PROBED: [
              { target: ask, guard: 'isStorageEmptied', actions: ['noteFindings', 'askForOpenRun'] },
              { target: 'resuming', guard: 'canResume', actions: 'noteFindings' },
              { target: '#crashRecovery.acting.adopting', guard: 'wasMigrated', actions: 'noteFindings' },
              { target: '#crashRecovery.acting.discarding', guard: 'wasCopying', actions: 'noteFindings' },
              { target: ask, guard: 'isLostAndEmptied', actions: ['noteFindings', 'askForLostRun'] },
              { target: '#crashRecovery.acting.completing', guard: 'canComplete', actions: 'noteFindings' },
              { target: 'resuming', guard: 'canVerify', actions: ['noteFindings', 'intendToVerify'] },
              { ...retry, guard: 'canRetryFromTheStart' },
              { ...retry, guard: 'isJournalLost' },
              { target: 'resuming', actions: ['noteFindings', 'intendToReplaceBackup'] },
            ],
            FAILED: [again('probing'), fail],
          },
        },
        resuming: {
          meta: meta.resuming,
          entry: run('resumeRun'),
          on: {
            RUN_ENDED: { target: '#crashRecovery.done', actions: 'noteResumedRun' },
            FAILED: [again('resuming'), fail],
          },
        },
        settling: {
          meta: meta.settling,
          entry: run('checkSettling'),
          on: {
            SETTLED: { target: 'payingDebts', actions: 'startAfresh' },
            BURST_LOST: { target: '#crashRecovery.acting.restoringAgain', actions: 'noteKeys' },
            STORAGE_EMPTIED: { target: ask, actions: ['noteKeys', 'askForSettling'] },
            FAILED: [again('settling'), { target: 'payingDebts', actions: 'warn' }],
          },
        },
        payingDebts: {
          meta: meta.payingDebts,
          entry: run('payDebts'),
          on: {
            DEBTS_PAID: { target: '#crashRecovery.done', actions: 'noteDebts' },
            FAILED: [again('payingDebts'), { target: '#crashRecovery.done', actions: 'warn' }],
          },
        },
      },
    },
    acting: {
      initial: 'asking',
      states: {
        asking: {
          meta: meta.asking,
          entry: run('ask'),
          on: {
            DECIDE: [
              { target: 'goingOn', guard: 'restoresForOpenRun', actions: 'startAfresh' },
              { target: 'goingOn', guard: 'keepsEmptyForOpenRun', actions: ['startAfresh', 'intendToWithdraw'] },
              { target: 'retrying', guard: 'restoresForLostRun', actions: ['startAfresh', 'noteRetried'] },
              { target: 'adopting', guard: 'keepsEmptyForLostRun', actions: 'startAfresh' },
              { target: 'restoringAgain', guard: 'choosesToRestore', actions: 'startAfresh' },
              { target: tell, guard: 'choosesToKeepEmpty', actions: ['noteKeptEmpty', 'endRecovered'] },
            ],
            FAILED: [again('asking'), { actions: 'warn' }],
          },
        },
        goingOn: {
          meta: meta.goingOn,
          entry: run('resumeRun'),
          on: {
            RUN_ENDED: { target: tell, actions: ['noteResumedRun', 'endRecovered'] },
            FAILED: [again('goingOn'), leave],
          },
        },
        restoringAgain: {
          meta: meta.restoringAgain,
          entry: run('restoreAgain'),
          on: {
            RESTORED_AGAIN: { target: tell, actions: ['noteRestored', 'endRecovered'] },
            FAILED: [again('restoringAgain'), leave],
          },
        },
        adopting: {
          meta: meta.adopting,
          entry: run('adoptMigration'),
          on: {
            ADOPTED: { target: tell, actions: ['noteAdopted', 'endRecovered'] },
            FAILED: [again('adopting'), leave],
          },
        },
        discarding: {
          meta: meta.discarding,
          entry: run('discardCopy'),
          on: {
            DISCARDED: { target: tell, actions: ['noteDiscarded', 'endUnchanged'] },
            FAILED: [again('discarding'), leave],
          },
        },
        completing: {
          meta: meta.completing,
          entry: run('completeRollback'),
          on: {
            COMPLETED: { target: tell, actions: ['noteCompleted', 'endRolledBack'] },
            MISMATCHED: { target: 'retrying', actions: ['startAfresh', 'noteRetried'] },
            FAILED: [again('completing'), leaveForNow, lockDown],
          },
        },
        retrying: {
          meta: meta.retrying,
          entry: run('retryRollback'),
          on: {
            RUN_ENDED: [
              { target: tell, guard: 'tookBack', actions: 'endRolledBack' },
              { target: tell, guard: 'leftUnchanged', actions: 'endUnchanged' },
              lockDown,
            ],
            FAILED: [again('retrying'), leaveForNow, lockDown],
          },
        },
      },
    },
    ending: {
      initial: 'announcing',
      states: {
        lockingDown: {
          meta: meta.lockingDown,
          entry: run('lockDown'),
          on: {
            LOCKED_DOWN: { target: 'announcing', actions: 'startAfresh' },
            FAILED: [again('lockingDown'), { target: 'announcing', actions: 'warn' }],
          },
        },
        announcing: {
          meta: meta.announcing,
          entry: run('announce'),
          on: {
            ANNOUNCED: ends({}),
            FAILED: [again('announcing'), ...ends({ actions: ['warn', 'oweAnnouncing'] } as const)],
          },
        },
      },
    },
    done: { type: 'final', meta: meta.done },
    failed: { type: 'final', meta: meta.failed },
    recovered: { type: 'final', meta: meta.recovered },
    rolledBack: { type: 'final', meta: meta.rolledBack },
    unchanged: { type: 'final', meta: meta.unchanged },
    safeMode: { meta: meta.safeMode, on: { UNLOCK: 'unlocked' } },
    unlocked: { type: 'final', meta: meta.unlocked },
  },
});
