import { BackpedalError } from '../errors.ts';
import type { MigrationContext } from '../machines/migration/types.ts';
import { findBackup, type Generation, listBackups } from './backup-store.ts';
import type { History } from './history.ts';
import type { RollbackReadiness } from './record-types.ts';
import { obstacleNow } from './requests.ts';
import { readHistory, requireOpen, type Session } from './session.ts';

/** Rough rates for an estimate before anything was measured: rows and UTF-16 units that are moved in a second. */
const ROWS_A_SECOND = 50_000;
const UNITS_A_SECOND = 20_000_000;

/** Seconds that a rollback of so much will take, roughly. */
export const estimateSeconds = (rows: number, size: number): number =>
  Math.max(1, Math.ceil(rows / ROWS_A_SECOND + size / UNITS_A_SECOND));

/** The backup that a rollback would use; `null` when there is none that can be read. */
export async function backupFor(
  session: Session,
  history: History,
  id: string | undefined,
): Promise<Generation | null> {
  if (id !== undefined) return findBackup(session.world, id);
  const { generations } = await listBackups(session.world);
  return generations.find(({ head }) => head.id === history.migrated?.run) ?? null;
}

/** Whether a rollback can begin now, and if not, why. */
export async function canRollback(session: Session): Promise<RollbackReadiness> {
  requireOpen(session);
  const history = await readHistory(session);
  const obstacle = await obstacleNow(session, history);
  if (obstacle !== null) {
    const inProgress = obstacle.code === 'RUN_IN_PROGRESS' || obstacle.code === 'RUN_INTERRUPTED';
    const reason = inProgress ? obstacle.message.split(':')[0] : obstacle.message;
    return { canRollback: false, reason: reason ?? obstacle.message, backupAvailable: false, estimatedTime: 0 };
  }
  const generation = await backupFor(session, history, undefined);
  if (generation === null) {
    return { canRollback: false, reason: 'No backup can be read', backupAvailable: false, estimatedTime: 0 };
  }
  const { copied: rows } = requireMigrated(history).context as MigrationContext;
  return { canRollback: true, backupAvailable: true, estimatedTime: estimateSeconds(rows, generation.head.size) };
}

/** The migration that can be taken back. */
export function requireMigrated(history: History): NonNullable<History['migrated']> {
  if (history.migrated !== null) return history.migrated;
  throw new BackpedalError('NOT_MIGRATED', 'There is no migration to take back.');
}
