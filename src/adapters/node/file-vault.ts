import { link, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { BackpedalError, VaultError } from '../../errors.ts';
import type { VaultPort } from '../../ports/vault.ts';
import { vaultNameFault, vaultPrefixFault } from '../../ports/vault-name.ts';
import { isWellFormed } from '../../ports/well-formed.ts';
import { syncFolder } from './durable-file.ts';
import { createFolders } from './folders.ts';
import { orIf, systemCode } from './system-error.ts';
import { createVaultDrafts } from './vault-drafts.ts';
import { decodeEntry } from './vault-entry.ts';

/** Options of `fileVault`. */
export interface FileVaultOptions {
  /** Where the entries are; created on first use, readable for its owner only. */
  readonly folder: string;
  /** What is lost together with the folder. Default `local-disk`. */
  readonly failureDomain?: string;
}

/** Ends the file name of an entry, and is in no name: `a` and `a/b` are a file and a folder. */
const SUFFIX = '=';

const refuseName = (fault: string | null): void => {
  if (fault !== null) throw new VaultError('VAULT_NAME', `This cannot be the name of a vault's entry: ${fault}.`);
};

const refuseText = (text: string): void => {
  if (isWellFormed(text)) return;
  throw new VaultError('INPUT_ARGUMENT', 'A text with a lone surrogate cannot be stored unaltered: escape it first.');
};

function asVaultError(folder: string, thrown: unknown): BackpedalError {
  if (thrown instanceof BackpedalError) return thrown;
  const code = systemCode(thrown);
  return new VaultError(
    'VAULT_UNAVAILABLE',
    `The vault in ${folder} cannot be used (${code || 'unknown reason'}): it needs room, permissions, and a file system with hard links.`,
    { cause: thrown, details: { folder }, persistence: 'transient' },
  );
}

/** The names of entries in a folder of the vault and below it. */
async function namesBelow(folder: string, prefix: string): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await orIf('ENOENT', [], readdir(folder, { withFileTypes: true }))) {
    if (entry.isDirectory() && vaultNameFault(entry.name) === null)
      names.push(...(await namesBelow(join(folder, entry.name), `${prefix}${entry.name}/`)));
    else if (entry.isFile() && entry.name.endsWith(SUFFIX)) names.push(prefix + entry.name.slice(0, -SUFFIX.length));
  }
  return names;
}

/**
 * A vault in a folder: one file an entry. Whatever is acknowledged has been brought to the disk, the names in folders
 * included. On file systems that do not tell upper from lower case, neither does the vault.
 * @throws VaultError `VAULT_UNAVAILABLE`, `VAULT_NAME`, `VAULT_DAMAGED`
 */
export function fileVault(options: FileVaultOptions): VaultPort {
  const root = resolve(options.folder);
  const folders = createFolders(root);
  const drafts = createVaultDrafts(root, folders.ensure);
  const pathOf = (name: string): string => {
    refuseName(vaultNameFault(name));
    return join(root, name) + SUFFIX;
  };
  const attempt = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (thrown) {
      folders.forget();
      throw asVaultError(root, thrown);
    }
  };
  /** Writes aside, puts in place, and brings the place to the disk, whether it was put there now or by somebody else. */
  const store = (name: string, text: string, place: (draft: string, path: string) => Promise<'stored' | 'exists'>) =>
    attempt(async () => {
      const path = pathOf(name);
      refuseText(text);
      await folders.ensure(dirname(path));
      const outcome = await drafts.use(text, (draft) => place(draft, path));
      await syncFolder(dirname(path));
      return outcome;
    });

  return {
    failureDomain: options.failureDomain ?? 'local-disk',
    get: (name) =>
      attempt(async () => {
        const bytes = await orIf('ENOENT', null, readFile(pathOf(name)));
        return bytes === null ? null : decodeEntry(bytes, name);
      }),
    async put(name, text) {
      await store(name, text, async (draft, path) => {
        await rename(draft, path);
        return 'stored';
      });
    },
    putIfAbsent: (name, text) =>
      store(name, text, async (draft, path) =>
        orIf(
          'EEXIST',
          'exists',
          link(draft, path).then(() => 'stored' as const),
        ),
      ),
    list: (prefix) =>
      attempt(async () => {
        refuseName(vaultPrefixFault(prefix));
        const parent = prefix.slice(0, prefix.lastIndexOf('/') + 1);
        const names = await namesBelow(join(root, parent), parent);
        return names.filter((name) => name.startsWith(prefix)).sort((a, b) => (a < b ? -1 : 1));
      }),
    remove: (name) =>
      attempt(async () => {
        const path = pathOf(name);
        const removed = await orIf(
          'ENOENT',
          'absent',
          unlink(path).then(() => 'removed' as const),
        );
        if (removed === 'removed') await syncFolder(dirname(path));
      }),
  };
}
