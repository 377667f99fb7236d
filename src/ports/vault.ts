/** What became of an action on condition that a name does not exist. */
export type WhileAbsentOutcome<Result> =
  | { readonly status: 'absent'; readonly result: Result }
  | { readonly status: 'exists' };

/**
 * Where journal, backups, audit trail and displaced values lie. Names are `/`-separated segments of
 * `[A-Za-z0-9._-]`, at most 200 characters; values are well-formed Unicode text of any size.
 *
 * Whatever a method has acknowledged is on disk: it survives a killed process and a killed machine.
 */
export interface VaultPort {
  /** What is lost together with it: copies in one failure domain are one copy (hazard H10). */
  readonly failureDomain: string;
  /** The text under this name, or `null`. A read that fails throws; it is never taken for "not found". */
  get(name: string): Promise<string | null>;
  /** Writes or replaces: after a crash there is the old text or the new one, never a mixture. */
  put(name: string, text: string): Promise<void>;
  /**
   * Writes unless the name exists already, decided atomically among all who share the vault. The journal's append
   * stands on this one operation (rule JN2).
   */
  putIfAbsent(name: string, text: string): Promise<'stored' | 'exists'>;
  /** Names that begin with this prefix, in ascending order of their code units. */
  list(prefix: string): Promise<string[]>;
  /** Removes; not an error if there is no such name. */
  remove(name: string): Promise<void>;
  /**
   * Runs a synchronous action, once, while nobody who shares the vault can write this name, unless it exists already.
   * Only for vaults that can keep others out for so long, as a transaction of IndexedDB does. What the action throws
   * is thrown on; that it has been run is told even if the vault fails afterwards.
   */
  whileAbsent?<Result>(name: string, action: () => Result): Promise<WhileAbsentOutcome<Result>>;
}
