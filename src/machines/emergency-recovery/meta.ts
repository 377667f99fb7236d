import { type StateMeta, describe as state } from '../chart.ts';

const step = 'Load Backup';
const looking = state.bind(null, 'PREPARING', 'warning', 'stopsHere');

/** The names of the emergency recovery's states. */
export type EmergencyRecoveryState =
  | 'tryingBackups'
  | 'askingForOlderBackup'
  | 'reconstructing'
  | 'askingForReconstruction'
  | 'requestingManualRecovery'
  | 'recovered'
  | 'notRecovered';

/** What each state of the emergency recovery means to people, by the state's name. */
export const emergencyRecoveryMeta: Readonly<Record<EmergencyRecoveryState, StateMeta>> = {
  tryingBackups: looking('Trying every backup', 'Verifies each generation, the newest first. Changes nothing.', {
    step,
  }),
  askingForOlderBackup: looking(
    'Only an older backup is left',
    'It lacks what was changed after it was made. A person decides whether it is used.',
    { step, waitsFor: 'person' },
  ),
  reconstructing: looking(
    'Putting the data together again',
    'From storage, from what is whole of damaged backups, and from the rows. Changes nothing but keeps the result.',
    { step },
  ),
  askingForReconstruction: looking(
    'Not everything can be proved to be as it was',
    'A person decides whether what was put together is used.',
    { step, waitsFor: 'person' },
  ),
  requestingManualRecovery: state(
    'PREPARING',
    'critical',
    'tooLate',
    'Calling for help',
    'No copy is left that can be used unasked. Administrators are told what is affected.',
    { step },
  ),
  recovered: looking('Another copy was found', 'The rollback goes on with it.', { step }),
  notRecovered: state(
    'FAILED',
    'critical',
    'tooLate',
    'No copy was found',
    'A person has to repair what is affected; administrators know of it.',
    { step },
  ),
};
