import { BackupError, DatabaseError } from '../../errors.ts';
import type { RollbackContext, RollbackEvent } from '../../machines/rollback/types.ts';
import type { BackupHead } from '../backup-format.ts';
import { findBackup, loadBackup } from '../backup-store.ts';
import type { Work } from '../execution/types.ts';
import { fenceOf, takeOver } from '../lease.ts';
import { questionNotices, send } from '../notifications.ts';
import { storageDrift, surveyStorage } from '../storage-survey.ts';
import type { World } from '../world.ts';
import { figuresOf, UNSEEN } from './drift.ts';
import type { RollbackMemory } from './memory.ts';
import { putRowsBack } from './undo-clear.ts';

/** Drifted rows that a survey names, for the plan and for messages. */
const LISTED = 1000;

/**
 * Refuses a backup that is not of this migration, this storage's origin and this user.
 * @throws BackupError `BACKUP_FOREIGN_MIGRATION`, `BACKUP_FOREIGN_ORIGIN`, `BACKUP_FOREIGN_USER`
 */
export function refuseForeign(world: World, head: BackupHead): void {
  if (head.migration !== world.migration.id) {
    throw new BackupError(
      'BACKUP_FOREIGN_MIGRATION',
      `The backup belongs to the migration ${JSON.stringify(head.migration)}, not to ${JSON.stringify(world.migration.id)}.`,
    );
  }
  if (head.origin !== world.storage.origin) {
    throw new BackupError(
      'BACKUP_FOREIGN_ORIGIN',
      `The backup was made at ${JSON.stringify(head.origin)}; this storage is of ${JSON.stringify(world.storage.origin)}.`,
    );
  }
  if (head.user !== world.identity.user()) {
    throw new BackupError(
      'BACKUP_FOREIGN_USER',
      'The backup was made for another user. Sign in as that user, or import a backup of this one.',
    );
  }
}

/** Compares backup, storage and database. Where the policy covers any drift, the rows are not looked at in advance. */
export async function inspect(
  context: RollbackContext,
  { world }: Work,
  memory: RollbackMemory,
): Promise<RollbackEvent> {
  const { head } = await findBackup(world, context.backup);
  refuseForeign(world, head);
  const storage = await storageDrift(await surveyStorage(world, head));
  if (context.approved.rows === 'any') {
    return { type: 'INSPECTED', rows: memory.items, drift: figuresOf(UNSEEN, storage) };
  }
  const survey = await world.database.survey(context.migration, context.undoes, LISTED);
  const forbids = survey.dependents.find(({ effect }) => effect === 'forbids');
  if (forbids !== undefined) {
    throw new DatabaseError(
      'DATABASE_RESTRICTED',
      `${forbids.rows} rows of the table ${forbids.table} refer to migrated rows and forbid removing them. Remove or change those rows first.`,
    );
  }
  memory.survey = survey;
  const rows = survey.collections.reduce((sum, collection) => sum + collection.rows, 0);
  return { type: 'INSPECTED', rows, drift: figuresOf(survey.drift, storage) };
}

/** Tells the user that a decision is wanted, and support that somebody may need help with it. */
export async function ask(context: RollbackContext, { world }: Work): Promise<null> {
  // A migration that this run belongs to has stopped them, and nobody knows how long a person takes.
  await world.operations.resume();
  await send(world, questionNotices(world, context));
  return null;
}

/** Takes the lease. One that a run of this journal has left behind when it ended is taken over. */
export async function acquireLease(
  context: RollbackContext,
  { world }: Work,
  memory: RollbackMemory,
): Promise<RollbackEvent> {
  const { run, migration, storage } = context;
  const first = await world.database.lease({ migration, run, storage, mode: 'whenFree' });
  if (first.status === 'busy' && !memory.hasEnded(first.run)) return { type: 'BUSY' };
  const found = await putBackAbandoned(world, context, memory);
  if (first.status === 'granted' && found === 'nothing') return { type: 'LEASED', token: first.token };
  return { type: 'LEASED', token: await takeOver(world, context) };
}

/**
 * Rows that an earlier rollback had moved out before it ended in safe mode lie in its archive, where this run would
 * not find them: they are put back into their tables first.
 */
async function putBackAbandoned(
  world: World,
  { migration, storage, undoes }: RollbackContext,
  { abandoned }: RollbackMemory,
): Promise<'nothing' | 'some'> {
  if (abandoned.length === 0) return 'nothing';
  const { steps } = await world.database.ledger(migration);
  const archives = await world.database.archives(migration);
  const hasCleared = (run: string): boolean =>
    steps.some((step) => step.run === run && step.step === 'clear') || archives.some((known) => known.run === run);
  const cleared = abandoned.filter(hasCleared);
  for (const run of cleared) {
    const token = await takeOver(world, { migration, run, storage });
    const rows = await putRowsBack(world, { migration, run, token }, undoes);
    world.logger.warn('Rows that a run in safe mode had moved out were put back.', { run, rows });
  }
  return cleared.length === 0 ? 'nothing' : 'some';
}

/** Verifies every hash of the backup, looks whether it fits, and whether storage was written meanwhile. */
export async function loadVerified(
  context: RollbackContext,
  { world, report }: Work,
  memory: RollbackMemory,
): Promise<RollbackEvent> {
  const backup = await loadBackup(world, context.backup, report);
  refuseForeign(world, backup.head);
  memory.backup = backup;
  const states = await surveyStorage(world, backup.head);
  const drift = await storageDrift(states);
  const room = await world.storage.room();
  const missing = states.reduce((sum, { entry, state, current }) => {
    if (state === 'same' || (state === 'other' && entry.kind === 'formData')) return sum;
    return sum + entry.size - (current?.length ?? -entry.key.length);
  }, 0);
  return {
    type: 'LOADED',
    keys: backup.head.count,
    bytes: backup.head.size,
    room: room === null || missing <= room.capacity - room.used ? 'enough' : 'tooLittle',
    storageDrift: drift.digest,
    storageKeys: drift.keys,
  };
}

/** Lets the app work again and holds nothing, before a person is asked once more. */
export async function standDown(context: RollbackContext, work: Work, memory: RollbackMemory): Promise<RollbackEvent> {
  const { world } = work;
  await world.database.release(fenceOf(context));
  await world.operations.resume();
  const found = await inspect({ ...context, approved: { rows: 'none', storage: 'none' } }, work, memory);
  if (found.type !== 'INSPECTED') throw new BackupError('INTERNAL', 'The drift could not be looked at.');
  return { type: 'STOOD_DOWN', drift: found.drift };
}
