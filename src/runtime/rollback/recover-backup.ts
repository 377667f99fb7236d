import type { BackupCopy, RollbackContext, RollbackEvent } from '../../machines/rollback/types.ts';
import type { BackupHead } from '../backup-format.ts';
import { findBackup } from '../backup-store.ts';
import { within } from '../execution/deadline.ts';
import type { Work } from '../execution/types.ts';
import { fenceOf } from '../lease.ts';
import type { RollbackMemory } from './memory.ts';

function copyIn(head: BackupHead, undoes: string): BackupCopy {
  if (head.reconstruction !== undefined) return 'reconstructed';
  return head.id === undoes ? 'same' : 'older';
}

/**
 * Looks for another copy, in a run of its own that may ask a person. Where nothing has been changed yet, nothing is
 * held meanwhile: the app works, and the lease is given back.
 */
export async function recoverBackup(
  context: RollbackContext,
  { world }: Work,
  memory: RollbackMemory,
): Promise<RollbackEvent> {
  if (context.effect === 'none' && context.token > 0) {
    // The command as a whole has no limit of time, since a person may be asked within it (rule TR5).
    await within(world.clock, 'The app', world.operations.resume());
    await within(world.clock, 'The database', world.database.release(fenceOf(context)));
  }
  Object.assign(memory, { backup: null, merged: null, restore: null });
  const event = await memory.recoverBackup(context);
  if (event.type !== 'BACKUP_RECOVERED') return event;
  const { head } = await within(world.clock, 'The vault', findBackup(world, event.backup));
  return { ...event, copy: copyIn(head, context.undoes) };
}
