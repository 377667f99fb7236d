/** What a code means for a person who sees it in a result, and what to do. */
const MESSAGES: Readonly<Record<string, string>> = {
  USER_CANCELLED: 'It was cancelled.',
  USER_REQUEST: 'It was asked for.',
  VALIDATION_FAILURES: 'Too many items failed validation. Mend them or their schema, then migrate again.',
  DATABASE_CONNECTION_LOST: 'The database could not be reached. Try again when it can.',
  MEMORY_THRESHOLD: 'Memory was nearly used up. Close other programs and try again.',
  TIMEOUT: 'It took longer than it may. Try again on a faster machine or raise triggers.timeout.',
  DATA_CORRUPTION: 'The copy in the database was not what had been written.',
  RUN_IN_PROGRESS: 'Another run is in progress. Wait until it has ended.',
  NO_ROOM: 'The old values do not fit into storage. Free some room and try again.',
  DATABASE_UNAVAILABLE: 'The database could not be reached. Try again when it can.',
  DATABASE_FENCED: 'Somebody else took the lease. Wait until their run has ended.',
  DATABASE_OUTCOME_UNKNOWN: 'The connection was lost while committing; the outcome had to be looked up.',
  DATABASE_RESTRICTED: 'Other rows refer to the migrated ones and forbid removing them. Remove or change those first.',
  DATABASE_FAILED: 'The database refused. See the log for the statement.',
  DATABASE_DENIED: 'The server refused the request. Log in again, then try again.',
  DATABASE_LIMIT: 'The server was asked for too much at once. Try again in a minute.',
  DATABASE_VERSION: 'This page is older or newer than the server. Load it anew, then try again.',
  STORAGE_QUOTA: 'Storage is full. Free some room and try again.',
  STORAGE_DENIED: 'The browser denies access to storage. Allow it for this site and try again.',
  STORAGE_UNAVAILABLE: 'Storage could not be used. Try again.',
  STORAGE_BUSY: 'Somebody else kept writing the same keys. Close other tabs of the app and try again.',
  CACHE_UNAVAILABLE: 'The cache could not be emptied; it may show old data until it expires.',
  CACHE_STALE: 'The cache still holds copies of rows that were moved; it may show old data until it expires.',
  DATABASE_FORGOTTEN:
    'The database cannot account for all migrated rows; it may have been replaced, or cleared before. Look at its contents and at the archive.',
  CACHE_PATTERN: 'A cache pattern cannot be used. Correct it in the definition.',
  VAULT_UNAVAILABLE: 'The vault could not be read or written. Free some room or mend the disk, then try again.',
  VERIFICATION_FAILED: 'What was read back is not what was written.',
  BACKUP_NOT_FOUND: 'No backup could be used. Administrators have been told what is affected.',
  BACKUP_OLDER:
    'The backup could not be used; an older one was, which lacks what was changed after it was made. The rows are in the archive.',
  BACKUP_RECONSTRUCTED:
    'The backup could not be used; the data was put together from what was left. The receipt says which keys are proved to be as they were.',
  BACKUP_DAMAGED: 'The backup is damaged. Choose another generation.',
  OPERATION_TIMED_OUT: 'Something did not answer in time. Try again.',
  NOTIFICATION_FAILED: 'A notification could not be delivered.',
  SAFE_MODE: 'Migration and rollback are locked. Download the copies, repair, then unlock with a reason.',
  SOURCE_CHANGED: 'Some keys were written during the migration and stay in storage.',
  INTERNAL: 'Something unexpected went wrong. See the log.',
};

/** A plain sentence for a code, with what to do. */
export const messageFor = (code: string): string => MESSAGES[code] ?? `It failed with the code ${code}. See the log.`;
