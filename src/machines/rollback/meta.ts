import { restingMeta, type StateMeta, describe as state } from '../chart.ts';

const preparing = state.bind(null, 'PREPARING', 'info', 'stopsHere');
const executing = state.bind(null, 'EXECUTING', 'info', 'undoes');
const undoing = state.bind(null, 'EXECUTING', 'warning', 'tooLate');

/** The names of the rollback's states. */
export type RollbackState =
  | 'inspecting'
  | 'deciding'
  | 'locking'
  | 'stopping'
  | 'loadingBackup'
  | 'standingDown'
  | 'recoveringBackup'
  | 'clearingDatabase'
  | 'resolvingClear'
  | 'reclaiming'
  | 'replacingBackup'
  | 'invalidatingCache'
  | 'preparingRestore'
  | 'restoringStorage'
  | 'verifyingData'
  | 'cleaningState'
  | 'undoingRestore'
  | 'undoingClear'
  | 'releasing'
  | 'lockingDown'
  | 'announcing'
  | 'rolledBack'
  | 'unchanged'
  | 'safeMode'
  | 'unlocked';

/** What each state of the rollback means to people, by the state's name. */
export const rollbackMeta: Readonly<Record<RollbackState, StateMeta>> = {
  ...restingMeta,
  inspecting: preparing('Looking at what would change', 'Compares backup, storage and database. Changes nothing.'),
  deciding: state(
    'PREPARING',
    'warning',
    'stopsHere',
    'Waiting for your decision',
    'Data was changed after the migration. A person chooses what becomes of it; nothing is locked meanwhile.',
    { waitsFor: 'person' },
  ),
  locking: preparing('Making sure that nobody else is at it', 'Takes the lease; the database issues a fencing token.'),
  stopping: preparing('Stopping the app’s work', 'The app’s writers stand still so that nothing is written half-way.'),
  loadingBackup: preparing('Checking the backup', 'Verifies every hash before anything is read from it.', {
    step: 'Load Backup',
  }),
  standingDown: preparing('Letting the app work again', 'Something new was written; a person is asked once more.'),
  recoveringBackup: state(
    'PREPARING',
    'warning',
    'tooLate',
    'Looking for another copy',
    'The backup cannot be used. Other copies are looked for; nothing has been changed.',
    { step: 'Load Backup' },
  ),
  clearingDatabase: executing('Moving the rows out of the database', 'One transaction moves them to the archive.', {
    step: 'Clear Database',
  }),
  resolvingClear: executing(
    'Finding out whether the database was cleared',
    'The connection was lost while committing. Old owners are shut out, then the recorded outcome is read.',
    { step: 'Clear Database' },
  ),
  reclaiming: executing('Taking the lease back', 'Somebody else took the lease; it is fetched with a higher token.', {
    step: 'Restore LocalStorage',
  }),
  replacingBackup: state(
    'EXECUTING',
    'warning',
    'tooLate',
    'Looking for another copy',
    'The backup was damaged while the run was interrupted. Other copies are looked for; the rows are in the archive.',
    { step: 'Restore LocalStorage' },
  ),
  invalidatingCache: executing('Emptying the cache', 'Removes cached copies of the rows that were moved.', {
    step: 'Clear Database',
  }),
  preparingRestore: executing(
    'Preparing the restore',
    'Merges, keeps what would be overwritten in the vault, and records what every key is to hold.',
    { step: 'Restore LocalStorage' },
  ),
  restoringStorage: executing('Putting the data back', 'Writes every key in one burst, the marker last.', {
    step: 'Restore LocalStorage',
  }),
  verifyingData: state(
    'VERIFYING',
    'info',
    'tooLate',
    'Checking every key',
    'Compares the content of every key, and looks for rows that were left or came late.',
    { step: 'Verify Data' },
  ),
  cleaningState: state(
    'VERIFYING',
    'info',
    'tooLate',
    'Tidying up',
    'Closes the run and gives the lease back. Backups and archive are kept.',
    { step: 'Clean State' },
  ),
  undoingRestore: undoing('Undoing the restore', 'Puts back what storage held before the run.'),
  undoingClear: undoing('Putting the rows back', 'Moves the rows from the archive into their tables again.'),
  releasing: undoing('Letting go', 'Gives the lease back and lets the app work again. Nothing has been changed.'),
  lockingDown: state(
    'FAILED',
    'critical',
    'tooLate',
    'Entering safe mode',
    'Neither forwards nor backwards was possible. Every copy is kept, and people are told.',
  ),
  rolledBack: state('COMPLETED', 'info', 'tooLate', 'Your data is back', 'The migration has been rolled back.'),
  unchanged: state('FAILED', 'warning', 'tooLate', 'Nothing was changed', 'Everything is as it was before the run.'),
};
