/**
 * Why IndexedDB cannot be used.
 * - `missing`: the browser has none. `denied`: it does not let this page use it.
 * - `newer`: a newer version of the library has opened it. `foreign`: it is somebody else's database.
 * - `held`: an older page keeps it from being opened.
 * - `emptied`: it was deleted while this page was using it, and what is there now is another one.
 * - `full`: there is no room. `damaged`: the browser has lost what it had stored.
 * - `failed`: anything else.
 */
export type IndexedDbFaultKind =
  | 'missing'
  | 'denied'
  | 'newer'
  | 'foreign'
  | 'held'
  | 'emptied'
  | 'full'
  | 'damaged'
  | 'failed';

/** A fault of IndexedDB, in words, and whether the same call may succeed later. */
export interface IndexedDbFault {
  readonly kind: IndexedDbFaultKind;
  readonly message: string;
  readonly persistence: 'transient' | 'permanent';
}

/** What the connection itself finds wrong. */
export class IndexedDbFaultError extends Error {
  override readonly name = 'IndexedDbFaultError';
  readonly kind: IndexedDbFaultKind;

  constructor(kind: IndexedDbFaultKind) {
    super(kind);
    this.kind = kind;
  }
}

const KINDS: Readonly<Record<string, IndexedDbFaultKind>> = {
  SecurityError: 'denied',
  NotAllowedError: 'denied',
  VersionError: 'newer',
  NotFoundError: 'foreign',
  QuotaExceededError: 'full',
  NotReadableError: 'damaged',
};

const MESSAGES: Readonly<Record<IndexedDbFaultKind, string>> = {
  missing: 'this browser has no IndexedDB, or none for this kind of window',
  denied: 'the browser does not let this page use IndexedDB: allow cookies and site data for this site',
  newer: 'a newer version of the app has opened it: reload the page',
  foreign: 'a database of this name belongs to somebody else: choose another name',
  held: 'an older page of this app keeps it from being opened: close or reload the other tabs',
  emptied: 'it was deleted while this page was using it: reload the page, and the next start looks what is left',
  full: 'there is no room: free some on the device, or for this site',
  damaged: 'the browser has lost what it had stored there',
  failed: 'the browser could not carry it out',
};

const TRANSIENT: readonly IndexedDbFaultKind[] = ['held', 'full', 'failed'];

const kindOf = (thrown: unknown): IndexedDbFaultKind => {
  if (thrown instanceof IndexedDbFaultError) return thrown.kind;
  return (thrown instanceof Error ? KINDS[thrown.name] : undefined) ?? 'failed';
};

/** What has been thrown by IndexedDB or by the connection, in words. */
export function describeFault(thrown: unknown): IndexedDbFault {
  const kind = kindOf(thrown);
  const named = kind === 'failed' && thrown instanceof Error ? ` (${thrown.name})` : '';
  return { kind, message: MESSAGES[kind] + named, persistence: TRANSIENT.includes(kind) ? 'transient' : 'permanent' };
}
