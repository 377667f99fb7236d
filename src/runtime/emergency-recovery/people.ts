import type { EmergencyRecoveryContext, EmergencyRecoveryEvent } from '../../machines/emergency-recovery/types.ts';
import type { Work } from '../execution/types.ts';
import { copyQuestionNotices, manualRecoveryNotices, send } from '../notifications.ts';

/** Tells the user that a decision is wanted, and support that somebody may need help with it. */
export async function ask(context: EmergencyRecoveryContext, { world }: Work): Promise<null> {
  // Nobody knows how long a person takes.
  await world.operations.resume();
  await send(world, copyQuestionNotices(world, context));
  return null;
}

/** Tells administrators and engineering what is affected and what to do. */
export async function requestManualRecovery(
  context: EmergencyRecoveryContext,
  { world }: Work,
): Promise<EmergencyRecoveryEvent> {
  await send(world, manualRecoveryNotices(world, context));
  return { type: 'REQUESTED' };
}
