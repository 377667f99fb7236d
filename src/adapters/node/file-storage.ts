import { readFileSync, realpathSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BackpedalError, InputError, StorageError } from '../../errors.ts';
import { planBurst } from '../../ports/burst.ts';
import type { BurstOutcome, StoragePort, StorageWrite } from '../../ports/storage.ts';
import { syncFolder } from './durable-file.ts';
import { withFileClaim } from './file-claim.ts';
import { readVersioned, replaceIfUnchanged } from './replace-file.ts';
import { parseStorageDump, type StorageDump } from './storage-dump.ts';
import { DENIED_CODES, NO_ROOM_CODES, systemCode } from './system-error.ts';

/** Options of `fileStorage`. */
export interface FileStorageOptions {
  /** The file; it has to exist (`{}` is an empty storage). */
  readonly path: string;
  /**
   * Whose storage it is. Of a `storageState` file with several origins it chooses one; default the only one there is.
   * For a plain object of key and value the default is the file's own URL.
   */
  readonly origin?: string;
  /** What is lost together with the file. Default `local-disk`. */
  readonly failureDomain?: string;
}

/** How often a burst is written anew because somebody outside replaced the file meanwhile. */
const ATTEMPTS = 10;

const missing = (path: string, cause: unknown): StorageError =>
  new StorageError(
    'STORAGE_UNAVAILABLE',
    `There is no file at ${path}. Check the path; for an empty storage create it with the content {}.`,
    { cause, details: { path } },
  );

function asStorageError(path: string, thrown: unknown): BackpedalError {
  if (thrown instanceof BackpedalError) return thrown;
  const code = systemCode(thrown);
  const options = { cause: thrown, details: { path } };
  if (code === 'ENOENT') return missing(path, thrown);
  if (DENIED_CODES.includes(code))
    return new StorageError(
      'STORAGE_DENIED',
      `${path} or its folder may not be used (${code}): change its permissions.`,
      options,
    );
  if (NO_ROOM_CODES.includes(code))
    return new StorageError(
      'STORAGE_QUOTA',
      `There is no room on the disk of ${path} (${code}); the file is as it was.`,
      options,
    );
  return new StorageError('STORAGE_UNAVAILABLE', `${path} cannot be used (${code || 'unknown reason'}).`, {
    ...options,
    persistence: 'transient',
  });
}

function decoded(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new StorageError('STORAGE_FORMAT', `${path} is not UTF-8 text. Nothing was written.`, {
      cause,
      details: { path },
    });
  }
}

const refuseDoubled = (keys: readonly string[]): void => {
  if (keys.length === 0) return;
  throw new InputError('INPUT_ARGUMENT', 'A burst names a key twice; nothing was written.', { details: { keys } });
};

/** One burst, under the claim: read, compare, write aside, and rename if the file is still the one that was read. */
async function burst(
  file: string,
  parse: (bytes: Uint8Array) => StorageDump,
  writes: readonly StorageWrite[],
  permitted: () => boolean,
): Promise<BurstOutcome> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { bytes, version } = await readVersioned(file);
    const dump = parse(bytes);
    const plan = planBurst(writes, (key) => dump.entries.get(key) ?? null);
    refuseDoubled(plan.doubled);
    if (plan.displaced.length > 0) return { status: 'displaced', keys: plan.displaced };
    if (plan.due.length === 0) {
      if (!permitted()) return { status: 'notPermitted' };
      // Whoever wrote it may have been stopped between the rename and this.
      await syncFolder(dirname(file));
      return { status: 'written' };
    }
    const text = dump.edited(new Map(plan.due.map((write) => [write.key, write.value])));
    const outcome = await replaceIfUnchanged(file, version, text, permitted);
    if (outcome === 'replaced') return { status: 'written' };
    if (outcome === 'notPermitted') return { status: 'notPermitted' };
  }
  throw new StorageError(
    'STORAGE_UNAVAILABLE',
    `${file} is being written by somebody else all the time; nothing was written. Stop the other program and try again.`,
    { persistence: 'transient', details: { path: file } },
  );
}

/**
 * A localStorage dump in a file: a plain JSON object of key and string value, or a `storageState` file as browser test
 * runners write it. Whatever a burst does not change keeps its text. The file is replaced atomically and durably; bursts
 * of several processes take turns by a short-lived claim file beside it.
 * @throws StorageError `STORAGE_FORMAT`, `STORAGE_UNAVAILABLE`, `STORAGE_DENIED`, `STORAGE_QUOTA`
 */
export function fileStorage(options: FileStorageOptions): StoragePort {
  const path = resolve(options.path);
  const parse = (bytes: Uint8Array): StorageDump => parseStorageDump(decoded(bytes, path), path, options.origin);
  let known = options.origin;

  const attempt = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (thrown) {
      throw asStorageError(path, thrown);
    }
  };
  const load = (): Promise<StorageDump> => attempt(async () => parse(await readFile(path)));
  return {
    /** Read from the file when it is first asked for and was not given. */
    get origin() {
      try {
        known ??= parse(readFileSync(path)).origin ?? pathToFileURL(realpathSync(path)).href;
        return known;
      } catch (thrown) {
        throw asStorageError(path, thrown);
      }
    },
    failureDomain: options.failureDomain ?? 'local-disk',
    keys: async () => [...(await load()).entries.keys()],
    async read(keys) {
      const { entries } = await load();
      return new Map(keys.map((key) => [key, entries.get(key) ?? null]));
    },
    write: (writes, permitted) =>
      attempt(async () => {
        // A link stays a link: what it points to is replaced.
        const file = await realpath(path);
        return withFileClaim(file, () => burst(file, parse, writes, permitted));
      }),
    room: async () => null,
  };
}
