import type { ArchivedRow, ArchivePage, RowDigest } from '../ports/database.ts';
import type { DigestPage } from '../wire/data-schemas.ts';
import type { Ask } from './transport.ts';

/**
 * A page as large as was asked for, or the last one: the server gives as much at once as it sees fit, since rows may
 * be large.
 */
export async function fillPage(
  ask: (after: string | null, limit: number) => Promise<ArchivePage>,
  from: string | null,
  limit: number,
): Promise<ArchivePage> {
  const rows: ArchivedRow[] = [];
  for (let after = from; ; ) {
    const page = await ask(after, limit - rows.length);
    rows.push(...page.rows);
    after = page.next;
    if (after === null || rows.length >= limit || page.rows.length === 0) return { rows, next: after };
  }
}

/** All row digests that were asked for. */
export async function readDigests(
  ask: Ask,
  run: string,
  collection: string,
  from: string | null,
  limit: number,
): Promise<readonly RowDigest[]> {
  const rows: RowDigest[] = [];
  let after = from;
  for (let more = true; more && rows.length < limit; ) {
    const page = (await ask('rowDigests', [run, collection, after, limit - rows.length])) as DigestPage;
    rows.push(...page.rows);
    after = page.rows.at(-1)?.key ?? after;
    more = page.more && page.rows.length > 0;
  }
  return rows;
}
