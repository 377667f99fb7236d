/** A task of the main thread over 50 ms, which the browser reports. */
export interface LongTask {
  readonly milliseconds: number;
  /** The state of the run in which it ended. */
  readonly state: string;
  /** What in it must not be divided: the transaction of Clear, the burst into storage. */
  readonly indivisible: string | null;
}

/** What a browser measured of one migration and rollback. */
export interface Measured {
  /** Of the rollback. */
  readonly milliseconds: number;
  readonly tasks: readonly LongTask[];
  /** The longest single call into the browser (`setItem`, `put`, `add`), in milliseconds. */
  readonly longestCall: number;
}
