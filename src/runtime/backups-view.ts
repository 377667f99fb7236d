import { isCollectionKey, isFormDataKey } from '../definition/key-ownership.ts';
import { BackpedalError, BackupError, InputError } from '../errors.ts';
import { appendAudit } from './audit-log.ts';
import { type BackupEntry, readBackup } from './backup-format.ts';
import { adoptBackup, backupText, dropBackup, findBackup, listBackups, loadBackup, summaryOf } from './backup-store.ts';
import type { BackupSummary, BackupVerification } from './record-types.ts';
import { pinnedBackups, unsettledBackups } from './retention.ts';
import { refuseForeign } from './rollback/prepare.ts';
import { readHistory, type Session } from './session.ts';
import type { World } from './world.ts';

/** All generations that can be read, newest first. */
export async function listAllBackups({ world }: Session): Promise<readonly BackupSummary[]> {
  return (await listBackups(world)).generations.map(summaryOf);
}

/** Recomputes every hash. */
export async function verifyBackup({ world }: Session, id: string): Promise<BackupVerification> {
  try {
    const { head } = await loadBackup(world, id);
    return { id, valid: true, entries: head.count };
  } catch (error) {
    if (!(error instanceof BackupError) || error.code === 'BACKUP_NOT_FOUND') throw error;
    return { id, valid: false, error: { code: error.code, message: error.message }, entries: 0 };
  }
}

/** The text for a download. A damaged one may be downloaded, too: some of it may be of use to people. */
export const exportBackup = ({ world }: Session, id: string): Promise<string> => backupText(world, id);

/** Refuses keys that the migration does not know, or not as what the backup says they are. @throws BackupError `BACKUP_FOREIGN_KEY` */
export function refuseForeignKeys(world: World, entries: readonly BackupEntry[]): void {
  const { migration } = world;
  const isOurs = ({ key, kind }: BackupEntry): boolean =>
    kind === 'formData'
      ? isFormDataKey(migration, key)
      : migration.collections.some((collection) => isCollectionKey(collection, key));
  const foreign = entries.filter((entry) => !isOurs(entry)).map(({ key }) => key);
  if (foreign.length === 0) return;
  throw new BackupError(
    'BACKUP_FOREIGN_KEY',
    `The backup holds ${foreign.length} keys that are not part of this migration, such as ${JSON.stringify(foreign[0])}. It is not imported, because it could write what it must not.`,
    { details: { keys: foreign.slice(0, 10) } },
  );
}

/** Notes in the audit trail what was done with a backup. */
export async function auditBackup(
  world: World,
  type: 'BACKUP_IMPORTED' | 'BACKUP_REMOVED' | 'BACKUP_RESTORED',
  id: string,
): Promise<void> {
  await appendAudit(world, {
    type,
    migrationId: world.migration.id,
    runId: null,
    timestamp: new Date(world.clock.now()).toISOString(),
    result: 'SUCCESS',
    steps: [],
    performedBy: world.identity.user(),
    reason: 'USER_REQUEST',
    detail: id,
  });
}

/**
 * Takes a backup from a file, after every check.
 * @throws BackupError with the code of whatever is wrong; nothing has been written then
 */
export async function importBackup(session: Session, text: string): Promise<BackupSummary> {
  const { world } = session;
  if (typeof text !== 'string') throw new InputError('INPUT_ARGUMENT', 'A backup is imported from its text.');
  const backup = await readBackup(text, world.seal, world.migration.maxBackupSize);
  refuseForeign(world, backup.head);
  refuseForeignKeys(world, backup.head.entries);
  const known = (await listBackups(world)).generations.find(({ head }) => head.id === backup.head.id);
  if (known !== undefined && known.sha256 === backup.sha256) {
    const stored = await verifyBackup(session, known.head.id);
    if (stored.valid) return summaryOf(known);
  }
  if (known !== undefined && known.sha256 !== backup.sha256) {
    throw new BackupError('BACKUP_DAMAGED', `There is another backup with the id ${backup.head.id} already.`);
  }
  const adopted = await adoptBackup(world, backup.head.id, text);
  await auditBackup(world, 'BACKUP_IMPORTED', backup.head.id);
  return summaryOf(adopted);
}

/**
 * Removes a generation.
 * @throws BackupError `BACKUP_PINNED` while a run may need it, `BACKUP_LAST_GOOD` for the last one that verifies
 */
export async function removeBackup(session: Session, id: string): Promise<void> {
  const { world } = session;
  const history = await readHistory(session);
  if (history.locked !== null) throw new BackpedalError('SAFE_MODE', 'In safe mode no copy is removed. Unlock first.');
  const { generations, unreadable } = await listBackups(world);
  if (!unreadable.includes(id)) await findBackup(world, id);
  if (pinnedBackups(history).has(id)) {
    throw new BackupError(
      'BACKUP_PINNED',
      `The backup ${id} is what the migration would be taken back with. It can be removed after a rollback.`,
    );
  }
  const others = generations.filter(({ head }) => head.id !== id);
  const good = await Promise.all(others.map(({ head }) => verifyBackup(session, head.id)));
  if (!good.some(({ valid }) => valid)) {
    throw new BackupError(
      'BACKUP_LAST_GOOD',
      `The backup ${id} is the last good one and is kept. Make another one first.`,
    );
  }
  if ((await unsettledBackups(world, history)).has(id)) {
    throw new BackupError(
      'BACKUP_PINNED',
      `The browser may still lose what was restored from the backup ${id}. It can be removed once the rollback has settled.`,
    );
  }
  await dropBackup(world, id);
  await auditBackup(world, 'BACKUP_REMOVED', id);
}
