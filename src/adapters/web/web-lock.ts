import { BackpedalError } from '../../errors.ts';
import type { HeldLock, LockPort } from '../../ports/lock.ts';
import type { LoggerPort } from '../../ports/logger.ts';

/** Options of `webLock`. */
export interface WebLockOptions {
  /** Default `navigator.locks`, looked up at each call. */
  readonly locks?: LockManager;
  /** Told once that there are no Web Locks here. */
  readonly logger?: Pick<LoggerPort, 'warn'>;
}

/** The names of locks that begin with `-` belong to the browser. */
const lockName = (name: string): string => `backpedal-lock:${name}`;

const unavailable = (cause: unknown): BackpedalError =>
  new BackpedalError(
    'LOCK_UNAVAILABLE',
    `The browser's locks cannot be used (${cause instanceof Error ? cause.name : 'unknown reason'}).`,
    { cause, persistence: 'transient' },
  );

/** A lock that stands for nothing, where there is nothing to take. */
const grantedToAnybody = (): HeldLock => ({ lost: new AbortController().signal, release: async () => {} });

function request(locks: LockManager, name: string): Promise<HeldLock | null> {
  const losing = new AbortController();
  return new Promise((resolve, reject) => {
    let letGo = (): void => {};
    const held = new Promise<void>((release) => {
      letGo = release;
    });
    const ended = locks.request(lockName(name), { ifAvailable: true }, async (lock) => {
      if (lock === null) return resolve(null);
      resolve({
        lost: losing.signal,
        async release() {
          letGo();
          await ended.catch(() => {});
        },
      });
      await held;
    });
    // Rejected after it was granted: it was stolen.
    ended.catch((thrown: unknown) => {
      losing.abort();
      reject(unavailable(thrown));
    });
  });
}

/**
 * Locks among the tabs of one browser: Web Locks, asked for in one request and held (hazard H26). A tab that dies gives
 * its locks back; a frozen one does not, and one whose lock was stolen goes on working (hazard H25): it is a hint that
 * saves work, and the journal's conditional append and the database's token are the authority.
 *
 * Where there are no Web Locks, as on an insecure origin (hazard H27), that authority is all there is: every request is
 * granted, nobody is said to hold a lock, and the logger is told so once. Of two tabs that begin at the same time one
 * appends the first record and the other is refused; a run that is under way may be taken over by a tab that starts, and
 * goes on there.
 * @throws BackpedalError `LOCK_UNAVAILABLE`
 */
export function webLock(options: WebLockOptions = {}): LockPort {
  let warned = false;
  const find = (): LockManager | null => {
    const locks = options.locks ?? (globalThis.navigator as { readonly locks?: LockManager } | undefined)?.locks;
    if (locks !== undefined) return locks;
    if (!warned) options.logger?.warn('There are no Web Locks here; journal and database alone decide who goes on.');
    warned = true;
    return null;
  };
  return {
    async acquire(name) {
      const locks = find();
      return locks === null ? grantedToAnybody() : request(locks, name);
    },
    async isHeld(name) {
      const locks = find();
      if (locks === null) return false;
      try {
        return (await locks.query()).held?.some((lock) => lock.name === lockName(name)) ?? false;
      } catch (thrown) {
        throw unavailable(thrown);
      }
    },
  };
}
