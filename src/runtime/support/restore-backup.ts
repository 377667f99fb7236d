import { BackpedalError, StorageError } from '../../errors.ts';
import { readBackup, writeBackup } from '../backup-format.ts';
import { auditBackup, refuseForeignKeys } from '../backups-view.ts';
import { readKeys } from '../migration/source.ts';
import type { BackpedalOptions } from '../public-types.ts';
import { refuseForeign } from '../rollback/prepare.ts';
import { createSession, readHistory } from '../session.ts';
import { createWorld, type World } from '../world.ts';

/** What restoring a backup did. */
export interface RestoredBackup {
  readonly id: string;
  /** Keys that were written; the others held their values already. */
  readonly written: readonly string[];
  readonly unchanged: number;
  /** Keys of the migration that the backup does not know; they were left alone. */
  readonly leftAlone: readonly string[];
}

/** Puts a copy of what storage holds where it lasts. Resolves when it is durable; nothing is written before. */
export type KeepCopy = (text: string, id: string) => Promise<void>;

/** @throws BackpedalError while a run is under way, in safe mode, or while the rows are in the database */
async function refuseUnlessAtRest(world: World): Promise<void> {
  const { open, locked, state } = await readHistory(createSession(world));
  if (locked !== null)
    throw new BackpedalError('SAFE_MODE', 'In safe mode nothing is restored. Look at the copies, and unlock first.');
  if (open !== null)
    throw new BackpedalError('RUN_IN_PROGRESS', 'A run has not ended. Recover first, and answer its question if any.');
  if (state !== 'MIGRATED') return;
  throw new BackpedalError(
    'ALREADY_MIGRATED',
    'The data is in the database. Import the backup and roll back to it: that moves the rows out of the way first.',
  );
}

/** What storage holds now of the migration, as a backup that can be restored in its turn. */
async function copyOfStorage(world: World): Promise<{ readonly text: string; readonly id: string }> {
  const id = world.identity.createId();
  const facts = {
    id,
    migration: world.migration.id,
    definition: world.migration.digest,
    createdAt: new Date(world.clock.now()).toISOString(),
    origin: world.storage.origin,
    storage: 'kept',
    user: world.identity.user(),
  };
  return { id, text: (await writeBackup(facts, await readKeys(world), world.seal)).text };
}

/**
 * Writes the values of a downloaded backup into storage, for a user whose data is not in the database (any more). What
 * storage holds is kept first, all keys are written in one burst or none, and read back.
 * @throws BackupError for a backup that is damaged or of another migration, origin, user or key; BackpedalError
 *   `SAFE_MODE`, `RUN_IN_PROGRESS`, `ALREADY_MIGRATED`; StorageError `OPERATION_ABORTED` when somebody wrote meanwhile,
 *   `VERIFICATION_FAILED` when storage does not hold what was written. Nothing is written without a kept copy
 */
export async function restoreBackup(text: string, options: BackpedalOptions, keep: KeepCopy): Promise<RestoredBackup> {
  const world = createWorld(options);
  const { storage } = world;
  const { head, values } = await readBackup(text, world.seal, world.migration.maxBackupSize);
  refuseForeign(world, head);
  refuseForeignKeys(world, head.entries);
  await refuseUnlessAtRest(world);
  const copy = await copyOfStorage(world);
  await keep(copy.text, copy.id);
  const kept = (await readBackup(copy.text, world.seal, Number.MAX_SAFE_INTEGER)).values;
  const changed = [...values].filter(([key, value]) => kept.get(key) !== value);
  const outcome = await storage.write(
    changed.map(([key, value]) => ({ key, value, expect: [kept.get(key) ?? null] })),
    () => true,
  );
  if (outcome.status !== 'written') {
    throw new StorageError(
      'OPERATION_ABORTED',
      'The app wrote meanwhile; nothing was restored. Stop it and try again.',
    );
  }
  const found = await storage.read([...values.keys()]);
  const wrong = [...values].filter(([key, value]) => found.get(key) !== value).map(([key]) => key);
  if (wrong.length > 0) {
    throw new StorageError('VERIFICATION_FAILED', `${wrong.length} keys do not hold what was written.`, {
      details: { keys: wrong.slice(0, 10) },
    });
  }
  await auditBackup(world, 'BACKUP_RESTORED', head.id);
  return {
    id: head.id,
    written: changed.map(([key]) => key),
    unchanged: values.size - changed.length,
    leftAlone: [...kept.keys()].filter((key) => !values.has(key)),
  };
}
