import type { CrashRecoveryContext, CrashRecoveryEvent } from '../../machines/crash-recovery/types.ts';
import { appendAudit } from '../audit-log.ts';
import type { Work } from '../execution/types.ts';
import { crashRecoveryNotices, emptiedStorageNotices, send } from '../notifications.ts';
import { tell } from '../results.ts';

/** Tells the user that a decision is wanted, and support that somebody may need help with it. */
export async function ask(context: CrashRecoveryContext, { world }: Work): Promise<null> {
  // Nobody knows how long a person takes.
  await world.operations.resume();
  await send(world, emptiedStorageNotices(world, context));
  return null;
}

/** Writes the audit entry, once, and notifies people, at least once. */
export async function announce(context: CrashRecoveryContext, { world }: Work): Promise<CrashRecoveryEvent> {
  const failed = context.failure !== null || context.outcome === 'safeMode';
  await appendAudit(world, {
    type: 'CRASH_RECOVERY',
    migrationId: context.migration,
    runId: context.run,
    timestamp: new Date(world.clock.now()).toISOString(),
    result: failed ? 'FAILED' : context.warnings.length > 0 ? 'PARTIAL' : 'SUCCESS',
    steps: [],
    performedBy: world.identity.user(),
    reason: context.failure === null ? context.action : tell(context.failure).message,
    detail: context.action,
    outcome: context.outcome ?? 'recovered',
    escalation: context.escalation,
  });
  await send(world, crashRecoveryNotices(world, context));
  return { type: 'ANNOUNCED' };
}
