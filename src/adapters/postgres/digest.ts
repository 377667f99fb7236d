import { sql } from 'drizzle-orm';
import type { CollectionDigest, Fence, RowDigest, RowKey } from '../../ports/database.ts';
import { sumToHex } from './encoding.ts';
import type { Session } from './engine.ts';
import { once } from './lease.ts';
import {
  digestOf,
  ensurePart,
  ensureRun,
  findPart,
  findRun,
  keyOf,
  type Part,
  type PlacedTable,
} from './provenance.ts';
import { firstRow } from './sql.ts';

// The app's triggers may change rows after they were copied, and rows of other collections with them.
async function retakeRowDigests(session: Session, table: PlacedTable, part: Part): Promise<void> {
  const { own } = session;
  await session.run(sql`UPDATE ${own.brought} AS bp_r SET digest = bp_n.digest
    FROM (SELECT ${keyOf(table)} AS key, ${digestOf(table, part)} AS digest FROM ${table.live.ident}) AS bp_n
    WHERE bp_r.part = ${part.no}::int AND bp_r.key = bp_n.key AND bp_r.digest <> bp_n.digest`);
}

/** How many rows a run recorded for a table, and the sum of their digests. */
export async function recordedDigest(session: Session, part: Part | null): Promise<{ rows: number; sum: string }> {
  if (part === null) return { rows: 0, sum: '0' };
  if (part.digest !== null) return part.digest;
  const row = await firstRow(
    session,
    sql`SELECT count(*), coalesce(sum(digest), 0)::text FROM ${session.own.brought} WHERE part = ${part.no}::int`,
  );
  return { rows: Number(row?.[0]), sum: String(row?.[1]) };
}

/**
 * Records the digests of the collections: the sums of the digests of their rows. Those were taken when the rows were
 * copied, so that nothing written since can pass for migrated; only where triggers exist are they taken again.
 */
export function takeDigests(
  session: Session,
  fence: Fence,
  tables: readonly PlacedTable[],
): Promise<CollectionDigest[]> {
  return once(session, fence, 'digest', async () => {
    const run = await ensureRun(session, fence);
    const hasTriggers = tables.some(({ live }) => live.triggers.length > 0);
    const digests: CollectionDigest[] = [];
    for (const table of tables) {
      const part = await ensurePart(session, run, table.live);
      if (hasTriggers) await retakeRowDigests(session, table, part);
      const { rows, sum } = await recordedDigest(session, { ...part, digest: null });
      await session.run(
        sql`UPDATE ${session.own.parts} SET rows = ${rows}::int8, digest = ${sum} WHERE no = ${part.no}::int`,
      );
      digests.push({ collection: table.bound.collection, rows, digest: sumToHex(sum) });
    }
    return digests;
  });
}

/** A page of the row digests that a run recorded, in the order of the keys. */
export async function readRowDigests(
  session: Session,
  run: string,
  table: PlacedTable,
  after: RowKey | null,
  limit: number,
): Promise<RowDigest[]> {
  const part = await findPart(session, await findRun(session, run), table.live);
  if (part === null) return [];
  const rows = await session.rows(sql`SELECT key, digest::text FROM ${session.own.brought}
    WHERE part = ${part.no}::int AND key > ${after ?? ''} ORDER BY key LIMIT ${limit}::int`);
  return rows.map(([key, digest]) => ({ key: String(key), digest: sumToHex(digest) }));
}
