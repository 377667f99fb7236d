import { BackpedalError } from '../../errors.ts';
import { emergencyRecoveryMachine } from '../../machines/emergency-recovery/machine.ts';
import {
  EMERGENCY_RECOVERY_VERSION,
  type EmergencyRecoveryCommand,
  type EmergencyRecoveryContext,
  type EmergencyRecoveryEvent,
  type EmergencyRecoveryInput,
} from '../../machines/emergency-recovery/types.ts';
import type { Plan, Work } from '../execution/types.ts';
import { tryBackups } from './backups.ts';
import type { EmergencyMemory } from './memory.ts';
import * as people from './people.ts';
import { reconstruct } from './reconstruct.ts';

type Hand = (
  context: EmergencyRecoveryContext,
  work: Work,
  memory: EmergencyMemory,
) => Promise<EmergencyRecoveryEvent | null>;

/** Every command of the chart with the hand that carries it out. */
const hands: Readonly<Record<EmergencyRecoveryCommand, Hand>> = {
  tryBackups,
  ask: people.ask,
  reconstruct,
  requestManualRecovery: people.requestManualRecovery,
};

/** The emergency recovery as it is executed. */
export function emergencyRecoveryPlan(
  memory: EmergencyMemory,
): Plan<EmergencyRecoveryContext, EmergencyRecoveryEvent, EmergencyRecoveryInput> {
  return {
    id: 'emergencyRecovery',
    version: EMERGENCY_RECOVERY_VERSION,
    machine: emergencyRecoveryMachine,
    unlimited: [],
    weights: { tryBackups: 40, reconstruct: 60 },
    carryOut: (command, context, work) => {
      const hand = hands[command as EmergencyRecoveryCommand];
      if (hand === undefined) throw new BackpedalError('INTERNAL', `Nobody can carry out ${command}.`);
      return hand(context, work, memory);
    },
  };
}
