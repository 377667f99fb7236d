import { type CommonAction, type Update as UpdateOf, updatesFor } from '../updates.ts';
import type { EmergencyRecoveryContext, EmergencyRecoveryEvent } from './types.ts';

type Update = UpdateOf<EmergencyRecoveryContext, EmergencyRecoveryEvent>;

const { update, on, common } = updatesFor<EmergencyRecoveryContext, EmergencyRecoveryEvent>({
  CANCEL: 'USER_CANCELLED',
  DECIDE: 'USER_CANCELLED',
  NOT_RECONSTRUCTED: 'BACKUP_NOT_FOUND',
});

/** The names of the emergency recovery chart's actions. */
export type EmergencyRecoveryAction =
  | CommonAction
  | 'noteFound'
  | 'noteNoBackup'
  | 'noteReconstruction'
  | 'askPerson'
  | 'takeFound'
  | 'takeOlder'
  | 'takeReconstruction'
  | 'giveUp';

/** The actions of the emergency recovery chart, by name. */
export const emergencyRecoveryActions: Readonly<Record<EmergencyRecoveryAction, Update>> = {
  ...common,
  noteFound: on('BACKUP_FOUND', (context, { found, tried }) => {
    context.tried = tried;
    context.keys = found.keys;
    if (found.age === 'older') context.older = found;
    context.attempts = 0;
  }),
  noteNoBackup: on('NO_BACKUP', (context, { tried }) => {
    context.tried = tried;
    context.attempts = 0;
  }),
  noteReconstruction: on('RECONSTRUCTED', (context, { reconstruction }) => {
    context.reconstruction = reconstruction;
    context.attempts = 0;
  }),
  askPerson: update((context) => {
    context.escalation = 2;
  }),
  takeFound: on('BACKUP_FOUND', (context, { found }) => {
    context.recovered = found.backup;
    context.outcome = 'recovered';
  }),
  takeOlder: update((context) => {
    context.recovered = context.older?.backup ?? null;
    context.outcome = 'recovered';
  }),
  takeReconstruction: update((context) => {
    context.recovered = context.reconstruction?.backup ?? null;
    context.outcome = 'recovered';
  }),
  giveUp: update((context) => {
    context.escalation = 3;
    context.outcome = 'notRecovered';
  }),
};
