import type { MemoryStorage } from '../memory-storage.ts';
import type { SimulatedDatabase } from './database.ts';
import type { Edits } from './edits.ts';
import type { SimulatedVault } from './vault.ts';

/** What has to be kept, and where copies may lie. */
export interface CustodyFacts {
  readonly storage: MemoryStorage;
  readonly vault: SimulatedVault;
  readonly database: SimulatedDatabase;
  /** The values of the migration's keys before it, by key. */
  readonly originals: ReadonlyMap<string, string>;
  readonly edits: Edits;
}

/** Whether copies are where they have to be; every answer is a violation in words, without values. */
export interface Custody {
  /** Whether a text lies in a backup, in merged texts, or among the displaced values. */
  isKept(value: string): boolean;
  /** I1, I2 and I9 for keys of storage, on every crash image that could follow. */
  keys(): readonly string[];
  /** I9 for rows: each is in its table or in an archive. */
  rows(): readonly string[];
}

/** Whether the vault keeps copies of users' data under such a name. */
export const keepsCopies = (name: string): boolean =>
  name.endsWith('/content') || name.includes('/displaced/') || name.endsWith('/merged');

function keptTexts(vault: SimulatedVault, { damaged }: Edits): string[] {
  const texts: string[] = [];
  for (const [name, text] of vault.visible) {
    if (!keepsCopies(name) || damaged.has(name)) continue;
    // A backup counts from the moment it has a head.
    if (name.endsWith('/content') && !vault.visible.has(`${name.slice(0, -'content'.length)}head`)) continue;
    texts.push(text);
  }
  return texts;
}

/** Looks for copies in what has reached the disk. */
export function createCustody({ storage, vault, database, originals, edits }: CustodyFacts): Custody {
  const isKept = (value: string): boolean => {
    const escaped = JSON.stringify(value).slice(1, -1);
    return keptTexts(vault, edits).some((text) => text.includes(value) || text.includes(escaped));
  };
  /** Whether every image that a crash could leave holds this value under the key. */
  const isCertain = (durable: ReadonlyMap<string, string>, key: string, value: string): boolean =>
    durable.get(key) === value &&
    storage.pending().every((write) => write.key !== null && (write.key !== key || write.value === value));
  return {
    isKept,
    keys() {
      const durable = new Map(storage.durable());
      const lost: string[] = [];
      for (const [key, value] of originals) {
        if (edits.forgiven.has(key) || isCertain(durable, key, value) || isKept(value)) continue;
        lost.push(`I1: there is no durable copy of what ${key} held before the migration`);
      }
      for (const [key, { value, state }] of edits.storage) {
        if (value === null || state === 'lost' || isCertain(durable, key, value)) continue;
        if (state === 'volatile' && storage.getItem(key) === value) continue;
        if (!isKept(value)) lost.push(`I9: there is no copy of what the app wrote to ${key}`);
      }
      return lost;
    },
    rows() {
      if (edits.rows.size === 0) return [];
      const store = database.store();
      const lost: string[] = [];
      let archived: Set<string> | null = null;
      for (const { table, id, row } of edits.rows.values()) {
        if (row === null) continue;
        const text = JSON.stringify(row);
        const present = store.rows.get(table)?.get(JSON.stringify([id]));
        if (present !== undefined && JSON.stringify(present) === text) continue;
        archived ??= new Set([...store.archive.values()].map((one) => `${one.table} ${JSON.stringify(one.row)}`));
        if (!archived.has(`${table} ${text}`)) lost.push(`I9: there is no copy of the row ${id} of ${table}`);
      }
      return lost;
    },
  };
}
