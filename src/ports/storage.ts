/** One key of a burst: what is to be there, and what may be there now. */
export interface StorageWrite {
  readonly key: string;
  /** The value to write; `null` removes the key. */
  readonly value: string | null;
  /**
   * The values (`null`: no such key) that may be replaced. Any other value found there was written by somebody else
   * and stops the whole burst. A key that already holds `value` is always fine and is not written again.
   */
  readonly expect: readonly (string | null)[];
}

/**
 * What became of a burst.
 * - `written`: every key holds its value.
 * - `displaced`: nothing was written; `keys` hold values that were not expected.
 * - `notPermitted`: nothing was written; the caller no longer was the holder when its turn came.
 */
export type BurstOutcome =
  | { readonly status: 'written' }
  | { readonly status: 'displaced'; readonly keys: readonly string[] }
  | { readonly status: 'notPermitted' };

/**
 * Carries out a synchronous burst at a moment at which nobody else can have gone on with the run, or not at all: then
 * the outcome is `notPermitted`.
 */
export type BurstFence = (burst: () => BurstOutcome) => Promise<BurstOutcome>;

/** How much fits, in UTF-16 code units, keys included (hazard H4). */
export interface StorageRoom {
  readonly capacity: number;
  readonly used: number;
}

/**
 * The key-value storage that the users' data came from and goes back to: localStorage, or a dump of it.
 * Values are strings of UTF-16 code units and are never interpreted.
 */
export interface StoragePort {
  /** Whose storage it is, as a browser would say it (`https://app.example`). Backups of another origin are refused. */
  readonly origin: string;
  /** What is lost together with it: copies in one failure domain are one copy (hazard H10). */
  readonly failureDomain: string;
  /** Every key, whatever its name (hazard H5). */
  keys(): Promise<string[]>;
  /** The values of these keys; `null` where there is none. */
  read(keys: readonly string[]): Promise<Map<string, string | null>>;
  /**
   * Writes all of `writes`, in their order, in one burst that nothing else of the app interleaves with, or nothing.
   * `permitted` is asked synchronously right before the first write. A refusal in the middle (quota) puts back what
   * the burst had written before it throws.
   *
   * A storage that writes synchronously gives the whole burst to `fence`, where there is one, so that a holder that was
   * frozen and wakes up late is stopped (hazard H28a). Others cannot, and leave it aside.
   * @throws StorageError `STORAGE_QUOTA`, `STORAGE_DENIED`, `STORAGE_UNAVAILABLE`
   */
  write(writes: readonly StorageWrite[], permitted: () => boolean, fence?: BurstFence): Promise<BurstOutcome>;
  /**
   * Tells of writes by other tabs or processes as it learns of them, `null` for a removal; gives a function that stops
   * it. Only for storages that are told themselves, as localStorage is by its events.
   */
  observe?(told: (key: string, value: string | null) => void): () => void;
  /** How much fits, or `null` where the storage cannot tell or has no limit. */
  room(): Promise<StorageRoom | null>;
}
