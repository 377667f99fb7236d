import { BackupError, type ErrorCode, InputError } from '../../errors.ts';
import type { SealPort } from '../../ports/seal.ts';
import { type BackupEntry, readBackup, readHead, salvageBackup } from '../backup-format.ts';
import { summaryOf } from '../backup-store.ts';
import type { BackupSummary } from '../record-types.ts';

/** How a downloaded backup is looked at. */
export interface InspectionOptions {
  /** The key that it was sealed with, if any; without one a seal is not looked at. */
  readonly seal?: SealPort;
  /** `included` gives what users wrote as well. Default `omitted`. */
  readonly values?: 'omitted' | 'included';
}

/** One key of a backup, and whether its value is what was backed up. */
export interface InspectedEntry {
  readonly key: string;
  readonly kind: BackupEntry['kind'];
  /** UTF-16 code units. */
  readonly size: number;
  readonly sha256: string;
  readonly intact: boolean;
  /** Only when it was asked for, and `intact`. */
  readonly value?: string;
}

/** What a backup says of itself, every hash recomputed. */
export interface BackupInspection {
  readonly summary: BackupSummary;
  /** Digest of the definition with which it was made. */
  readonly definition: string;
  /** The storage that it was made of. */
  readonly storage: string;
  readonly valid: boolean;
  /** Why it is not. */
  readonly error?: { readonly code: ErrorCode; readonly message: string };
  readonly entries: readonly InspectedEntry[];
}

/** The text itself is in memory already; its values cannot be larger than it. */
const UNLIMITED = Number.MAX_SAFE_INTEGER;

/**
 * Looks at the text of a downloaded backup: whose it is, what it holds, and which of it is whole. Changes nothing and
 * needs no client.
 * @throws BackupError when not even the head can be believed: `BACKUP_MAGIC`, `BACKUP_VERSION`, `BACKUP_DAMAGED`,
 *   `BACKUP_FORGED`, `BACKUP_COUNT`, `BACKUP_ENTRY_DOUBLED`; InputError `INPUT_ARGUMENT` for what is no text
 */
export async function inspectBackup(text: string, options: InspectionOptions = {}): Promise<BackupInspection> {
  if (typeof text !== 'string') throw new InputError('INPUT_ARGUMENT', 'A backup is inspected by its text.');
  const seal = options.seal ?? null;
  const { head, sha256 } = await readHead(text, seal);
  const whole = (await salvageBackup(text, seal))?.values ?? new Map<string, string>();
  const error = await faultOf(text, seal);
  return {
    summary: summaryOf({ number: 0, head, sha256 }),
    definition: head.definition,
    storage: head.storage,
    valid: error === null,
    ...(error === null ? {} : { error }),
    entries: head.entries.map(({ key, kind, size, sha256: hash }) => {
      const value = whole.get(key);
      const shown = options.values === 'included' && value !== undefined ? { value } : {};
      return { key, kind, size, sha256: hash, intact: value !== undefined, ...shown };
    }),
  };
}

async function faultOf(text: string, seal: SealPort | null): Promise<NonNullable<BackupInspection['error']> | null> {
  try {
    await readBackup(text, seal, UNLIMITED);
    return null;
  } catch (error) {
    if (error instanceof BackupError) return { code: error.code, message: error.message };
    throw error;
  }
}
