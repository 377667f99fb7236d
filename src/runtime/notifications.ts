import { BackpedalError } from '../errors.ts';
import type { CrashRecoveryContext } from '../machines/crash-recovery/types.ts';
import type { EmergencyRecoveryContext } from '../machines/emergency-recovery/types.ts';
import type { MigrationContext } from '../machines/migration/types.ts';
import type { RollbackContext } from '../machines/rollback/types.ts';
import type { Notification } from '../ports/notify.ts';
import { causeOf } from './cause.ts';
import type { AnyContext } from './execution/types.ts';
import type { MigrationResult, RollbackResult } from './status-types.ts';
import type { World } from './world.ts';

const notice = (
  world: World,
  key: string,
  facts: Pick<Notification, 'audience' | 'type' | 'title' | 'message'> & Partial<Notification>,
): Notification => ({
  userId: world.identity.user(),
  actions: [],
  ...facts,
  idempotencyKey: `${world.migration.id}/${key}`,
});

/**
 * Delivers every notice; a receiver that fails does not keep the others from theirs.
 * @throws BackpedalError `NOTIFICATION_FAILED` (transient) when one could not be delivered
 */
export async function send(world: World, notices: readonly Notification[]): Promise<void> {
  let failure: unknown = null;
  for (const one of notices) {
    try {
      await world.notify(one);
    } catch (error) {
      failure = error;
      world.logger.warn('A notification could not be delivered.', { audience: one.audience, cause: causeOf(error) });
    }
  }
  if (failure === null) return;
  throw new BackpedalError('NOTIFICATION_FAILED', 'A notification could not be delivered.', {
    cause: failure,
    persistence: 'transient',
  });
}

/** For the user after a rollback, as in the user's own procedures. */
export function rollbackNotices(
  world: World,
  context: RollbackContext,
  result: RollbackResult,
): readonly Notification[] {
  if (result.outcome === 'safeMode') return [];
  const wentWell = result.finalStatus === 'SUCCESS';
  const message = wentWell
    ? 'Migration rolled back successfully. Your data has been restored.'
    : 'Rollback completed with warnings. Please verify your data.';
  const nothing = 'The rollback was not carried out. Nothing has been changed.';
  return [
    notice(world, `${context.run}/user`, {
      audience: 'user',
      type: wentWell ? 'SUCCESS' : 'WARNING',
      title: result.outcome === 'rolledBack' ? 'Migration Rollback Complete' : 'Migration Rollback Not Carried Out',
      message: result.outcome === 'rolledBack' ? message : nothing,
      actions: ['View Details', 'Verify Data'],
      details: { runId: context.run, outcome: result.outcome },
    }),
  ];
}

/** For the user after a migration. */
export function migrationNotices(
  world: World,
  context: MigrationContext,
  result: MigrationResult,
): readonly Notification[] {
  if (result.outcome === 'safeMode') return [];
  const texts = {
    migrated:
      result.failed === 0
        ? 'Your data has been moved.'
        : 'Your data has been moved, except for some items that could not be; they stay where they were.',
    unchanged: 'The migration was stopped. Nothing has been changed.',
    rolledBack: 'The migration was stopped, and your data has been put back.',
  };
  return [
    notice(world, `${context.run}/user`, {
      audience: 'user',
      type: result.finalStatus === 'SUCCESS' ? 'SUCCESS' : 'WARNING',
      title: result.outcome === 'migrated' ? 'Migration Complete' : 'Migration Not Carried Out',
      message: texts[result.outcome],
      actions: ['View Details', 'Verify Data'],
      details: { runId: context.run, outcome: result.outcome },
    }),
  ];
}

/** Level 2: the user decides, support knows of it. */
export function questionNotices(world: World, context: RollbackContext): readonly Notification[] {
  const { drift } = context;
  const key = `${context.run}/question/${drift?.rows}/${drift?.storage}`;
  const details = { runId: context.run, drift };
  return [
    notice(world, `${key}/user`, {
      audience: 'user',
      type: 'QUESTION',
      title: 'Your decision is needed',
      message: 'Data was changed after the migration. Choose whether these changes are merged into what is restored.',
      actions: ['Merge', 'Discard', 'Cancel'],
      details,
    }),
    notice(world, `${key}/support`, {
      audience: 'support',
      type: 'QUESTION',
      title: 'A rollback waits for a decision',
      message: 'Data was changed after the migration; the user has been asked what becomes of it.',
      actions: ['View Details'],
      details,
    }),
  ];
}

