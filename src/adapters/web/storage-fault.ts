import { BackpedalError, StorageError } from '../../errors.ts';

const NO_ROOM = ['QuotaExceededError', 'NS_ERROR_DOM_QUOTA_REACHED'];
const DENIED = ['SecurityError', 'NotAllowedError'];

const nameOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.name : '');

/** Whether a Storage has refused a value because it is full. */
export const isNoRoom = (thrown: unknown): boolean => NO_ROOM.includes(nameOf(thrown));

/** What a Storage has thrown, as a StorageError. */
export function asStorageError(thrown: unknown): BackpedalError {
  if (thrown instanceof BackpedalError) return thrown;
  const options = { cause: thrown };
  if (DENIED.includes(nameOf(thrown))) {
    return new StorageError(
      'STORAGE_DENIED',
      'The browser does not let this page use its storage: cookies and site data are blocked, or the page is sandboxed. Allow them for this site.',
      options,
    );
  }
  if (isNoRoom(thrown))
    return new StorageError('STORAGE_QUOTA', 'The storage is full. Make room and try again.', options);
  return new StorageError(
    'STORAGE_UNAVAILABLE',
    `The storage could not be used (${nameOf(thrown) || 'unknown reason'}).`,
    { ...options, persistence: 'transient' },
  );
}
