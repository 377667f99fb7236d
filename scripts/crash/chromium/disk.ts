import { Buffer } from 'node:buffer';
import type { SqlJsStatic } from 'sql.js';
import { migration } from '../node/content.ts';
import { readAudit } from '../node/disk/audit.ts';
import { copiesInBackups, copiesOfDisplaced } from '../node/disk/copies.ts';
import { readImage } from '../node/disk/database.ts';
import type { Disk } from '../node/disk/disk.ts';
import { readJournal } from '../node/disk/journal.ts';
import type { VaultOnDisk } from '../node/disk/vault.ts';
import type { Dump } from './dump.ts';

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

/** Where the app keeps the image of its database: pages in the order of their names, and how many bytes they hold. */
const IMAGE = { database: 'app', store: 'entries' } as const;

function imageIn({ databases }: Dump): Uint8Array {
  const records = databases[IMAGE.database]?.[IMAGE.store] ?? [];
  const pages = records.filter(({ key }) => String(key).startsWith('page/'));
  pages.sort((a, b) => (String(a.key) < String(b.key) ? -1 : 1));
  const image = Buffer.concat(pages.map(({ value }) => Buffer.from((value as { base64: string }).base64, 'base64')));
  const size = records.find(({ key }) => key === 'size')?.value;
  if (image.byteLength === size) return image;
  throw new Error(`The image of the database is ${image.byteLength} bytes instead of ${String(size)}.`);
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
