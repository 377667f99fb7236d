import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Database, SqlJsStatic } from 'sql.js';
import { TABLE_NAMES } from '../tables.ts';

/** What lies in one image of the database. Rows are the JSON texts of their columns' values. */
export interface ImageOnDisk {
  /** The file's name. */
  readonly file: string;
  readonly rows: Readonly<Record<string, readonly string[]>>;
  readonly archived: Readonly<Record<string, ReadonlySet<string>>>;
  readonly token: number;
  readonly holder: string | null;
  readonly steps: readonly { readonly run: string; readonly step: string }[];
  readonly integrity: string;
}

const plain = (value: unknown): unknown =>
  value instanceof Uint8Array ? { bytes: Buffer.from(value).toString('hex') } : value;

function select(db: Database, query: string): unknown[][] {
  return (db.exec(query)[0]?.values ?? []) as unknown[][];
}

const textsOf = (rows: readonly unknown[][]): string[] => rows.map((row) => JSON.stringify(row.map(plain))).sort();

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

function archivedRows(db: Database): Record<string, Set<string>> {
  const archived: Record<string, Set<string>> = Object.fromEntries(
    TABLE_NAMES.map((name) => [name, new Set<string>()]),
  );
  for (const [table, archive, columns] of select(db, 'SELECT tbl, archive, columns FROM backpedal_archives')) {
    const names = (JSON.parse(String(columns)) as string[]).map(quoted).join(', ');
    for (const row of textsOf(select(db, `SELECT ${names} FROM ${quoted(String(archive))}`)))
      archived[String(table)]?.add(row);
  }
  return archived;
}

/** Reads an image with nothing but sql.js. */
export function readImage(SQL: SqlJsStatic, file: string, bytes: Uint8Array): ImageOnDisk {
  const db = new SQL.Database(bytes);
  try {
    const own = select(db, "SELECT 1 FROM sqlite_schema WHERE name = 'backpedal_leases'").length > 0;
    const [lease] = own ? select(db, 'SELECT token, run FROM backpedal_leases') : [];
    const steps = own ? select(db, 'SELECT run, step FROM backpedal_steps ORDER BY no') : [];
    return {
      file,
      rows: Object.fromEntries(TABLE_NAMES.map((name) => [name, textsOf(select(db, `SELECT * FROM ${quoted(name)}`))])),
      archived: own ? archivedRows(db) : {},
      token: Number(lease?.[0] ?? 0),
      holder: (lease?.[1] as string | null | undefined) ?? null,
      steps: steps.map(([run, step]) => ({ run: String(run), step: String(step) })),
      integrity: select(db, 'PRAGMA integrity_check').flat().join('; '),
    };
  } finally {
    db.close();
  }
}

/**
 * The images that may count after a kill: the file, and the newest generation beside it, which the next process lets
 * the file's name stand for. The one that will count comes last.
 */
export async function readImages(SQL: SqlJsStatic, path: string): Promise<readonly ImageOnDisk[]> {
  const folder = dirname(path);
  const prefix = `.${basename(path)}.backpedal-image-`;
  const numbers = (await readdir(folder))
    .filter((file) => file.startsWith(prefix) && /^\d+$/.test(file.slice(prefix.length)))
    .map((file) => Number(file.slice(prefix.length)));
  const files = [basename(path)];
  const newest = prefix + Math.max(...numbers);
  if (numbers.length > 0 && !(await isSame(path, join(folder, newest)))) files.push(newest);
  return Promise.all(files.map(async (file) => readImage(SQL, file, await readFile(join(folder, file)))));
}

/** Whether two names are links of one file, as they are but for the moment of a save. */
async function isSame(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([one, other].map((file) => stat(file, { bigint: true })));
  return first?.ino === second?.ino;
}
