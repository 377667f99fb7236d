/** A row in the application's own terms: property names and JavaScript values of its schema. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * Which row: the JSON text of the array of its id columns' values, in the order of `CollectionTable.idColumns`
 * (`["t1"]`, `[7,"a"]`). `1` and `"1"` are different rows.
 */
export type RowKey = string;

/** What a database knows of the table behind a collection. */
export interface CollectionTable {
  readonly collection: string;
  /** The table's name, for people. */
  readonly table: string;
  /** Property names of the columns. */
  readonly columns: readonly string[];
  /** Property names of the primary key's columns. */
  readonly idColumns: readonly string[];
}

/** Who may be cleared: every row of the tables, or those that a condition selects, under the name of that scope. */
export type ScopeKind = { readonly kind: 'wholeTable' } | { readonly kind: 'condition'; readonly name: string };

/** Proof of ownership that goes with every write; the database refuses a token that is not the newest it issued. */
export interface Fence {
  readonly migration: string;
  readonly run: string;
  readonly token: number;
}

/**
 * A request for the lease of a migration.
 * - `whenFree`: granted when nobody holds it, or the same run does.
 * - `takeOver`: always granted; whoever held it is shut out, and a transaction of theirs still under way has ended
 *   one way or the other when this resolves.
 */
export interface LeaseRequest {
  readonly migration: string;
  readonly run: string;
  /** The storage that the run belongs to. */
  readonly storage: string;
  readonly mode: 'whenFree' | 'takeOver';
}

/** A granted lease has a token greater than every one issued before for this migration. */
export type LeaseOutcome =
  | { readonly status: 'granted'; readonly token: number }
  | { readonly status: 'busy'; readonly run: string; readonly storage: string };

/** A batch of rows to be copied in one transaction. */
export interface CopyBatch {
  /** Names the batch within its run; the same step twice has the effect of once. */
  readonly step: string;
  readonly collection: string;
  readonly rows: readonly Row[];
}

/** What became of a batch: rows that the database refused are skipped, the others are in. */
export interface CopyOutcome {
  readonly inserted: number;
  /** Position in the batch and the reason, without values. */
  readonly rejected: readonly { readonly index: number; readonly reason: string }[];
}

/** How the rows in the database compare with what was to be there. `keys` gives at most ten examples. */
export interface CompareOutcome {
  readonly equal: number;
  readonly missing: number;
  readonly different: number;
  readonly keys: readonly RowKey[];
}

/** The state of one collection right after its migration. The digest covers every column of every row. */
export interface CollectionDigest {
  readonly collection: string;
  readonly rows: number;
  readonly digest: string;
}

/** The digest of one row over all its columns; need not be cryptographic. */
export interface RowDigest {
  readonly key: RowKey;
  readonly digest: string;
}

/** What happened to a row after the migration. */
export type DriftKind = 'added' | 'changed' | 'deleted' | 'dependent';

/** One row that drifted. `table` differs from the collection's for dependents. */
export interface DriftEntry {
  readonly collection: string;
  readonly table: string;
  readonly key: RowKey;
  readonly kind: DriftKind;
}

/** The digest of "no row has drifted". */
export const NO_DRIFT = 'none';

/** How much drifted, and a digest over exactly which rows with which content; `NO_DRIFT` when none did. */
export interface RowDrift {
  readonly digest: string;
  readonly added: number;
  readonly changed: number;
  readonly deleted: number;
  readonly dependents: number;
}

/** One collection's rows as a rollback sees them. */
export interface CollectionSurvey {
  readonly collection: string;
  /** Rows that would be moved: the migrated ones that are still there, and those that were added. */
  readonly rows: number;
  readonly added: number;
  readonly changed: number;
  readonly deleted: number;
  /** Rows in the scope that belong to others (brought by another run, or there before) and stay. */
  readonly kept: number;
}

/** Rows of other tables that a foreign key would change with the cleared ones (hazard H15). */
export interface DependentSurvey {
  readonly table: string;
  readonly collection: string;
  readonly rows: number;
  /** `moved` (ON DELETE CASCADE), `detached` (SET NULL, SET DEFAULT), `forbids` (RESTRICT, NO ACTION). */
  readonly effect: 'moved' | 'detached' | 'forbids';
}

/** What a rollback would find and do in the database; reading it changes nothing. */
export interface DatabaseSurvey {
  readonly collections: readonly CollectionSurvey[];
  readonly dependents: readonly DependentSurvey[];
  readonly drift: RowDrift;
  /** The drifted rows, at most as many as were asked for. */
  readonly entries: readonly DriftEntry[];
}

/** What Clear Database is to do. */
export interface ClearRequest {
  /** The migration run whose rows are moved out. */
  readonly undoes: string;
  /** The drift that has been decided upon: a digest, or `any`. */
  readonly drift: string;
}

/**
 * What Clear Database did.
 * - `cleared`: rows and dependents lie in the archive, and this outcome was recorded in the same transaction.
 * - `drifted`: the drift is another one than was decided upon; the transaction was undone.
 */
export type ClearOutcome =
  | {
      readonly status: 'cleared';
      /** The migration run whose rows were moved out, for whoever finds this outcome without a journal. */
      readonly undoes: string;
      readonly drift: RowDrift;
      readonly collections: readonly CollectionSurvey[];
      readonly dependents: readonly DependentSurvey[];
    }
  | { readonly status: 'drifted'; readonly drift: RowDrift };

