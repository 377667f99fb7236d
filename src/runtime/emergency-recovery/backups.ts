import { BackupError } from '../../errors.ts';
import type { EmergencyRecoveryContext, EmergencyRecoveryEvent } from '../../machines/emergency-recovery/types.ts';
import type { VerifiedBackup } from '../backup-format.ts';
import { type Generation, listBackups, loadBackup } from '../backup-store.ts';
import { causeOf } from '../cause.ts';
import type { Work } from '../execution/types.ts';
import { refuseForeign } from '../rollback/prepare.ts';
import type { World } from '../world.ts';

/** A backup with every hash recomputed, of this migration, origin and user; `null` when it is not. */
async function verified(world: World, { head }: Generation): Promise<VerifiedBackup | null> {
  try {
    const backup = await loadBackup(world, head.id);
    refuseForeign(world, backup.head);
    return backup.head.definition === world.migration.digest ? backup : null;
  } catch (error) {
    if (!(error instanceof BackupError)) throw error;
    world.logger.warn('A backup could not be used.', { id: head.id, code: error.code, cause: causeOf(error) });
    return null;
  }
}

/** Tries every backup that was taken from storage, newest first; what was put together before is not one of them. */
export async function tryBackups(
  context: EmergencyRecoveryContext,
  { world, report }: Work,
): Promise<EmergencyRecoveryEvent> {
  const { generations, unreadable } = await listBackups(world);
  let tried = unreadable.length;
  for (const generation of generations) {
    const { head } = generation;
    if (head.reconstruction !== undefined) continue;
    tried += 1;
    const backup = await verified(world, generation);
    report(tried / Math.max(1, generations.length));
    if (backup === null) continue;
    const age = head.id === context.undoes ? 'same' : 'older';
    return {
      type: 'BACKUP_FOUND',
      tried,
      found: { backup: head.id, age, createdAt: head.createdAt, keys: head.count },
    };
  }
  return { type: 'NO_BACKUP', tried };
}
