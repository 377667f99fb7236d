import { restingMeta, type StateMeta, describe as state } from '../chart.ts';

const preparing = state.bind(null, 'PREPARING', 'info', 'stopsHere');
const copying = state.bind(null, 'EXECUTING', 'info', 'undoes');
const undoing = state.bind(null, 'EXECUTING', 'warning', 'tooLate');

/** The names of the migration's states. */
export type MigrationState =
  | 'surveying'
  | 'locking'
  | 'stopping'
  | 'backingUp'
  | 'copyingBatch'
  | 'verifyingCopy'
  | 'takingDigests'
  | 'clearingSource'
  | 'rollingBack'
  | 'puttingSourceBack'
  | 'discardingCopy'
  | 'closing'
  | 'releasing'
  | 'lockingDown'
  | 'announcing'
  | 'migrated'
  | 'unchanged'
  | 'rolledBack'
  | 'safeMode'
  | 'unlocked';

/** What each state of the migration means to people, by the state's name. */
export const migrationMeta: Readonly<Record<MigrationState, StateMeta>> = {
  ...restingMeta,
  surveying: preparing('Looking at your data', 'Reads what is to be moved and checks that all of it is understood.'),
  locking: preparing('Making sure that nobody else is at it', 'Takes the lease; the database issues a fencing token.'),
  stopping: preparing('Stopping the app’s work', 'The app’s writers stand still so that nothing changes meanwhile.'),
  backingUp: preparing('Making a backup', 'Keeps every value byte for byte, with its hash, and reads it back.'),
  copyingBatch: copying('Copying into the database', 'Validates the items and copies them, a batch at a time.'),
  verifyingCopy: copying('Checking the copy', 'Compares every row with the item that it was made from.'),
  takingDigests: copying('Taking fingerprints', 'Records digests, so that later changes can be told.'),
  clearingSource: copying(
    'Finishing the move',
    'Removes each key that still equals its backup, and writes the marker.',
  ),
  rollingBack: undoing('Rolling back', 'The source had begun to be cleared, so a rollback takes everything back.'),
  puttingSourceBack: undoing('Putting the source back', 'Every key that was removed is written again from the backup.'),
  discardingCopy: undoing('Removing the copy', 'The rows that were copied are moved to the archive.'),
  closing: state('VERIFYING', 'info', 'tooLate', 'Tidying up', 'Closes the run and gives the lease back.'),
  releasing: undoing('Letting go', 'Gives the lease back and lets the app work again.'),
  lockingDown: state(
    'FAILED',
    'critical',
    'tooLate',
    'Entering safe mode',
    'Neither forwards nor backwards was possible. Every copy is kept, and people are told.',
  ),
  migrated: state('COMPLETED', 'info', 'tooLate', 'Moved', 'Your data is in the database.'),
  unchanged: state('FAILED', 'warning', 'tooLate', 'Nothing was changed', 'Everything is as it was before the run.'),
  rolledBack: state('FAILED', 'warning', 'tooLate', 'Taken back', 'The migration was stopped and rolled back.'),
};