/** A row in the archive. `deleted` entries have no row; the others are as they were when they were moved. */
export interface ArchivedRow {
  readonly collection: string;
  readonly table: string;
  readonly key: RowKey;
  readonly kind: 'unchanged' | 'changed' | 'added' | 'deleted' | 'dependent' | 'late';
  readonly row: Row | null;
}

/** Which archived rows are wanted. Pages are asked for with the `next` of the page before. */
export interface ArchiveQuery {
  readonly migration: string;
  readonly run: string;
  /** Only what drifted, or everything. */
  readonly content: 'drift' | 'all';
  readonly after: string | null;
  readonly limit: number;
}

/** One page of archived rows; `next` is `null` on the last one. */
export interface ArchivePage {
  readonly rows: readonly ArchivedRow[];
  readonly next: string | null;
}

/** The rows that one run moved out of one table. */
export interface ArchiveSummary {
  readonly run: string;
  readonly collection: string;
  readonly table: string;
  readonly rows: number;
}

/** A step that the database recorded in the same transaction as its effect. */
export interface StepOutcome {
  readonly run: string;
  readonly step: string;
  readonly outcome: unknown;
}

/** What the database knows of a migration's runs (hazard H28c). */
export interface DatabaseLedger {
  /** The newest token issued; 0 before the first. */
  readonly token: number;
  /** Who holds the lease, if anybody does. */
  readonly holder: { readonly run: string; readonly storage: string } | null;
  /** The steps recorded for the runs of this migration, oldest first. */
  readonly steps: readonly StepOutcome[];
}

/**
 * The database that users' data goes to. Every method that takes a `Fence` is one transaction which first compares
 * the token; `(run, step)` makes repetitions harmless.
 *
 * All methods throw DatabaseError: `DATABASE_UNAVAILABLE` (transient) when the database cannot be reached and
 * nothing was done, `DATABASE_FENCED` when the token is old, `DATABASE_OUTCOME_UNKNOWN` when the connection was lost
 * while committing (hazard H17), `DATABASE_RESTRICTED` when a foreign key forbids clearing, `DATABASE_FAILED`
 * otherwise; after each but the third nothing has changed.
 */
export interface DatabasePort {
  /** What is lost together with it (hazard H10). */
  readonly failureDomain: string;
  readonly scope: ScopeKind;
  /** The tables, those that others refer to first. */
  tables(): Promise<readonly CollectionTable[]>;
  /** Resolves when the database answers. */
  ping(): Promise<void>;

  lease(request: LeaseRequest): Promise<LeaseOutcome>;
  /** Gives the lease back if this token holds it; the counter stays. Never refuses. */
  release(fence: Fence): Promise<void>;
  ledger(migration: string): Promise<DatabaseLedger>;
  /** Records a small outcome (JSON) of a step that has no effect of its own in the database. */
  record(fence: Fence, step: string, outcome: unknown): Promise<void>;

  /** Notes which rows are in the scope before the run brings its own; they belong to others. Idempotent per run. */
  begin(fence: Fence): Promise<void>;
  copy(fence: Fence, batch: CopyBatch): Promise<CopyOutcome>;
  /** Compares rows, by content, with what the run copied; `rows` are given as they were to `copy`. */
  compare(run: string, collection: string, rows: readonly Row[]): Promise<CompareOutcome>;
  /** Takes the digests of the rows that the run brought, and records those of the collections. Idempotent. */
  digest(fence: Fence): Promise<readonly CollectionDigest[]>;
  /** The recorded row digests of a run, a page in the order of the keys. */
  rowDigests(run: string, collection: string, after: RowKey | null, limit: number): Promise<readonly RowDigest[]>;

  /** What clearing the rows of run `undoes` would do (nothing if it never began); at most `limit` drift entries. */
  survey(migration: string, undoes: string, limit: number): Promise<DatabaseSurvey>;
  /**
   * The drifted rows and their dependents as they are now: what `archived` would answer for `drift` after `clear`.
   * Changes nothing.
   */
  drifted(migration: string, undoes: string, after: string | null, limit: number): Promise<ArchivePage>;
  /**
   * The rows that `clear` would move out of the collections' own tables now, drifted or not, but for their dependents;
   * what the data can be put together from where no backup is left. Pages go by table and key. Changes nothing.
   */
  movable(migration: string, undoes: string, after: string | null, limit: number): Promise<ArchivePage>;
  /** Moves rows and dependents to the archive and records the outcome under step `clear`, in one transaction. */
  clear(fence: Fence, request: ClearRequest): Promise<ClearOutcome>;
  /**
   * Puts back what `clear` of the same run had moved, if it had; idempotent. The run's `clear` is then no longer in the
   * ledger, and it may clear again. Where a newer row has taken the place of a moved one, both are kept: one in the
   * table, one in the archive. Returns the number of rows.
   */
  undoClear(fence: Fence): Promise<number>;
  /**
   * Moves rows that appeared in the scope after `clear` into the archive; returns how many. Moves none while another
   * run has rows of its own in the scope, whose users may have added them; nor do they count as remaining then.
   */
  sweep(fence: Fence): Promise<number>;
  /** How many rows of the migration, or of nobody, are in the scope: 0 after a rollback. */
  remaining(migration: string, undoes: string): Promise<number>;

  archives(migration: string): Promise<readonly ArchiveSummary[]>;
  archived(query: ArchiveQuery): Promise<ArchivePage>;
  /** Deletes the archive of a run; only retention asks for it. */
  dropArchive(fence: Fence, run: string): Promise<void>;
}
