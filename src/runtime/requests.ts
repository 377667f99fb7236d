import { MigrationError, RollbackError } from '../errors.ts';
import { waitsForPerson } from './follow.ts';
import type { History, RunHistory } from './history.ts';
import { readMarker } from './marker.ts';
import { isHeldElsewhere, type Session } from './session.ts';
import type { World } from './world.ts';

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
  if (history.open !== null) return obstacleOf(session, history.open, history.innermost ?? history.open);
  if (history.migrated === null) {
    return new RollbackError('NOT_MIGRATED', 'There is no migration to take back.');
  }
  return foreignStorage(session.world, history.migrated);
}

async function obstacleOf(session: Session, open: RunHistory, innermost: RunHistory): Promise<RollbackError> {
  const name = open.machine === 'migration' ? 'Migration' : 'Rollback';
  const interrupted =
    session.executions.length === 0 &&
    open.last.commands.length > 0 &&
    session.world.lock !== null &&
    !(await isHeldElsewhere(session));
  if (interrupted && !waitsForPerson(innermost)) {
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
