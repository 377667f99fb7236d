import { type CommonAction, type Update as UpdateOf, updatesFor } from '../updates.ts';
import type { CrashRecoveryContext, CrashRecoveryEvent } from './types.ts';

type Update = UpdateOf<CrashRecoveryContext, CrashRecoveryEvent>;

const { update, on, common } = updatesFor<CrashRecoveryContext, CrashRecoveryEvent>({
  RUN_ENDED: 'BACKUP_NOT_FOUND',
  MISMATCHED: 'VERIFICATION_FAILED',
});

const does = (action: CrashRecoveryContext['action']): Update =>
  update((context) => {
    context.action = action;
  });

const end = (outcome: NonNullable<CrashRecoveryContext['outcome']>): Update =>
  update((context) => {
    context.outcome = outcome;
    context.attempts = 0;
    if (outcome === 'safeMode') {
      context.escalation = 3;
      context.action = 'safeMode';
    }
  });

const intend = (intent: CrashRecoveryContext['intent']): Update =>
  update((context) => {
    context.intent = intent;
  });

/** The names of the crash recovery chart's actions. */
export type CrashRecoveryAction =
  | CommonAction
  | 'noteRun'
  | 'noteLost'
  | 'noteUnsettled'
  | 'noteFindings'
  | 'noteKeys'
  | 'noteRestored'
  | 'noteDebts'
  | 'askForOpenRun'
  | 'askForLostRun'
  | 'askForSettling'
  | 'intendToVerify'
  | 'intendToWithdraw'
  | 'intendToReplaceBackup'
  | 'noteWaiting'
  | 'noteLocked'
  | 'noteResumedRun'
  | 'noteKeptEmpty'
  | 'noteAdopted'
  | 'noteCompleted'
  | 'noteRetried'
  | 'noteDiscarded'
  | 'endRecovered'
  | 'endRolledBack'
  | 'endUnchanged'
  | 'endInSafeMode';

/** The actions of the crash recovery chart, by name. */
export const crashRecoveryActions: Readonly<Record<CrashRecoveryAction, Update>> = {
  ...common,
  noteRun: update((context, event) => {
    if ('run' in event) context.concerns = event.run;
    context.attempts = 0;
  }),
  noteLost: on('JOURNAL_LOST', (context, { lost }) => {
    context.lost = lost;
    context.concerns = lost.rollback ?? lost.undoes;
    context.attempts = 0;
  }),
  noteUnsettled: on('NOTHING_OPEN', (context, { settling }) => {
    context.concerns = settling;
    context.attempts = 0;
  }),
  noteFindings: on('PROBED', (context, { findings, keys }) => {
    context.findings = findings;
    context.keys = keys;
    context.attempts = 0;
  }),
  noteKeys: update((context, event) => {
    if ('keys' in event) context.keys = event.keys;
    context.attempts = 0;
  }),
  noteRestored: on('RESTORED_AGAIN', (context, { written, left }) => {
    context.written = written;
    context.left = left;
    context.action = 'restoredAgain';
    context.attempts = 0;
  }),
  noteDebts: on('DEBTS_PAID', (context, { paid }) => {
    if (paid > 0 && context.action === 'nothingToDo') context.action = 'debtsPaid';
  }),
  askForOpenRun: update((context) => {
    context.asksFor = 'openRun';
    context.escalation = 2;
  }),
  askForLostRun: update((context) => {
    context.asksFor = 'lostRun';
    context.escalation = 2;
  }),
  askForSettling: update((context) => {
    context.asksFor = 'settling';
    context.escalation = 2;
  }),
  intendToVerify: intend('verify'),
  intendToWithdraw: intend('withdraw'),
  intendToReplaceBackup: intend('replaceBackup'),
  noteWaiting: does('waiting'),
  noteLocked: does('safeMode'),
  noteResumedRun: does('resumed'),
  noteKeptEmpty: does('keptEmpty'),
  noteAdopted: does('adopted'),
  noteCompleted: does('completed'),
  noteRetried: does('retried'),
  noteDiscarded: does('discarded'),
  endRecovered: end('recovered'),
  endRolledBack: end('rolledBack'),
  endUnchanged: end('unchanged'),
  endInSafeMode: end('safeMode'),
};
