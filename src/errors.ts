/**
 * Every fault that backpedal reports, by its stable code.
 *
 * The prefix says whose fault it is: the definition, the data that came in, a backup, one of the ports,
 * the journal, or the moment at which something was asked.
 */
export type ErrorCode =
  | 'DEFINITION_INVALID'
  | 'INPUT_JSON_INVALID'
  | 'INPUT_SHAPE_UNKNOWN'
  | 'INPUT_ID_MISSING'
  | 'INPUT_DUPLICATE_ID'
  | 'INPUT_TOO_DEEP'
  | 'INPUT_ARGUMENT'
  | 'BACKUP_NOT_FOUND'
  | 'BACKUP_MAGIC'
  | 'BACKUP_VERSION'
  | 'BACKUP_DAMAGED'
  | 'BACKUP_COUNT'
  | 'BACKUP_ENTRY_MISSING'
  | 'BACKUP_ENTRY_DOUBLED'
  | 'BACKUP_FOREIGN_MIGRATION'
  | 'BACKUP_FOREIGN_DEFINITION'
  | 'BACKUP_FOREIGN_ORIGIN'
  | 'BACKUP_FOREIGN_USER'
  | 'BACKUP_FOREIGN_KEY'
  | 'BACKUP_FORGED'
  | 'BACKUP_TOO_LARGE'
  | 'BACKUP_LAST_GOOD'
  | 'BACKUP_PINNED'
  | 'STORAGE_QUOTA'
  | 'STORAGE_UNAVAILABLE'
  | 'STORAGE_DENIED'
  | 'STORAGE_FORMAT'
  | 'STORAGE_CLOSED'
  | 'DATABASE_UNAVAILABLE'
  | 'DATABASE_FENCED'
  | 'DATABASE_OUTCOME_UNKNOWN'
  | 'DATABASE_RESTRICTED'
  | 'DATABASE_SCHEMA'
  | 'DATABASE_CONFLICT'
  | 'DATABASE_FAILED'
  | 'DATABASE_DENIED'
  | 'DATABASE_LIMIT'
  | 'DATABASE_VERSION'
  | 'CACHE_UNAVAILABLE'
  | 'CACHE_PATTERN'
  | 'VAULT_UNAVAILABLE'
  | 'VAULT_NAME'
  | 'VAULT_DAMAGED'
  | 'LOCK_UNAVAILABLE'
  | 'JOURNAL_CONFLICT'
  | 'JOURNAL_UNREADABLE'
  | 'JOURNAL_NEWER'
  | 'RUN_IN_PROGRESS'
  | 'RUN_INTERRUPTED'
  | 'RUN_NOT_FOUND'
  | 'SAFE_MODE'
  | 'NOT_IN_SAFE_MODE'
  | 'NOTHING_TO_MIGRATE'
  | 'NOT_MIGRATED'
  | 'ALREADY_MIGRATED'
  | 'KEYS_CLAIMED'
  | 'QUESTION_NOT_OPEN'
  | 'DECISION_STALE'
  | 'CANCEL_TOO_LATE'
  | 'VERIFICATION_FAILED'
  | 'NOTIFICATION_FAILED'
  | 'OPERATION_TIMED_OUT'
  | 'OPERATION_ABORTED'
  | 'NO_ROOM'
  | 'CLIENT_CLOSED'
  | 'PROVIDER_MISSING'
  | 'INTERNAL';

/** What an error may carry besides its message: names, counts and places, never values of users. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** Options of every error of backpedal. */
export interface BackpedalErrorOptions {
  /** What was thrown below. */
  readonly cause?: unknown;
  /** Key names, counts, places. Never values. */
  readonly details?: ErrorDetails;
  /**
   * Whether the same call may succeed if it is made again unchanged (`transient`), or cannot (`permanent`, the
   * default).
   */
  readonly persistence?: 'transient' | 'permanent';
}

/**
 * The root of every error that backpedal throws. `code` is stable; `message` says what is wrong, where, and what to
 * do next, and never holds a user's value.
 */
export class BackpedalError extends Error {
  override readonly name: string = 'BackpedalError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly persistence: 'transient' | 'permanent';

  constructor(code: ErrorCode, message: string, options: BackpedalErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
    this.persistence = options.persistence ?? 'permanent';
  }
}

/** A definition that cannot be used; `faults` lists every one of them, not only the first. */
export class DefinitionError extends BackpedalError {
  override readonly name: string = 'DefinitionError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      'DEFINITION_INVALID',
      `The migration's definition cannot be used:\n${faults.map((f) => `- ${f}`).join('\n')}`,
    );
    this.faults = faults;
  }
}

/** Content that came from outside and is refused; nothing has been written. */
export class InputError extends BackpedalError {
  override readonly name: string = 'InputError';
}

/** A backup that is refused, missing, or may not be removed. */
export class BackupError extends BackpedalError {
  override readonly name: string = 'BackupError';
}

/** The key-value storage that users' data came from. */
export class StorageError extends BackpedalError {
  override readonly name: string = 'StorageError';
}

/** The database that users' data went to. */
export class DatabaseError extends BackpedalError {
  override readonly name: string = 'DatabaseError';
}

/** The cache in front of the database. */
export class CacheError extends BackpedalError {
  override readonly name: string = 'CacheError';
}

/** The vault: journal, backups, audit trail, displaced values. */
export class VaultError extends BackpedalError {
  override readonly name: string = 'VaultError';
}

/** The journal cannot be read, is newer than this library, or was continued by somebody else. */
export class JournalError extends BackpedalError {
  override readonly name: string = 'JournalError';
}

/** A migration that did not begin. */
export class MigrationError extends BackpedalError {
  override readonly name: string = 'MigrationError';
}

/** A rollback that did not begin. */
export class RollbackError extends BackpedalError {
  override readonly name: string = 'RollbackError';
}

/** Whatever was thrown, as one of ours: code `INTERNAL` for what backpedal does not know. */
export function asBackpedalError(thrown: unknown): BackpedalError {
  if (thrown instanceof BackpedalError) return thrown;
  const message = thrown instanceof Error ? thrown.name : typeof thrown;
  return new BackpedalError('INTERNAL', `Something unexpected failed (${message}); see the cause in the log.`, {
    cause: thrown,
  });
}
