/** A database as one piece of bytes, with the version that a later save must build upon. */
export interface StoredImage {
  readonly bytes: Uint8Array;
  readonly version: string;
}

/**
 * What became of a save.
 * - `saved`: the bytes are the image now, durably, and this is their version.
 * - `conflict`: somebody else has saved since `base`, or takes part in doing so; the image is theirs. Load it, and look
 *   whether what was to be saved is in it after all.
 */
export type SaveOutcome = { readonly status: 'saved'; readonly version: string } | { readonly status: 'conflict' };

/**
 * Where the image of an embedded database lies: a file, or a record of IndexedDB. Saving is compare-and-swap, so that of
 * two processes or tabs with the same image none overwrites what the other one saved (hazard H15a). After a crash in
 * the middle of a save there is the image before or the one after, complete.
 *
 * All methods throw DatabaseError: `DATABASE_UNAVAILABLE` when the store cannot be reached and the image surely is
 * what it was, `DATABASE_OUTCOME_UNKNOWN` from `save` when nobody can tell.
 */
export interface ImageStore {
  /** What is lost together with it: copies in one failure domain are one copy (hazard H10). */
  readonly failureDomain: string;
  /** The version of the image, or `null` when there is none; cheap enough to be asked before each transaction. */
  version(): Promise<string | null>;
  /** The image, or `null` when there is none. */
  load(): Promise<StoredImage | null>;
  /** Replaces the image if its version still is `base` (`null`: there is none). Durable once it resolves. */
  save(bytes: Uint8Array, base: string | null): Promise<SaveOutcome>;
}
