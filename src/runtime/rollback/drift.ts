import type { DriftFigures } from '../../machines/rollback/types.ts';
import { type ArchivedRow, type ArchivePage, NO_DRIFT, type RowDrift } from '../../ports/database.ts';
import type { DriftSummary } from '../status-types.ts';
import { sha256 } from '../text-hash.ts';

/** Drift of rows and of storage in one set of figures. */
export function figuresOf(rows: RowDrift, storage: { readonly digest: string; readonly keys: number }): DriftFigures {
  return {
    rows: rows.digest,
    storage: storage.digest,
    added: rows.added,
    changed: rows.changed,
    deleted: rows.deleted,
    dependents: rows.dependents,
    storageKeys: storage.keys,
  };
}

/** Rows that were not looked at because the policy covers whatever they are. */
export const UNSEEN: RowDrift = { digest: NO_DRIFT, added: 0, changed: 0, deleted: 0, dependents: 0 };

/** What identifies the drift that a person was shown. */
export async function digestForPeople(figures: Pick<DriftFigures, 'rows' | 'storage'>): Promise<string> {
  return (await sha256(JSON.stringify([figures.rows, figures.storage]))).slice(0, 32);
}

/** Drift as people are told of it. */
export async function summaryOf(figures: DriftFigures): Promise<DriftSummary> {
  const { added, changed, deleted, dependents, storageKeys } = figures;
  return { digest: await digestForPeople(figures), added, changed, deleted, dependents, storageKeys };
}

const PAGE = 1000;

/** All pages of archived or drifted rows. */
export async function allRows(
  page: (after: string | null, limit: number) => Promise<ArchivePage>,
): Promise<readonly ArchivedRow[]> {
  const rows: ArchivedRow[] = [];
  let after: string | null = null;
  do {
    const { rows: some, next }: ArchivePage = await page(after, PAGE);
    rows.push(...some);
    after = next;
  } while (after !== null);
  return rows;
}
