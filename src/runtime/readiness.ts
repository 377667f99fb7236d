import { BackpedalError, BackupError } from '../errors.ts';
import type { MigrationContext } from '../machines/migration/types.ts';
import { findBackup, type Generation } from './backup-store.ts';
import type { History } from './history.ts';
import type { RollbackReadiness } from './record-types.ts';
import { obstacleNow } from './requests.ts';
import { readHistory, type Session } from './session.ts';

/** Rough rates for an estimate before anything was measured: rows and UTF-16 units that are moved in a second. */
const ROWS_A_SECOND = 50_000;
const UNITS_A_SECOND = 20_000_000;

/** Seconds that a rollback of so much will take, roughly. */
export const estimateSeconds = (rows: number, size: number): number =>
  Math.max(1, Math.ceil(rows / ROWS_A_SECOND + size / UNITS_A_SECOND));

/**
 * The backup that a rollback would use.
 * @throws BackupError `BACKUP_NOT_FOUND`, `BACKUP_DAMAGED`: one that is damaged is never taken for none
 */
export function backupFor(session: Session, history: History, id: string | undefined): Promise<Generation> {
  return findBackup(session.world, id ?? requireMigrated(history).run);
}

const unready = ({ code }: BackpedalError, reason: string): RollbackReadiness => ({
  canRollback: false,
  reason,
  code,
  backupAvailable: false,
  estimatedTime: 0,
});

/** Whether a rollback can begin now, and if not, why. */
export async function canRollback(session: Session): Promise<RollbackReadiness> {
  const history = await readHistory(session);
  const obstacle = await obstacleNow(session, history);
  if (obstacle !== null) {
    const inProgress = obstacle.code === 'RUN_IN_PROGRESS' || obstacle.code === 'RUN_INTERRUPTED';
    const reason = inProgress ? obstacle.message.split(':')[0] : obstacle.message;
    return unready(obstacle, reason ?? obstacle.message);
  }
  try {
    const { head } = await backupFor(session, history, undefined);
    const { copied } = requireMigrated(history).context as MigrationContext;
    return { canRollback: true, backupAvailable: true, estimatedTime: estimateSeconds(copied, head.size) };
  } catch (error) {
    if (!(error instanceof BackupError)) throw error;
    return unready(error, error.message);
  }
}

/** The migration that can be taken back. */
export function requireMigrated(history: History): NonNullable<History['migrated']> {
  if (history.migrated !== null) return history.migrated;
  throw new BackpedalError('NOT_MIGRATED', 'There is no migration to take back.');
}