/** Level 2: only copies are left that are not what was backed up; the user decides, support knows of it. */
export function copyQuestionNotices(world: World, context: EmergencyRecoveryContext): readonly Notification[] {
  const { older, reconstruction } = context;
  const isOlder = reconstruction === null;
  const key = `${context.run}/question/${isOlder ? older?.backup : reconstruction.backup}`;
  const details = { runId: context.run, older, reconstruction };
  return [
    notice(world, `${key}/user`, {
      audience: 'user',
      type: 'QUESTION',
      title: 'Your decision is needed',
      message: isOlder
        ? 'The backup cannot be used. An older one can; it lacks what was changed after it was made.'
        : 'The backup cannot be used. Your data was put together again, but not all of it can be proved to be as it was.',
      actions: isOlder
        ? ['Use the older backup', 'Put the data together', 'Stop']
        : ['Use what was put together', ...(older === null ? [] : ['Use the older backup']), 'Stop'],
      details,
    }),
    notice(world, `${key}/support`, {
      audience: 'support',
      type: 'QUESTION',
      title: 'A rollback waits for a decision',
      message: 'The backup of a migration cannot be used; the user has been asked which other copy is to be used.',
      actions: ['View Details'],
      details,
    }),
  ];
}

/** Level 3 with nothing changed: reason, suggested action and affected data. */
export function manualRecoveryNotices(world: World, context: EmergencyRecoveryContext): readonly Notification[] {
  const details = {
    runId: context.run,
    reason: 'No valid backup available',
    suggestedAction: 'Manual data verification required',
    affectedData: {
      backup: context.backup,
      migration: context.undoes,
      storage: context.storage,
      tried: context.tried,
      reconstruction: context.reconstruction,
    },
  };
  return (['administrators', 'engineering'] as const).map((audience) =>
    notice(world, `${context.run}/manual/${audience}`, {
      audience,
      type: 'CRITICAL',
      title: 'Manual recovery required',
      message: 'A rollback found no verified copy to restore. Nothing has been changed.',
      actions: ['View Details'],
      details,
    }),
  );
}

/** Level 2: storage was found empty, perhaps on purpose; the user decides, support knows of it. */
export function emptiedStorageNotices(world: World, context: CrashRecoveryContext): readonly Notification[] {
  const details = { runId: context.run, keys: context.keys };
  return [
    notice(world, `${context.run}/question/user`, {
      audience: 'user',
      type: 'QUESTION',
      title: 'Your decision is needed',
      message: 'All data of this app is gone from the browser’s storage. Choose whether it is put back or stays away.',
      actions: ['Restore', 'Keep empty'],
      details,
    }),
    notice(world, `${context.run}/question/support`, {
      audience: 'support',
      type: 'QUESTION',
      title: 'A recovery waits for a decision',
      message: 'Storage was emptied, perhaps by a log-out; the user has been asked whether the data is put back.',
      actions: ['View Details'],
      details,
    }),
  ];
}

/** For the user after a recovery that has changed something by itself. */
export function crashRecoveryNotices(world: World, context: CrashRecoveryContext): readonly Notification[] {
  const texts: Readonly<Partial<Record<CrashRecoveryContext['action'], string>>> = {
    restoredAgain: 'The browser had not kept what was restored; it has been written once more.',
    completed: 'Migration rolled back successfully. Your data has been restored.',
  };
  const message = texts[context.action];
  if (message === undefined || context.failure !== null) return [];
  return [
    notice(world, `${context.run}/user`, {
      audience: 'user',
      type: context.left > 0 ? 'WARNING' : 'SUCCESS',
      title: 'Recovery Complete',
      message,
      actions: ['View Details', 'Verify Data'],
      details: { runId: context.run, action: context.action, written: context.written, left: context.left },
    }),
  ];
}

function rowsIn(context: AnyContext): number | null {
  if ('copied' in context) return context.copied;
  return 'rows' in context ? context.rows : null;
}

/** Level 3 after a partial failure: the alert of the user's procedures, and what administrators need to know. */
export function safeModeNotices(world: World, context: AnyContext): readonly Notification[] {
  const details = {
    runId: context.run,
    reason: context.failure?.code ?? 'UNKNOWN',
    suggestedAction: 'Download every copy, repair, then unlock with a reason',
    affectedData: { rows: rowsIn(context), keys: context.keys },
  };
  const user = notice(world, `${context.run}/safe-mode/user`, {
    audience: 'user',
    type: 'CRITICAL',
    title: 'Manual intervention required',
    message: 'Rollback partially failed. Manual intervention required.',
    actions: ['Contact Support', 'Download Backup'],
    details: { runId: context.run },
  });
  const others = (['engineering', 'administrators', 'support'] as const).map((audience) =>
    notice(world, `${context.run}/safe-mode/${audience}`, {
      audience,
      type: 'CRITICAL',
      title: 'Safe mode entered',
      message: 'A run could go neither forwards nor backwards. Migration and rollback are locked; all copies are kept.',
      actions: ['View Details', 'Download Backup'],
      details,
    }),
  );
  return [user, ...others];
}
