/** A record of a store of IndexedDB; bytes in its value are `{ base64 }`. */
export interface Stored {
  readonly key: string;
  readonly value: unknown;
}

/** All that lies in a browser for an origin, as plain data. */
export interface Dump {
  readonly storage: readonly (readonly [string, string])[];
  /** Records by database and store. */
  readonly databases: Record<string, Record<string, readonly Stored[]>>;
}
