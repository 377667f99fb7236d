import { InputError, StorageError } from '../../errors.ts';
import { planBurst } from '../../ports/burst.ts';
import { BROWSER_PROFILE } from '../../ports/failure-domain.ts';
import type { BurstOutcome, StoragePort, StorageWrite } from '../../ports/storage.ts';
import { accessTo, type StorageAccess } from './storage-access.ts';
import { asStorageError, isNoRoom } from './storage-fault.ts';

/** Options of `webStorage`. */
export interface WebStorageOptions {
  /** Default `localStorage`, looked up when it is first used: where a browser denies it, looking already throws. */
  readonly storage?: Storage;
  /** Whose storage it is. Default the page's own origin. */
  readonly origin?: string;
  /** What is lost together with it. Default all that the browser keeps for this origin. */
  readonly failureDomain?: string;
  /** UTF-16 code units, keys included. Default 5,242,880 as in browsers (hazard H4); `Infinity` for no limit. */
  readonly capacity?: number;
}

const BROWSER_CAPACITY = 5_242_880;

/** Undoes what a burst has written, the last write first, and names the keys for which that was refused. */
function putBack(access: StorageAccess, undo: readonly StorageWrite[]): readonly string[] {
  const left: string[] = [];
  for (const { key, value } of [...undo].reverse()) {
    try {
      access.set(key, value);
    } catch {
      left.push(key);
    }
  }
  return left;
}

function refused(key: string, left: readonly string[], cause: unknown): StorageError {
  if (left.length > 0) {
    return new StorageError(
      'STORAGE_UNAVAILABLE',
      `A burst was refused in the middle, and putting back ${left.length} of its keys was refused as well; they still hold what the burst wrote.`,
      { cause, details: { keys: left } },
    );
  }
  if (!isNoRoom(cause)) return asStorageError(cause);
  return new StorageError(
    'STORAGE_QUOTA',
    `There was no room for the key ${JSON.stringify(key)}; what this burst had written was put back. Make room and try again.`,
    { cause, details: { key } },
  );
}

function burst(access: StorageAccess, writes: readonly StorageWrite[], permitted: () => boolean): BurstOutcome {
  const plan = planBurst(writes, access.get);
  if (plan.doubled.length > 0) {
    throw new InputError('INPUT_ARGUMENT', 'A burst names a key twice; nothing was written.', {
      details: { keys: plan.doubled },
    });
  }
  if (plan.displaced.length > 0) return { status: 'displaced', keys: plan.displaced };
  if (!permitted()) return { status: 'notPermitted' };
  const undo: StorageWrite[] = [];
  for (const { key, value } of plan.due) {
    const before = access.get(key);
    try {
      access.set(key, value);
    } catch (thrown) {
      throw refused(key, putBack(access, undo), thrown);
    }
    undo.push({ key, value: before, expect: [] });
  }
  return { status: 'written' };
}

/**
 * A browser's localStorage, or another Storage such as `sessionStorage`. A burst is synchronous from end to end.
 *
 * What it acknowledges is not on disk yet: browsers write behind, and a browser that is killed minutes later may have
 * lost it (hazard H1). That is what settling is for.
 * @throws StorageError `STORAGE_DENIED` where the browser forbids it, `STORAGE_QUOTA`, `STORAGE_UNAVAILABLE`
 */
export function webStorage(options: WebStorageOptions = {}): StoragePort {
  const { capacity = BROWSER_CAPACITY, failureDomain = BROWSER_PROFILE } = options;
  const attempt = <Result>(work: (access: StorageAccess) => Result): Result => {
    try {
      return work(accessTo(options.storage ?? ownStorage()));
    } catch (thrown) {
      throw asStorageError(thrown);
    }
  };
  const writeNow = (writes: readonly StorageWrite[], permitted: () => boolean): BurstOutcome =>
    attempt((access) => burst(access, writes, permitted));
  return {
    get origin() {
      return options.origin ?? ownOrigin();
    },
    failureDomain,
    keys: async () => attempt((access) => access.keys()),
    read: async (keys) => attempt((access) => new Map(keys.map((key) => [key, access.get(key)]))),
    async write(writes, permitted, fence) {
      const write = (): BurstOutcome => writeNow(writes, permitted);
      return fence === undefined ? write() : fence(write);
    },
    observe(told) {
      const { storage } = options;
      const hear = ({ key, newValue, storageArea }: StorageEvent): void => {
        if (key !== null && storageArea === (storage ?? globalThis.localStorage)) told(key, newValue);
      };
      globalThis.addEventListener?.('storage', hear);
      return () => globalThis.removeEventListener?.('storage', hear);
    },
    room: async () => (Number.isFinite(capacity) ? { capacity, used: attempt(usedBy) } : null),
  };
}

const usedBy = (access: StorageAccess): number =>
  access.keys().reduce((sum, key) => sum + key.length + (access.get(key)?.length ?? 0), 0);

function ownStorage(): Storage {
  // Null in browsers that were told to keep nothing.
  const { localStorage } = globalThis as { readonly localStorage?: Storage | null };
  if (localStorage != null) return localStorage;
  throw new StorageError(
    'STORAGE_UNAVAILABLE',
    'There is no localStorage here. Use webStorage in a page of a browser, or pass in a `storage`.',
  );
}

function ownOrigin(): string {
  const { location } = globalThis as { readonly location?: Location };
  if (location !== undefined) return location.origin;
  throw new StorageError('STORAGE_UNAVAILABLE', 'There is no page here whose origin could be told. Pass in `origin`.');
}
