import { randomUUID } from 'node:crypto';
import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { writeNewFile } from './durable-file.ts';
import { lifeOf, processIdentity } from './process-identity.ts';
import { orIf } from './system-error.ts';
import { encodeEntry } from './vault-entry.ts';

/** Entries that are being written. */
export interface VaultDrafts {
  /** Writes a draft, brings it to the disk, and removes what is left of it after `place` has put it in place. */
  use<Result>(text: string, place: (draft: string) => Promise<Result>): Promise<Result>;
}

/** In no name of an entry, so that no entry is ever taken for a draft. */
const FOLDER = '=drafts';
const SEPARATOR = '=';

/** Drafts lie in a folder of their own, each under the identity of its process: those of dead ones can be removed. */
export function createVaultDrafts(root: string, ensure: (folder: string) => Promise<void>): VaultDrafts {
  const folder = join(root, FOLDER);
  let cleaning: Promise<void> | null = null;

  const removeAbandoned = async (): Promise<void> => {
    for (const file of await readdir(folder)) {
      const owner = file.split(SEPARATOR, 1)[0] ?? '';
      if ((await lifeOf(owner)) === 'dead') await orIf('ENOENT', null, unlink(join(folder, file)));
    }
  };
  const cleanOnce = (): Promise<void> => {
    cleaning ??= removeAbandoned().catch((thrown: unknown) => {
      cleaning = null;
      throw thrown;
    });
    return cleaning;
  };
  return {
    async use(text, place) {
      await ensure(folder);
      await cleanOnce();
      const draft = join(folder, `${await processIdentity()}${SEPARATOR}${randomUUID()}`);
      try {
        await writeNewFile(draft, encodeEntry(text));
        return await place(draft);
      } finally {
        await orIf('ENOENT', null, unlink(draft));
      }
    },
  };
}
