import { JournalError } from '../../errors.ts';
import type { CrashRecoveryContext } from '../../machines/crash-recovery/types.ts';
import type { Ledger } from '../execution/ledger.ts';
import type { Work } from '../execution/types.ts';
import type { RecordDraft } from '../journal.ts';
import { readMarker } from '../marker.ts';
import type { World } from '../world.ts';

/**
 * Writes into the new journal how a run had ended whose records are lost. The journal has one end, behind which the
 * recovery has gone on without a command that was given up.
 */
export async function appendAdopted(
  { world, permitted }: Work,
  ledger: Ledger,
  end: Pick<RecordDraft, 'run' | 'parent' | 'machine' | 'snapshot'>,
): Promise<void> {
  if (!permitted()) {
    throw new JournalError('JOURNAL_CONFLICT', 'The command had been given up; it writes nothing into the journal.');
  }
  await ledger.append({ ...end, at: world.clock.now(), activeMs: 0, event: { type: 'ADOPTED' }, commands: [] });
}

/** The storage that the lost runs belong to. */
export const storageOf = async (world: World, context: CrashRecoveryContext): Promise<string> =>
  (await readMarker(world)).marker?.storage ?? context.storage;
