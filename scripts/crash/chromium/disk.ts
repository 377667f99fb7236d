import { Buffer } from 'node:buffer';
import type { SqlJsStatic } from 'sql.js';
import { migration } from '../node/content.ts';
import { readAudit } from '../node/disk/audit.ts';
import { copiesInBackups, copiesOfDisplaced } from '../node/disk/copies.ts';
import { readImage } from '../node/disk/database.ts';
import type { Disk } from '../node/disk/disk.ts';
import { readJournal } from '../node/disk/journal.ts';
import type { VaultOnDisk } from '../node/disk/vault.ts';
import type { Dump, Stored } from './dump.ts';

/** Where the library keeps its things in IndexedDB. */
const VAULT = { database: 'backpedal', store: 'entries' } as const;

/** Keys that the app writes so that the browser is slow to write the others; what becomes of them is not our doing. */
const BALLAST = 'ballast:';

function vaultIn({ databases }: Dump): VaultOnDisk {
  const records = databases[VAULT.database]?.[VAULT.store] ?? [];
  const faults = records
    .filter(({ value }) => typeof value !== 'string')
    .map(({ key }) => `the entry ${key} of the vault is no text`);
  const entries = records.map(({ key, value }) => [key, String(value)] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  return { entries: new Map(entries), faults };
}

/** Bytes somewhere in a record, the first that are found. */
function bytesIn(value: unknown): Uint8Array | null {
  if (typeof value !== 'object' || value === null) return null;
  const { base64 } = value as { readonly base64?: string };
  if (base64 !== undefined) return Buffer.from(base64, 'base64');
  for (const part of Object.values(value)) {
    const found = bytesIn(part);
    if (found !== null) return found;
  }
  return null;
}

/** The image of the app's database: the one record that holds bytes. */
function imageIn({ databases }: Dump): Uint8Array {
  const records: Stored[] = Object.values(databases).flatMap((stores) => Object.values(stores).flat());
  const images = records.map(({ value }) => bytesIn(value)).filter((bytes) => bytes !== null);
  const [image, ...more] = images;
  if (image !== undefined && more.length === 0) return image;
  throw new Error(`There are ${images.length} images of the database in the browser.`);
}

/** What a browser's dump says of a world, as it would be read from a folder. */
export function diskOf(SQL: SqlJsStatic, dump: Dump, notices: ReadonlySet<string>): Disk {
  const vault = vaultIn(dump);
  const journal = readJournal(vault, migration.id);
  const audit = readAudit(vault, migration.id);
  return {
    file: null,
    storage: Object.fromEntries(dump.storage.filter(([key]) => !key.startsWith(BALLAST))),
    images: [readImage(SQL, 'the image in IndexedDB', imageIn(dump))],
    vault,
    journal,
    audit: audit.entries,
    backups: copiesInBackups(vault, migration.id),
    displaced: copiesOfDisplaced(vault, migration.id),
    notices,
    faults: [...vault.faults, ...journal.faults, ...audit.faults],
  };
}
