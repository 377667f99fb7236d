import type { FailedEvent } from '../chart.ts';
import type { CommonContext } from '../updates.ts';

/** The version of the emergency recovery chart; it changes whenever a stored snapshot would mean something else. */
export const EMERGENCY_RECOVERY_VERSION = 1;

/** What the emergency recovery chart asks the runtime to do. */
export type EmergencyRecoveryCommand = 'tryBackups' | 'ask' | 'reconstruct' | 'requestManualRecovery';

/** With what an emergency recovery begins: a rollback whose backup cannot be used. */
export interface EmergencyRecoveryInput {
  readonly run: string;
  readonly migration: string;
  readonly storage: string;
  /** The migration run that is to be undone. */
  readonly undoes: string;
  /** The backup that cannot be used, and why, by code. */
  readonly backup: string;
  readonly reason: string;
}

/** Another backup that was verified. `same`: it is of the very migration that is undone. */
export interface FoundBackup {
  readonly backup: string;
  readonly age: 'same' | 'older';
  /** ISO 8601. */
  readonly createdAt: string;
  readonly keys: number;
}

/** What was put together again. Items are lossy where nothing proves that they are as they were. */
export interface Reconstruction {
  readonly backup: string;
  readonly exact: number;
  readonly lossy: number;
  /** Keys of which nothing was found, and items whose row could not be turned back into one. */
  readonly missing: number;
}

/** What a person may choose when only copies are left that are not what was backed up. */
export type EmergencyChoice = 'useOlderBackup' | 'reconstruct' | 'useReconstruction' | 'stop';

/** The emergency recovery's memory. */
export interface EmergencyRecoveryContext extends CommonContext, EmergencyRecoveryInput {
  readonly tried: number;
  readonly older: FoundBackup | null;
  readonly reconstruction: Reconstruction | null;
  /** The backup to go on with. */
  readonly recovered: string | null;
  readonly keys: number;
  readonly outcome: 'recovered' | 'notRecovered' | null;
}

/** What can happen to an emergency recovery. */
export type EmergencyRecoveryEvent =
  | { readonly type: 'BACKUP_FOUND'; readonly found: FoundBackup; readonly tried: number }
  | { readonly type: 'NO_BACKUP'; readonly tried: number }
  | { readonly type: 'RECONSTRUCTED'; readonly reconstruction: Reconstruction }
  | { readonly type: 'NOT_RECONSTRUCTED' }
  | { readonly type: 'DECIDE'; readonly choice: string }
  | { readonly type: 'REQUESTED' }
  | { readonly type: 'RESUMED'; readonly token: number }
  | { readonly type: 'CANCEL' }
  | FailedEvent;
