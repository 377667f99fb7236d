import type { CollectionTable, CopyBatch, Row } from '../ports/database.ts';
import type { WireRequest } from '../wire/messages.ts';
import { deny, refuseLimit } from './refusal.ts';

/** What callers may do: one migration, its collections, and the columns that may be written. */
export interface Permission {
  /** The id of the only migration; `null` for any. */
  readonly migration: string | null;
  /** The collections; `null` for all that the database has a table for. */
  readonly collections: readonly string[] | null;
  /** The columns that a browser may write, by collection; a collection that is not named may be written in all. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
}

interface Named {
  readonly migrations: readonly string[];
  readonly collections: readonly string[];
}

/** The migrations and collections that the parameters of a request name. */
function namedIn({ method, args }: WireRequest): Named {
  const [first, second] = args as readonly (string | { readonly migration?: string; readonly collection?: string })[];
  const collection = (value: typeof first): readonly string[] =>
    typeof value === 'string' ? [value] : value?.collection === undefined ? [] : [value.collection];
  switch (method) {
    case 'tables':
    case 'ping':
      return { migrations: [], collections: [] };
    // Their first parameter is a run.
    case 'compare':
    case 'rowDigests':
      return { migrations: [], collections: collection(second) };
    case 'copy':
      return { migrations: migrationOf(first), collections: collection(second) };
    default:
      return { migrations: migrationOf(first), collections: [] };
  }
}

const migrationOf = (value: string | { readonly migration?: string } | undefined): readonly string[] =>
  typeof value === 'string' ? [value] : value?.migration === undefined ? [] : [value.migration];

/** Refuses what is not part of the migration. @throws RequestRefused */
export function checkPermission(permission: Permission, request: WireRequest, rows: number): void {
  const { migrations, collections } = namedIn(request);
  if (permission.migration !== null && migrations.some((migration) => migration !== permission.migration))
    deny(403, 'foreignMigration');
  const { collections: known } = permission;
  if (known !== null && collections.some((collection) => !known.includes(collection))) deny(403, 'foreignCollection');
  const sent = rowsOf(request).length;
  if (sent > rows) refuseLimit(413, 'tooManyRows', { limit: rows });
}

/** The rows that a request brings. */
export function rowsOf({ method, args }: WireRequest): readonly Row[] {
  if (method === 'copy') return (args[1] as CopyBatch).rows;
  return method === 'compare' ? (args[2] as readonly Row[]) : [];
}

/** The columns that rows of a collection may have. @throws RequestRefused for a collection without a table */
export function permittedColumns(
  permission: Permission,
  tables: readonly CollectionTable[],
  collection: string,
): ReadonlySet<string> {
  const table = tables.find((candidate) => candidate.collection === collection);
  if (table === undefined) return deny(403, 'foreignCollection');
  const { columns } = permission;
  const named = Object.hasOwn(columns, collection) ? columns[collection] : undefined;
  return new Set(named === undefined ? table.columns : table.columns.filter((column) => named.includes(column)));
}
