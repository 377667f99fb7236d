import { InputError, StorageError } from '../errors.ts';
import { planBurst } from '../ports/burst.ts';
import type { BurstOutcome, StoragePort, StorageWrite } from '../ports/storage.ts';
import { type FaultHooks, type Life, simulate } from './simulated-process.ts';
import { createStorageImage, type PendingWrite, type StorageImage, type Survival } from './storage-image.ts';

/** Content of a storage: pairs, or an object. Pairs are needed for keys such as `__proto__`. */
export type StorageEntries = Iterable<readonly [string, string]> | Readonly<Record<string, string>>;

/** The operations of `memoryStorage` that fault hooks see. */
export type StorageOperation = 'keys' | 'read' | 'write' | 'room';

/** Options of `memoryStorage`. */
export interface MemoryStorageOptions {
  /** What is on disk at the beginning. Default nothing. */
  readonly entries?: StorageEntries;
  /** Default `https://app.example`. */
  readonly origin?: string;
  /** Default `memory-storage`. */
  readonly failureDomain?: string;
  /** UTF-16 code units, keys included; default 5,242,880 as in browsers (hazard H4). `Infinity` for no limit. */
  readonly capacity?: number;
  readonly faults?: FaultHooks<StorageOperation>;
}

/** A localStorage in memory, as a port, as the app sees it, and as somebody who pulls the plug sees it. */
export interface MemoryStorage extends StoragePort {
  /** The app's side; all of it is synchronous, as `localStorage` is. */
  getItem(key: string): string | null;
  /** @throws DOMException `QuotaExceededError`; the old value stays. */
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
  clear(): void;
  /** What can be read now, in the order of first writing. */
  entries(): [string, string][];

  /** The same storage as another process sees it; aborting `death` kills that process (rule ST15). */
  open(death: AbortSignal): StoragePort;
  /** Kills every process; of the writes that are not on disk, so many survive, the oldest first (hazard H3). */
  crash(survival: Survival): void;
  /** Brings every write to the disk. */
  flush(): void;
  /** How many writes are not on disk yet. */
  unflushed(): number;
  /** Those writes, the oldest first. */
  pending(): readonly PendingWrite[];
  /** What is on disk. */
  durable(): [string, string][];
  /**
   * Refuses the k-th set of bursts from now on, counted from 0, once or (`always`) with every one after it, including
   * those that put old values back.
   */
  refuseSet(index: number, times: 'once' | 'always'): void;
}

const BROWSER_CAPACITY = 5_242_880;

const pairsOf = (entries: StorageEntries): Iterable<readonly [string, string]> =>
  Symbol.iterator in entries ? (entries as Iterable<readonly [string, string]>) : Object.entries(entries);

const quotaExceeded = (key: string): StorageError =>
  new StorageError(
    'STORAGE_QUOTA',
    `There was no room for the key ${JSON.stringify(key)}; what this burst had written was put back. Make room and try again.`,
    { details: { key } },
  );

const mixture = (keys: readonly string[]): StorageError =>
  new StorageError(
    'STORAGE_UNAVAILABLE',
    `A burst was refused in the middle, and putting back ${keys.length} of its keys was refused as well; they still hold what the burst wrote.`,
    { details: { keys } },
  );

/** Counts the sets of bursts and says which are refused. */
function createRefusals(): { next(): 'accepted' | 'refused'; arm: MemoryStorage['refuseSet'] } {
  let count = 0;
  let from = Number.POSITIVE_INFINITY;
  let until = Number.POSITIVE_INFINITY;
  return {
    arm(index, times) {
      count = 0;
      from = index;
      until = times === 'once' ? index : Number.POSITIVE_INFINITY;
    },
    next() {
      const index = count++;
      return index >= from && index <= until ? 'refused' : 'accepted';
    },
  };
}

function burst(
  image: StorageImage,
  refused: () => boolean,
  writes: readonly StorageWrite[],
  permitted: () => boolean,
): BurstOutcome {
  const plan = planBurst(writes, image.get);
  if (plan.doubled.length > 0) {
    throw new InputError('INPUT_ARGUMENT', 'A burst names a key twice; nothing was written.', {
      details: { keys: plan.doubled },
    });
  }
  if (plan.displaced.length > 0) return { status: 'displaced', keys: plan.displaced };
  if (!permitted()) return { status: 'notPermitted' };
  const set = (key: string, value: string | null): 'done' | 'refused' =>
    value !== null && refused() ? 'refused' : image.set(key, value);
  const undo: { key: string; value: string | null }[] = [];
  for (const { key, value } of plan.due) {
    const before = { key, value: image.get(key) };
    if (set(key, value) === 'done') undo.unshift(before);
    else {
      const left = undo.filter((old) => set(old.key, old.value) === 'refused').map((old) => old.key);
      throw left.length > 0 ? mixture(left) : quotaExceeded(key);
    }
  }
  return { status: 'written' };
}

/** A localStorage in memory with the crash semantics of a browser's (hazards H1 to H5). */
export function memoryStorage(options: MemoryStorageOptions = {}): MemoryStorage {
  const image = createStorageImage(pairsOf(options.entries ?? []), options.capacity ?? BROWSER_CAPACITY);
  const refusals = createRefusals();
  const origin = options.origin ?? 'https://app.example';
  const failureDomain = options.failureDomain ?? 'memory-storage';
  const hooks = options.faults;

  const handle = (lifeOfCall: () => Life): StoragePort => {
    const run = <Result>(
      operation: StorageOperation,
      subject: string,
      effect: () => Result | Promise<Result>,
    ): Promise<Result> => simulate({ operation, subject, effect, life: lifeOfCall(), hooks });
    return {
      origin,
      failureDomain,
      keys: () => run('keys', '', () => image.entries().map(([key]) => key)),
      read: (keys) => run('read', keys.join(), () => new Map(keys.map((key) => [key, image.get(key)]))),
      write: (writes, permitted, fence) => {
        const life = lifeOfCall();
        const wanted = (): boolean => life() && permitted();
        const write = (): BurstOutcome => burst(image, () => refusals.next() === 'refused', writes, wanted);
        const subject = writes.map(({ key }) => key).join();
        return run('write', subject, () => (fence === undefined ? write() : fence(write)));
      },
      room: () => run('room', '', () => image.room()),
    };
  };

  const sinceCrash = (): Life => {
    const crashes = image.crashes();
    return () => image.crashes() === crashes;
  };
  return {
    ...handle(sinceCrash),
    getItem: image.get,
    setItem(key, value) {
      if (image.set(key, value) === 'refused') throw new DOMException('The quota is exceeded.', 'QuotaExceededError');
    },
    removeItem: (key) => void image.set(key, null),
    clear: image.clear,
    entries: image.entries,
    open(death) {
      const alive = sinceCrash();
      return handle(() => () => alive() && !death.aborted);
    },
    crash: image.crash,
    flush: image.flush,
    unflushed: image.unflushed,
    pending: image.pending,
    durable: image.durable,
    refuseSet: refusals.arm,
  };
}
