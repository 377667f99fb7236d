import { restingMeta, type StateMeta, describe as state } from '../chart.ts';

const looking = state.bind(null, 'PREPARING', 'info', 'tooLate');
const acting = state.bind(null, 'EXECUTING', 'warning', 'tooLate');

/** The names of the crash recovery's states. */
export type CrashRecoveryState =
  | 'finding'
  | 'probing'
  | 'resuming'
  | 'settling'
  | 'payingDebts'
  | 'asking'
  | 'goingOn'
  | 'restoringAgain'
  | 'adopting'
  | 'discarding'
  | 'completing'
  | 'retrying'
  | 'lockingDown'
  | 'announcing'
  | 'done'
  | 'failed'
  | 'recovered'
  | 'rolledBack'
  | 'unchanged'
  | 'safeMode'
  | 'unlocked';

/** What each state of the crash recovery means to people, by the state's name. */
export const crashRecoveryMeta: Readonly<Record<CrashRecoveryState, StateMeta>> = {
  ...restingMeta,
  finding: looking('Looking for unfinished work', 'Asks journal and database whether a run was interrupted.'),
  probing: looking('Looking at every copy', 'Compares storage, database, archive and backups. Changes nothing.'),
  resuming: looking('Going on with the interrupted run', 'It goes on at its last record, with a higher token.'),
  settling: looking(
    'Looking whether everything reached the disk',
    'Compares the marker in storage with the last run’s.',
  ),
  payingDebts: looking('Finishing what was left over', 'Pays what earlier runs still owe elsewhere.'),
  asking: state(
    'PREPARING',
    'warning',
    'tooLate',
    'Storage was emptied',
    'Perhaps somebody logged out. A person decides whether the data is put back; until then nothing is written.',
    { waitsFor: 'person' },
  ),
  goingOn: acting('Going on as decided', 'The interrupted run goes on, or is undone so that storage stays empty.'),
  restoringAgain: acting(
    'Putting the data back again',
    'The browser had not written it to the disk. Keys that hold something newer are left alone.',
  ),
  adopting: acting(
    'Taking note of the migration',
    'The journal was lost; database and storage say what had been done.',
  ),
  discarding: acting('Undoing an unfinished copy', 'The journal was lost before the source was cleared.'),
  completing: acting('Completing the rollback', 'Storage is intact and the rows are gone: it is verified once more.'),
  retrying: acting('Rolling back once more', 'The journal was lost in the middle of a rollback, which is begun anew.'),
  lockingDown: state(
    'FAILED',
    'critical',
    'tooLate',
    'Entering safe mode',
    'No complete copy was found. Everything there is is kept, and people are told.',
  ),
  done: state('COMPLETED', 'info', 'tooLate', 'Nothing is left to do', 'The app may start.'),
  failed: state('FAILED', 'warning', 'tooLate', 'It could not be looked', 'Nothing was changed. Try again.'),
  recovered: state('COMPLETED', 'info', 'tooLate', 'Recovered', 'What was interrupted or lost has been made good.'),
  rolledBack: state('COMPLETED', 'info', 'tooLate', 'Your data is back', 'The migration has been rolled back.'),
  unchanged: state('FAILED', 'warning', 'tooLate', 'Nothing was changed', 'Everything is as it was before the run.'),
};
