import type { FailedEvent } from '../chart.ts';
import type { CommonContext } from '../updates.ts';

/** The version of the rollback chart; it changes whenever a stored snapshot would mean something else. */
export const ROLLBACK_VERSION = 1;

/** What the rollback chart asks the runtime to do. */
export type RollbackCommand =
  | 'inspect'
  | 'ask'
  | 'acquireLease'
  | 'stopOperations'
  | 'loadBackup'
  | 'standDown'
  | 'recoverBackup'
  | 'clearDatabase'
  | 'resolveClear'
  | 'reclaimLease'
  | 'invalidateCache'
  | 'prepareRestore'
  | 'restoreStorage'
  | 'verifyData'
  | 'undoRestore'
  | 'undoClear'
  | 'cleanState'
  | 'release'
  | 'lockDown'
  | 'announce';

/** The drift that a person decides upon. `rows` and `storage` are digests, `none` where there is no drift. */
export interface DriftFigures {
  readonly rows: string;
  readonly storage: string;
  readonly added: number;
  readonly changed: number;
  readonly deleted: number;
  readonly dependents: number;
  readonly storageKeys: number;
}

/** With what a rollback begins. */
export interface RollbackInput {
  readonly run: string;
  readonly migration: string;
  /** The storage that the run belongs to; other storages never resume it. */
  readonly storage: string;
  /** The migration run that is undone. */
  readonly undoes: string;
  readonly reason: string;
  readonly detail: string;
  readonly backup: string;
  readonly onDrift: 'ask' | 'merge' | 'discard';
}

/** The rollback's memory: ids, counts and digests, under 4 KiB whatever the amount of data (rule JN6). */
export interface RollbackContext extends CommonContext, RollbackInput {
  readonly drift: DriftFigures | null;
  /** What becomes of the drift; `null` until it is decided. */
  readonly choice: 'merge' | 'discard' | null;
  /** The drift that was decided upon: digests, or `any`. */
  readonly approved: { readonly rows: string; readonly storage: string };
  /** How far the data has been changed; `unknown` when a process died while it cleared the database. */
  readonly effect: 'none' | 'unknown' | 'cleared' | 'restoring';
  readonly rows: number;
  readonly keys: number;
  readonly bytes: number;
  readonly displaced: number;
  readonly notCarriedOver: number;
  readonly written: number;
  /** The digest of what every key is to hold, and the number of the marker that goes with it. */
  readonly targets: { readonly digest: string; readonly marker: number } | null;
  /** How often the restore was prepared, and how often a lost lease was reclaimed. */
  readonly preparations: number;
  readonly reclaims: number;
  /** The public steps that have been done and not undone, in their order. */
  readonly done: readonly string[];
  readonly outcome: 'rolledBack' | 'unchanged' | 'safeMode' | null;
}

/**
 * What a run that was interrupted is taken up for.
 * - `goOn`: where it was; the default.
 * - `verify`: storage holds what it was to hold and the rows are gone, so only that is to be verified.
 * - `withdraw`: a person wants storage to stay empty; what was changed elsewhere is undone.
 * - `replaceBackup`: the backup cannot be used any more, so another copy is needed first.
 */
export type ResumeIntent = 'goOn' | 'verify' | 'withdraw' | 'replaceBackup';

/**
 * What another copy of the data is: a backup of the very migration (`same`, the default), one that was made before, or
 * one that was put together from what was left.
 */
export type BackupCopy = 'same' | 'older' | 'reconstructed';

/** What can happen to a rollback. */
export type RollbackEvent =
  | { readonly type: 'INSPECTED'; readonly drift: DriftFigures; readonly rows: number }
  | { readonly type: 'BACKUP_UNUSABLE'; readonly code: string }
  | {
      readonly type: 'BACKUP_RECOVERED';
      readonly backup: string;
      readonly escalation: 1 | 2 | 3;
      readonly copy?: BackupCopy;
    }
  | { readonly type: 'NOT_RECOVERED'; readonly code: string }
  | { readonly type: 'DECIDE'; readonly choice: 'merge' | 'discard'; readonly rows: string; readonly storage: string }
  | { readonly type: 'LEASED'; readonly token: number }
  | { readonly type: 'BUSY' }
  | { readonly type: 'OWNERSHIP_LOST' }
  | { readonly type: 'STOPPED' }
  | {
      readonly type: 'LOADED';
      readonly keys: number;
      readonly bytes: number;
      readonly room: 'enough' | 'tooLittle';
      readonly storageDrift: string;
      readonly storageKeys: number;
    }
  | { readonly type: 'STOOD_DOWN'; readonly drift: DriftFigures }
  | { readonly type: 'CLEARED'; readonly token: number; readonly rows: number; readonly drift: DriftFigures }
  | { readonly type: 'DRIFTED' }
  | { readonly type: 'OUTCOME_UNKNOWN' }
  | { readonly type: 'NOT_CLEARED'; readonly token: number }
  | { readonly type: 'INVALIDATED'; readonly keys: number }
  | {
      readonly type: 'PREPARED';
      readonly targets: string;
      readonly marker: number;
      readonly displaced: number;
      readonly notCarriedOver: number;
    }
  | { readonly type: 'RESTORED'; readonly written: number }
  | { readonly type: 'DISPLACED' }
  | { readonly type: 'VERIFIED'; readonly warnings: readonly string[] }
  | { readonly type: 'MISMATCHED' }
  | { readonly type: 'UNDONE'; readonly token: number }
  | { readonly type: 'CLEANED' }
  | { readonly type: 'RELEASED' }
  | { readonly type: 'LOCKED_DOWN' }
  | { readonly type: 'ANNOUNCED' }
  | { readonly type: 'RESUMED'; readonly token: number; readonly intent?: ResumeIntent }
  | { readonly type: 'CANCEL' }
  | { readonly type: 'TRIGGERED'; readonly reason: string }
  | { readonly type: 'UNLOCK'; readonly reason: string }
  | FailedEvent;
