import { JournalError } from '../../errors.ts';
import type { CrashRecoveryContext } from '../../machines/crash-recovery/types.ts';
import type { Work } from '../execution/types.ts';
import { readMarker } from '../marker.ts';
import type { World } from '../world.ts';

/** The journal has one end, behind which the run has gone on without a command that was given up. */
export function refuseLate(permitted: Work['permitted']): void {
  if (permitted()) return;
  throw new JournalError('JOURNAL_CONFLICT', 'The command had been given up; it writes nothing into the journal.');
}

/** The storage that the lost runs belong to. */
export const storageOf = async (world: World, context: CrashRecoveryContext): Promise<string> =>
  (await readMarker(world)).marker?.storage ?? context.storage;
