import { BackupError } from '../../errors.ts';
import type { BackupHead } from '../backup-format.ts';
import type { World } from '../world.ts';

/**
 * Refuses a backup of another migration. Support works on backups of users and origins that are not its own.
 * @throws BackupError `BACKUP_FOREIGN_MIGRATION`
 */
export function refuseOtherMigration(world: World, head: BackupHead): void {
  if (head.migration === world.migration.id) return;
  throw new BackupError(
    'BACKUP_FOREIGN_MIGRATION',
    `The backup belongs to the migration ${JSON.stringify(head.migration)}, not to ${JSON.stringify(world.migration.id)}.`,
  );
}
