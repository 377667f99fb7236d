import { setup } from 'xstate';
import { again, type Chart, type StateMeta } from '../chart.ts';
import { emergencyRecoveryActions } from './actions.ts';
import { initialContext } from './context.ts';
import * as guards from './guards.ts';
import { emergencyRecoveryMeta as meta } from './meta.ts';
import type {
  EmergencyRecoveryCommand,
  EmergencyRecoveryContext,
  EmergencyRecoveryEvent,
  EmergencyRecoveryInput,
} from './types.ts';

/** Has the runtime carry out a command once the record that announces it is durable. */
const run = (command: EmergencyRecoveryCommand) => ({ type: 'run', params: { command } }) as const;

const stop = { target: 'requestingManualRecovery', actions: 'noteFailure' } as const;
const useOlder = { target: 'recovered', guard: 'choosesOlderBackup', actions: 'takeOlder' } as const;
/** Notices that cannot be delivered keep nobody from answering. */
const asking = (state: string) => [again(state), { actions: 'warn' } as const];

/**
 * The emergency recovery: every backup is tried, newest first; then the data is put together from what is left; then
 * a person is called. Nothing older and nothing lossy is used unasked (rule ER1).
 */
export const emergencyRecoveryMachine: Chart<EmergencyRecoveryContext, EmergencyRecoveryEvent, EmergencyRecoveryInput> =
  setup({
    types: {} as {
      context: EmergencyRecoveryContext;
      events: EmergencyRecoveryEvent;
      input: EmergencyRecoveryInput;
      meta: StateMeta;
    },
    actions: { run: (_, _params: { command: EmergencyRecoveryCommand }) => {}, ...emergencyRecoveryActions },
    guards: { ...guards },
  }).createMachine({
    id: 'emergencyRecovery',
    context: ({ input }) => initialContext(input),
    initial: 'tryingBackups',
    on: { RESUMED: { actions: 'noteResumed' } },
    states: {
      tryingBackups: {
        meta: meta.tryingBackups,
        entry: run('tryBackups'),
        on: {
          BACKUP_FOUND: [
            { target: 'recovered', guard: 'isOfThisMigration', actions: ['noteFound', 'takeFound'] },
            { target: 'askingForOlderBackup', actions: ['noteFound', 'askPerson'] },
          ],
          NO_BACKUP: { target: 'reconstructing', actions: 'noteNoBackup' },
          CANCEL: stop,
          FAILED: [again('tryingBackups'), { target: 'reconstructing', actions: 'warn' }],
        },
      },
      askingForOlderBackup: {
        meta: meta.askingForOlderBackup,
        entry: run('ask'),
        on: {
          DECIDE: [
            useOlder,
            { target: 'reconstructing', guard: 'choosesToReconstruct', actions: 'startAfresh' },
            { ...stop, guard: 'choosesToStop' },
          ],
          CANCEL: stop,
          FAILED: asking('askingForOlderBackup'),
        },
      },
      reconstructing: {
        meta: meta.reconstructing,
        entry: run('reconstruct'),
        on: {
          RECONSTRUCTED: [
            { target: 'recovered', guard: 'isExact', actions: ['noteReconstruction', 'takeReconstruction'] },
            { target: 'askingForReconstruction', actions: ['noteReconstruction', 'askPerson'] },
          ],
          NOT_RECONSTRUCTED: stop,
          CANCEL: stop,
          FAILED: [again('reconstructing'), stop],
        },
      },
      askingForReconstruction: {
        meta: meta.askingForReconstruction,
        entry: run('ask'),
        on: {
          DECIDE: [
            { target: 'recovered', guard: 'choosesReconstruction', actions: 'takeReconstruction' },
            useOlder,
            { ...stop, guard: 'choosesToStop' },
          ],
          CANCEL: stop,
          FAILED: asking('askingForReconstruction'),
        },
      },
      requestingManualRecovery: {
        meta: meta.requestingManualRecovery,
        entry: run('requestManualRecovery'),
        on: {
          REQUESTED: { target: 'notRecovered', actions: 'giveUp' },
          FAILED: [again('requestingManualRecovery'), { target: 'notRecovered', actions: ['warn', 'giveUp'] }],
        },
      },
      recovered: { type: 'final', meta: meta.recovered },
      notRecovered: { type: 'final', meta: meta.notRecovered },
    },
  });
