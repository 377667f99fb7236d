import { createHash } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import { resolve } from 'node:path';
import { BackpedalError } from '../../errors.ts';
import type { HeldLock, LockPort } from '../../ports/lock.ts';
import { type Claim, type ClaimRequest, isClaimed, takeClaim } from './claim.ts';
import { ensureFolder } from './durable-file.ts';
import { systemCode } from './system-error.ts';

/** Options of `fileLock`. */
export interface FileLockOptions {
  /** Where the lock files are; created on first use. It has to be on a disk of this machine. */
  readonly folder: string;
}

/** A file name that tells names apart that differ in anything, and says to a person what it is for. */
const fileNameOf = (name: string): string => {
  const readable = name.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 60);
  const hash = createHash('sha256').update(Buffer.from(name, 'utf16le')).digest('hex').slice(0, 16);
  return `${readable}-${hash}.lock`;
};

const unavailable = (folder: string, cause: unknown): BackpedalError =>
  new BackpedalError(
    'LOCK_UNAVAILABLE',
    `The lock files in ${folder} cannot be used (${systemCode(cause) || 'unknown reason'}): make the folder writable, on a file system with hard links.`,
    { cause, details: { folder } },
  );

/** Looks after the claim whenever something happens in the folder; where that cannot be watched, on release only. */
function watchFolder(folder: string, look: () => void): FSWatcher | null {
  try {
    const watcher = watch(folder, { persistent: false }, look);
    return watcher.on('error', () => watcher.close());
  } catch (thrown) {
    if (systemCode(thrown) !== '') return null;
    throw thrown;
  }
}

function heldLock(folder: string, claim: Claim): HeldLock {
  const controller = new AbortController();
  let state: 'held' | 'over' = 'held';
  const watcher = watchFolder(folder, () => {
    claim.stands().then(
      (stands) => {
        if (!stands) lose();
      },
      // A claim that cannot be read is looked at again on release, which reports the failure.
      () => undefined,
    );
  });
  function lose(): void {
    if (state === 'over') return;
    state = 'over';
    watcher?.close();
    controller.abort();
  }
  return {
    lost: controller.signal,
    async release() {
      if (state === 'over') return;
      // From here on the file's disappearance is our own doing.
      state = 'over';
      try {
        if ((await claim.release()) === 'gone') controller.abort();
        watcher?.close();
      } catch (thrown) {
        state = 'held';
        throw unavailable(folder, thrown);
      }
    },
  };
}

/**
 * Locks among the processes of one machine, as files in a folder. A lock whose holder died, or that a process of
 * another machine or container has left, does not count (hazard H29): it is a hint that saves work, and the database's
 * token is the authority. Liveness is judged by process number and, on Linux, start time.
 * @throws BackpedalError `LOCK_UNAVAILABLE`
 */
export function fileLock(options: FileLockOptions): LockPort {
  const folder = resolve(options.folder);
  const requestFor = (name: string): ClaimRequest => ({ folder, name: fileNameOf(name), elsewhere: 'doesNotCount' });
  return {
    async acquire(name) {
      try {
        await ensureFolder(folder);
        const claim = await takeClaim(requestFor(name));
        return claim === null ? null : heldLock(folder, claim);
      } catch (thrown) {
        throw unavailable(folder, thrown);
      }
    },
    async isHeld(name) {
      try {
        return await isClaimed(requestFor(name));
      } catch (thrown) {
        throw unavailable(folder, thrown);
      }
    },
  };
}
