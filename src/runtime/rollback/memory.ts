import { BackpedalError } from '../../errors.ts';
import type { RollbackContext, RollbackEvent } from '../../machines/rollback/types.ts';
import type { CollectionTable, DatabaseSurvey } from '../../ports/database.ts';
import type { VerifiedBackup } from '../backup-format.ts';
import type { LateWritesMemory } from './late-writes.ts';
import type { Merged, Restore } from './restore-plan.ts';

/** What a process remembers of its run besides the journal; everything in it can be had again after a crash. */
export interface RollbackMemory extends LateWritesMemory {
  tables: readonly CollectionTable[] | null;
  survey: DatabaseSurvey | null;
  backup: VerifiedBackup | null;
  merged: Merged | null;
  restore: Restore | null;
  /** Whether a run whose lease was found needs it no more: it has ended, or it is the one that this run belongs to. */
  readonly hasEnded: (run: string) => boolean;
  /** Runs the emergency recovery as an inner run, or goes on with the one that was interrupted. */
  readonly recoverBackup: (context: RollbackContext) => Promise<RollbackEvent>;
  /** Earlier rollbacks of the same migration that ended in safe mode and may have moved its rows out. */
  readonly abandoned: readonly string[];
  /** How many items the migration brought. */
  readonly items: number;
}

/** For a look at what a run has left behind, which is not carried out any more: everything is read anew. */
export const statelessMemory = (): RollbackMemory => ({
  tables: null,
  survey: null,
  backup: null,
  merged: null,
  restore: null,
  hasEnded: () => false,
  recoverBackup: () => Promise.reject(new BackpedalError('INTERNAL', 'No other copy is looked for here.')),
  abandoned: [],
  items: 0,
});
