import type { SqlValue } from 'sql.js';
import type { CollectionDigest, Fence, RowDigest, RowKey } from '../../ports/database.ts';
import { listTriggers, readTable } from './catalog.ts';
import { keyOfEncodedRow, rowSql } from './encoding.ts';
import type { Session } from './engine.ts';
import { emptyFingerprint, fingerprintInto, fingerprintToHex, sumOfPacked } from './fingerprint.ts';
import { once } from './lease.ts';
import { digestColumns, ensureRun, findRun, movableRows, type RunRecord } from './provenance.ts';
import { firstRow, forEachRow, whereAll } from './sql.ts';
import { type BoundTable, quotedTable } from './tables.ts';

// The app's triggers may change rows after they were copied, and rows of other collections with them.
function retakeRowDigests(session: Session, run: RunRecord, table: BoundTable): void {
  const { db } = session;
  const row = rowSql(digestColumns(session, run, table, readTable(db, table.name)));
  const where = whereAll([table.scope, movableRows(session, table, run)]);
  const update = db.prepare('UPDATE backpedal_rows SET digest = ? WHERE run = ? AND tbl = ? AND key = ?');
  const fingerprint = emptyFingerprint();
  try {
    forEachRow(db, `SELECT ${row} FROM ${quotedTable(table)}${where.sql}`, where.params, ([encoded]) => {
      fingerprintInto(encoded as string, fingerprint);
      update.run([fingerprintToHex(fingerprint), run.no, table.name, keyOfEncodedRow(encoded as string)]);
    });
  } finally {
    update.free();
  }
}

/** The keys and digests that a run recorded for a table: keys apart by line feeds, digests without separators. */
export interface PackedDigests {
  readonly keys: string;
  readonly digests: string;
}

/** Reads keys and digests in one go; a statement step for each row would cost far more. */
function pack({ db }: Session, rows: string, params: readonly SqlValue[]): PackedDigests {
  const row = firstRow(db, `SELECT group_concat(key, char(10)), group_concat(digest, '') FROM ${rows}`, params);
  return { keys: String(row?.[0] ?? ''), digests: String(row?.[1] ?? '') };
}

/** What a run recorded for a table. */
export function packedDigests(session: Session, runNo: number, table: BoundTable): PackedDigests {
  return pack(session, 'backpedal_rows WHERE run = ? AND tbl = ?', [runNo, table.name]);
}

/**
 * Records the digests of the collections: the sums of the digests of their rows. Those were taken when the rows were
 * copied, so that nothing written since can pass for migrated; only where triggers exist are they taken again.
 */
export function takeDigests(session: Session, fence: Fence, tables: readonly BoundTable[]): CollectionDigest[] {
  return once(session, fence, 'digest', () => {
    const run = ensureRun(session, fence);
    if (listTriggers(session.db).length > 0) for (const table of tables) retakeRowDigests(session, run, table);
    return tables.map((table) => {
      const { digests } = packedDigests(session, run.no, table);
      return {
        collection: table.collection,
        rows: digests.length / 16,
        digest: fingerprintToHex(sumOfPacked(digests)),
      };
    });
  });
}

/** A page of the row digests that a run recorded, in the order of the keys. */
export function readRowDigests(
  session: Session,
  run: string,
  table: BoundTable,
  after: RowKey | null,
  limit: number,
): RowDigest[] {
  const record = findRun(session, run);
  if (record === null) return [];
  const { keys, digests } = pack(
    session,
    '(SELECT key, digest FROM backpedal_rows WHERE run = ? AND tbl = ? AND key > ? ORDER BY key LIMIT ?)',
    [record.no, table.name, after ?? '', limit],
  );
  if (keys === '') return [];
  return keys.split('\n').map((key, i) => ({ key, digest: digests.slice(i * 16, i * 16 + 16) }));
}
