import { BackpedalError, MigrationError, RollbackError } from '../errors.ts';
import type { History, RunHistory } from './history.ts';
import { readMarker } from './marker.ts';
import type { RollbackRequest } from './public-types.ts';
import { isHeldElsewhere, type Session } from './session.ts';
import { pathOf } from './status.ts';
import type { RollbackReason } from './status-types.ts';
import type { World } from './world.ts';

const REASONS: readonly RollbackReason[] = [
  'VALIDATION_FAILURES',
  'DATABASE_CONNECTION_LOST',
  'MEMORY_THRESHOLD',
  'TIMEOUT',
  'USER_CANCELLED',
  'DATA_CORRUPTION',
  'PERFORMANCE_DEGRADATION',
  'BUSINESS_LOGIC_ERROR',
  'USER_REQUEST',
];

/** A longer explanation would not fit into a record of the journal, beside another one: characters, and bytes there. */
const LONGEST_DETAIL = 300;
const MOST_BYTES = 1000;

const fitsInRecord = (text: unknown): text is string =>
  typeof text === 'string' &&
  text.length <= LONGEST_DETAIL &&
  new TextEncoder().encode(JSON.stringify(text)).length <= MOST_BYTES;

/** A second rollback is refused in the words of the user's procedures. */
export const rollbackInProgress = (): RollbackError =>
  new RollbackError('RUN_IN_PROGRESS', 'Rollback already in progress');

/** Why no rollback can begin now, as its error; a run of this very client may have no record yet. */
export async function obstacleNow(session: Session, history: History): Promise<RollbackError | null> {
  const obstacle = await obstacleToRollback(session, history);
  if (obstacle !== null) return obstacle;
  return session.current === null ? null : rollbackInProgress();
}

/** Why the journal lets no rollback begin, as its error; `null` when it does. */
export async function obstacleToRollback(session: Session, history: History): Promise<RollbackError | null> {
  if (history.locked !== null) {
    return new RollbackError(
      'SAFE_MODE',
      'The system is in safe mode. Download the copies, repair, and unlock it with a reason.',
    );
  }
  if (history.open !== null) return obstacleOf(session, history.open);
  if (history.migrated === null) {
    return new RollbackError('NOT_MIGRATED', 'There is no migration to take back.');
  }
  return foreignStorage(session.world, history.migrated);
}

async function obstacleOf(session: Session, open: RunHistory): Promise<RollbackError> {
  const name = open.machine === 'migration' ? 'Migration' : 'Rollback';
  const interrupted =
    session.executions.length === 0 &&
    open.last.commands.length > 0 &&
    session.world.lock !== null &&
    !(await isHeldElsewhere(session));
  if (interrupted && !pathOf(open.last.snapshot.value).endsWith('deciding')) {
    return new RollbackError(
      'RUN_INTERRUPTED',
      `${name} already in progress: it was interrupted. Call recover() to finish it.`,
    );
  }
  return new RollbackError('RUN_IN_PROGRESS', `${name} already in progress`);
}

/** A run belongs to one storage; other devices see it and never restore from it. */
export async function foreignStorage(world: World, run: RunHistory): Promise<RollbackError | null> {
  const { marker } = await readMarker(world);
  if (marker === null || marker.storage === run.context.storage) return null;
  return new RollbackError(
    'BACKUP_FOREIGN_ORIGIN',
    'The migration was made from another storage than this one. Roll back there.',
  );
}

/** @throws RollbackError `INPUT_ARGUMENT` for a request that makes no sense */
export function checkRequest(request: RollbackRequest): void {
  const { reason, detail = '', onDrift = 'ask', backupId = 'x' } = request;
  const faults: string[] = [];
  if (!REASONS.includes(reason)) faults.push(`reason must be one of ${REASONS.join(', ')}`);
  if (!fitsInRecord(detail))
    faults.push(`detail must be a text of at most ${LONGEST_DETAIL} characters and ${MOST_BYTES} bytes of JSON`);
  if (!['ask', 'merge', 'discard'].includes(onDrift)) faults.push('onDrift must be ask, merge or discard');
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(backupId)) faults.push('backupId is not an identifier');
  if (faults.length > 0)
    throw new RollbackError('INPUT_ARGUMENT', `This rollback cannot be asked for: ${faults.join('; ')}.`);
  if (request.signal?.aborted)
    throw new RollbackError('OPERATION_ABORTED', 'The rollback was cancelled before it began.');
}

/** Why the journal lets no migration begin, as its error; `null` when it does. */
export function obstacleToMigration(history: History): MigrationError | null {
  if (history.locked !== null) {
    return new MigrationError(
      'SAFE_MODE',
      'The system is in safe mode. Download the copies, repair, and unlock it with a reason.',
    );
  }
  if (history.open !== null) {
    const name = history.open.machine === 'rollback' ? 'Rollback' : 'Migration';
    return new MigrationError('RUN_IN_PROGRESS', `${name} already in progress`);
  }
  if (history.migrated !== null) {
    return new MigrationError(
      'ALREADY_MIGRATED',
      'The data has been migrated already. Roll back first to migrate again.',
    );
  }
  return null;
}

/** @throws BackpedalError `INPUT_ARGUMENT` */
export function checkReason(reason: unknown): asserts reason is string {
  if (fitsInRecord(reason) && reason.trim() !== '') return;
  throw new BackpedalError(
    'INPUT_ARGUMENT',
    `A reason of 1 to ${LONGEST_DETAIL} characters, at most ${MOST_BYTES} bytes of JSON, is needed; it is kept in the audit trail.`,
  );
}
