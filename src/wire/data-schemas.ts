import * as z from 'zod/mini';
import type {
  ArchivedRow,
  ArchivePage,
  ArchiveQuery,
  ArchiveSummary,
  ClearOutcome,
  ClearRequest,
  CollectionDigest,
  CollectionSurvey,
  CollectionTable,
  CompareOutcome,
  CopyBatch,
  CopyOutcome,
  DatabaseLedger,
  DatabaseSurvey,
  DependentSurvey,
  DriftEntry,
  Fence,
  LeaseOutcome,
  LeaseRequest,
  Row,
  RowDigest,
  RowDrift,
  ScopeKind,
  StepOutcome,
} from '../ports/database.ts';

const LONGEST_NAME = 256;
const LONGEST_KEY = 65_536;

/** A count: of rows, of tokens. */
export const count: z.ZodMiniType<number> = z.int().check(z.nonnegative());
/** A name that people gave: of a collection, a table, a step. */
export const name: z.ZodMiniType<string> = z.string().check(z.minLength(1), z.maxLength(LONGEST_NAME));
/** The id of a migration, a run or a storage, as the library makes them. */
export const identifier: z.ZodMiniType<string> = z.string().check(z.regex(/^[A-Za-z0-9._-]{1,64}$/));
/** The key of a row, or where a page ends; opaque. */
export const rowKey: z.ZodMiniType<string> = z.string().check(z.maxLength(LONGEST_KEY));
/** Where a page begins. */
export const after: z.ZodMiniType<string | null> = z.nullable(rowKey);
/** Any value that the encoding carries. */
export const anything: z.ZodMiniType<unknown> = z.unknown();

// Not `z.record`: that would build a new object, in which `__proto__` is not a column any more.
/** A row. */
export const row: z.ZodMiniType<Row> = z.custom<Row>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value),
);

/** See the type in the port, as for all that follow. */
export const fence: z.ZodMiniType<Fence> = z.strictObject({ migration: identifier, run: identifier, token: count });
/** `LeaseRequest`. */
export const leaseRequest: z.ZodMiniType<LeaseRequest> = z.strictObject({
  migration: identifier,
  run: identifier,
  storage: identifier,
  mode: z.enum(['whenFree', 'takeOver']),
});
/** `LeaseOutcome`. */
export const leaseOutcome: z.ZodMiniType<LeaseOutcome> = z.discriminatedUnion('status', [
  z.object({ status: z.literal('granted'), token: count }),
  z.object({ status: z.literal('busy'), run: z.string(), storage: z.string() }),
]);
/** `CopyBatch`. */
export const copyBatch: z.ZodMiniType<CopyBatch> = z.strictObject({
  step: name,
  collection: name,
  rows: z.array(row),
});
/** `CopyOutcome`. */
export const copyOutcome: z.ZodMiniType<CopyOutcome> = z.object({
  inserted: count,
  rejected: z.array(z.object({ index: count, reason: z.string() })),
});
/** `CompareOutcome`. */
export const compareOutcome: z.ZodMiniType<CompareOutcome> = z.object({
  equal: count,
  missing: count,
  different: count,
  keys: z.array(z.string()),
});
/** `CollectionDigest`. */
export const collectionDigest: z.ZodMiniType<CollectionDigest> = z.object({
  collection: z.string(),
  rows: count,
  digest: z.string(),
});
/** `RowDigest`. */
export const rowDigest: z.ZodMiniType<RowDigest> = z.object({ key: z.string(), digest: z.string() });
/** `RowDrift`. */
export const rowDrift: z.ZodMiniType<RowDrift> = z.object({
  digest: z.string(),
  added: count,
  changed: count,
  deleted: count,
  dependents: count,
});
/** `CollectionSurvey`. */
export const collectionSurvey: z.ZodMiniType<CollectionSurvey> = z.object({
  collection: z.string(),
  rows: count,
  added: count,
  changed: count,
  deleted: count,
  kept: count,
});
/** `DependentSurvey`. */
export const dependentSurvey: z.ZodMiniType<DependentSurvey> = z.object({
  table: z.string(),
  collection: z.string(),
  rows: count,
  effect: z.enum(['moved', 'detached', 'forbids']),
});
const driftEntry: z.ZodMiniType<DriftEntry> = z.object({
  collection: z.string(),
  table: z.string(),
  key: z.string(),
  kind: z.enum(['added', 'changed', 'deleted', 'dependent']),
});
/** `DatabaseSurvey`. */
export const databaseSurvey: z.ZodMiniType<DatabaseSurvey> = z.object({
  collections: z.array(collectionSurvey),
  dependents: z.array(dependentSurvey),
  drift: rowDrift,
  entries: z.array(driftEntry),
});
/** `ClearRequest`. */
export const clearRequest: z.ZodMiniType<ClearRequest> = z.strictObject({ undoes: identifier, drift: name });
/** `ClearOutcome`. */
export const clearOutcome: z.ZodMiniType<ClearOutcome> = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('cleared'),
    undoes: z.string(),
    drift: rowDrift,
    collections: z.array(collectionSurvey),
    dependents: z.array(dependentSurvey),
  }),
  z.object({ status: z.literal('drifted'), drift: rowDrift }),
]);
const archivedRow: z.ZodMiniType<ArchivedRow> = z.object({
  collection: z.string(),
  table: z.string(),
  key: z.string(),
  kind: z.enum(['unchanged', 'changed', 'added', 'deleted', 'dependent', 'late']),
  row: z.nullable(row),
});
/** `ArchivePage`. */
export const archivePage: z.ZodMiniType<ArchivePage> = z.object({
  rows: z.array(archivedRow),
  next: z.nullable(z.string()),
});
/** `ArchiveQuery`. */
export const archiveQuery: z.ZodMiniType<ArchiveQuery> = z.strictObject({
  migration: identifier,
  run: identifier,
  content: z.enum(['drift', 'all']),
  after,
  limit: count,
});
/** `ArchiveSummary`. */
export const archiveSummary: z.ZodMiniType<ArchiveSummary> = z.object({
  run: z.string(),
  collection: z.string(),
  table: z.string(),
  rows: count,
});
const stepOutcome: z.ZodMiniType<StepOutcome> = z.object({ run: z.string(), step: z.string(), outcome: z.unknown() });
/** `DatabaseLedger`. */
export const databaseLedger: z.ZodMiniType<DatabaseLedger> = z.object({
  token: count,
  holder: z.nullable(z.object({ run: z.string(), storage: z.string() })),
  steps: z.array(stepOutcome),
});
const collectionTable: z.ZodMiniType<CollectionTable> = z.object({
  collection: z.string(),
  table: z.string(),
  columns: z.array(z.string()),
  idColumns: z.array(z.string()),
});
const scope: z.ZodMiniType<ScopeKind> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('wholeTable') }),
  z.object({ kind: z.literal('condition'), name: z.string() }),
]);

/** What the server says of its database: the tables, and whose rows it clears. */
export interface Description {
  readonly scope: ScopeKind;
  readonly tables: readonly CollectionTable[];
}

/** See `Description`. */
export const description: z.ZodMiniType<Description> = z.object({ scope, tables: z.array(collectionTable) });

/** A page of row digests, and whether there are more of them. */
export interface DigestPage {
  readonly rows: readonly RowDigest[];
  readonly more: boolean;
}

/** See `DigestPage`. */
export const digestPage: z.ZodMiniType<DigestPage> = z.object({ rows: z.array(rowDigest), more: z.boolean() });
