import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What lies in a vault's folder. */
export interface VaultOnDisk {
  /** Every whole entry, by its name. */
  readonly entries: ReadonlyMap<string, string>;
  readonly faults: readonly string[];
}

const HEADER = /^backpedal-vault 1 (\d+)\n/;

/** The text of an entry's file, or `null` when it is not whole. */
function textOf(bytes: Buffer): string | null {
  const header = HEADER.exec(bytes.subarray(0, 64).toString('latin1'));
  if (header === null) return null;
  const content = bytes.subarray(header[0].length);
  return content.length === Number(header[1]) ? content.toString('utf8') : null;
}

/** Reads every entry of a vault without the library. */
export async function readVault(folder: string): Promise<VaultOnDisk> {
  const entries = new Map<string, string>();
  const faults: string[] = [];
  const walk = async (path: string, prefix: string): Promise<void> => {
    for (const entry of await readdir(path, { withFileTypes: true })) {
      if (entry.name.startsWith('=')) continue;
      if (entry.isDirectory()) await walk(join(path, entry.name), `${prefix}${entry.name}/`);
      else {
        const name = prefix + entry.name.replace(/=$/, '');
        const text = textOf(await readFile(join(path, entry.name)));
        if (text === null) faults.push(`the entry ${name} of the vault is not whole`);
        else entries.set(name, text);
      }
    }
  };
  await walk(folder, '').catch((thrown: NodeJS.ErrnoException) => {
    // Nobody has written anything yet.
    if (thrown.code !== 'ENOENT') throw thrown;
  });
  return { entries: new Map([...entries].sort(([a], [b]) => (a < b ? -1 : 1))), faults };
}
