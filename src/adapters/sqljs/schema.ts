import type { Database } from 'sql.js';
import { firstRowOfKept } from './sql.ts';

/**
 * Our own tables, all with the prefix `backpedal_`, created on first use.
 *
 * - `leases`: one row per migration; the token only ever grows.
 * - `steps`: the outcome of a step, written in the transaction of its effect.
 * - `runs`: the runs that brought rows; `no` tells which of two is the newer one. `cleared_by` names the run that moved
 *   its rows out and has not put them back, `dropped` says that they are no longer in the archive.
 * - `columns`: which columns the digests of a run cover.
 * - `rows`: provenance: the key and the digest of every row that a run brought.
 * - `before`: the keys that were there before a run brought its own.
 * - `archives`: one row per archive table; `part` says what lies in it.
 * - `commits`: in an image, the latest saves, for whoever has to find out whether his own is among them; `no` is the
 *   generation of the image.
 * - `drift`: the kind of every archived row that is not unchanged, and of the deleted ones.
 */
const SCHEMA = `
CREATE TABLE IF NOT EXISTS backpedal_leases (
  migration TEXT PRIMARY KEY NOT NULL, token INTEGER NOT NULL, run TEXT, storage TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS backpedal_steps (
  no INTEGER PRIMARY KEY, migration TEXT NOT NULL, run TEXT NOT NULL, step TEXT NOT NULL, outcome TEXT NOT NULL,
  UNIQUE (run, step)
);
CREATE TABLE IF NOT EXISTS backpedal_runs (
  no INTEGER PRIMARY KEY, run TEXT NOT NULL UNIQUE, migration TEXT NOT NULL, cleared_by TEXT,
  dropped INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS backpedal_columns (
  run INTEGER NOT NULL, tbl TEXT NOT NULL, columns TEXT NOT NULL, PRIMARY KEY (run, tbl)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS backpedal_rows (
  run INTEGER NOT NULL, tbl TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (run, tbl, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS backpedal_before (
  run INTEGER NOT NULL, tbl TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (run, tbl, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS backpedal_archives (
  no INTEGER PRIMARY KEY, migration TEXT NOT NULL, run TEXT NOT NULL, collection TEXT NOT NULL, tbl TEXT NOT NULL,
  archive TEXT NOT NULL, part TEXT NOT NULL, layout TEXT NOT NULL, columns TEXT NOT NULL, undo TEXT
);
CREATE TABLE IF NOT EXISTS backpedal_commits (no INTEGER PRIMARY KEY, id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS backpedal_drift (
  run TEXT NOT NULL, tbl TEXT NOT NULL, key TEXT NOT NULL, kind TEXT NOT NULL, PRIMARY KEY (run, tbl, key)
) WITHOUT ROWID;
`;

/** Creates our tables where they are missing; a transaction that is undone takes them with it. */
export function ensureOwnTables(db: Database): void {
  const last = firstRowOfKept(db, `SELECT 1 FROM sqlite_schema WHERE name = 'backpedal_drift'`);
  if (last === undefined) db.run(SCHEMA);
}
