import type { FailedEvent } from '../chart.ts';
import type { CommonContext } from '../updates.ts';

/** The version of the migration chart; it changes whenever a stored snapshot would mean something else. */
export const MIGRATION_VERSION = 1;

/** What the migration chart asks the runtime to do. */
export type MigrationCommand =
  | 'surveySource'
  | 'acquireLease'
  | 'stopOperations'
  | 'createBackup'
  | 'copyBatch'
  | 'verifyCopy'
  | 'takeDigests'
  | 'clearSource'
  | 'closeMigration'
  | 'runRollback'
  | 'restoreSource'
  | 'discardCopy'
  | 'release'
  | 'lockDown'
  | 'announce';

/** With what a migration begins. */
export interface MigrationInput {
  readonly run: string;
  readonly migration: string;
  /** The storage that the run belongs to; other storages never resume it. */
  readonly storage: string;
  /** Whether the source is removed once its rows are verified. */
  readonly source: 'clear' | 'keep';
  /** The part of all items, 0 to 1, that may fail validation. */
  readonly tolerance: number;
}

/** The migration's memory: ids, counts and digests, under 4 KiB whatever the amount of data (rule JN6). */
export interface MigrationContext extends CommonContext, MigrationInput {
  readonly backup: string | null;
  readonly items: number;
  readonly keys: number;
  readonly bytes: number;
  /** How many items have been dealt with, in their order; the next batch begins there. */
  readonly next: number;
  readonly copied: number;
  readonly failed: number;
  readonly digest: string | null;
  readonly removed: number;
  /** The number of the marker that went with putting the source back; 0 when that was not needed. */
  readonly restored: number;
  /** Why it was undone. */
  readonly reason: string | null;
  readonly outcome: 'migrated' | 'unchanged' | 'rolledBack' | 'safeMode' | null;
}

/** What can happen to a migration. */
export type MigrationEvent =
  | { readonly type: 'SURVEYED'; readonly items: number; readonly keys: number; readonly bytes: number }
  | { readonly type: 'LEASED'; readonly token: number }
  | { readonly type: 'BUSY' }
  | { readonly type: 'OWNERSHIP_LOST' }
  | { readonly type: 'STOPPED' }
  | {
      readonly type: 'BACKED_UP';
      readonly backup: string;
      readonly items: number;
      readonly keys: number;
      readonly bytes: number;
    }
  | { readonly type: 'BATCH_COPIED'; readonly next: number; readonly copied: number; readonly failed: number }
  | { readonly type: 'COPY_VERIFIED' }
  | { readonly type: 'COPY_DIFFERS' }
  | { readonly type: 'DIGESTED'; readonly digest: string }
  | { readonly type: 'SOURCE_CLEARED'; readonly removed: number }
  | { readonly type: 'CLOSED' }
  | { readonly type: 'ROLLBACK_ENDED'; readonly outcome: 'rolledBack' | 'unchanged' | 'safeMode' }
  /** `marker` is the number of the burst that put keys back, 0 when none had to be. */
  | { readonly type: 'SOURCE_RESTORED'; readonly marker: number }
  | { readonly type: 'DISCARDED'; readonly token: number }
  | { readonly type: 'RELEASED' }
  | { readonly type: 'LOCKED_DOWN' }
  | { readonly type: 'ANNOUNCED' }
  | { readonly type: 'RESUMED'; readonly token: number; readonly intent?: 'goOn' | 'withdraw' }
  | { readonly type: 'CANCEL' }
  | { readonly type: 'TRIGGERED'; readonly reason: string }
  | { readonly type: 'UNLOCK'; readonly reason: string }
  | FailedEvent;
