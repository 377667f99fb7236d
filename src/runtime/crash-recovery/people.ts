import type { CrashRecoveryContext, CrashRecoveryEvent } from '../../machines/crash-recovery/types.ts';
import { appendAudit } from '../audit-log.ts';
import type { Work } from '../execution/types.ts';
import { crashRecoveryNotices, emptiedStorageNotices, send } from '../notifications.ts';
import { tell } from '../results.ts';
import { readHistory, type Session } from '../session.ts';
import type { CrashMemory } from './memory.ts';

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

/** Writers that stand still for a command which was given up work again, unless there is a run left to go on with. */
async function letWritersGo({ run, outcome }: CrashRecoveryContext, { world }: Work, session: Session): Promise<void> {
  if (outcome === 'safeMode' || world.operations.wanted() === 'working') return;
  const { runs } = await readHistory(session);
  if (runs.every((known) => known.run === run || known.end !== null)) await world.operations.resume();
}

/** The end of a recovery: writers that may work do, and people are told. */
export async function end(
  context: CrashRecoveryContext,
  work: Work,
  { session }: CrashMemory,
): Promise<CrashRecoveryEvent> {
  await letWritersGo(context, work, session);
  return announce(context, work);
}
