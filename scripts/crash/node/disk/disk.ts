import { readFile } from 'node:fs/promises';
import type { SqlJsStatic } from 'sql.js';
import { filesIn } from '../app.ts';
import { migration } from '../content.ts';
import { type AuditOnDisk, readAudit, readNotices } from './audit.ts';
import { type Copies, copiesInBackups, copiesOfDisplaced } from './copies.ts';
import { type ImageOnDisk, readImages } from './database.ts';
import { type JournalOnDisk, readJournal } from './journal.ts';
import { readVault, type VaultOnDisk } from './vault.ts';

/** Everything that lies in a world's folder, read without the library. */
export interface Disk {
  /** The text of the storage's file, where there is one. */
  readonly file: string | null;
  /** What the storage holds. */
  readonly storage: Readonly<Record<string, string>>;
  /** The last one is the one that will count. */
  readonly images: readonly [ImageOnDisk, ...ImageOnDisk[]];
  readonly vault: VaultOnDisk;
  readonly journal: JournalOnDisk;
  readonly audit: readonly AuditOnDisk[];
  readonly backups: Copies;
  readonly displaced: Copies;
  readonly notices: ReadonlySet<string>;
  /** What cannot be read as it should. */
  readonly faults: readonly string[];
}

/** Reads a world's folder. @throws when storage or database cannot be read at all */
export async function readDisk(SQL: SqlJsStatic, folder: string): Promise<Disk> {
  const files = filesIn(folder);
  const file = await readFile(files.storage, 'utf8');
  const vault = await readVault(files.vault);
  const journal = readJournal(vault, migration.id);
  const audit = readAudit(vault, migration.id);
  return {
    file,
    storage: JSON.parse(file) as Record<string, string>,
    images: (await readImages(SQL, files.database)) as unknown as Disk['images'],
    vault,
    journal,
    audit: audit.entries,
    backups: copiesInBackups(vault, migration.id),
    displaced: copiesOfDisplaced(vault, migration.id),
    notices: await readNotices(files.notices),
    faults: [...vault.faults, ...journal.faults, ...audit.faults],
  };
}

/** The image that counts. */
export const imageOf = ({ images }: Disk): ImageOnDisk => images.at(-1) ?? images[0];
