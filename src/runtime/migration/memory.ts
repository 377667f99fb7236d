import type { CollectionTable } from '../../ports/database.ts';
import type { VerifiedBackup } from '../backup-format.ts';
import type { RollbackResult } from '../status-types.ts';
import type { World } from '../world.ts';
import type { Source } from './source.ts';

/** An item that was not copied. */
export interface FailedItem {
  readonly collection: string;
  readonly id: string;
  readonly storageKey: string;
  readonly reason: string;
}

/** What a process remembers of its run besides the journal; everything in it can be had again after a crash. */
export interface MigrationMemory {
  tables: readonly CollectionTable[] | null;
  source: Source | null;
  backup: VerifiedBackup | null;
  failures: FailedItem[] | null;
  readonly hasEnded: (run: string) => boolean;
  /** Whether storage lacks what the run before this one had written there. */
  readonly isBurstMissing: (world: World) => Promise<boolean>;
  /** Runs the rollback of this migration as an inner run, or goes on with the one that was interrupted. */
  readonly rollBack: (reason: string) => Promise<RollbackResult['outcome']>;
}
