import { link, readFile, rename, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { DatabaseError } from '../../errors.ts';
import type { ImageStore, SaveOutcome, StoredImage } from '../../ports/image-store.ts';
import { ensureFolder, syncFolder } from './durable-file.ts';
import {
  draftPath,
  type FileIdentity,
  type Generation,
  generationPath,
  identify,
  listGenerations,
  pointTo,
  removeGenerationsBefore,
  removeIfThere,
  writeDraft,
} from './image-generations.ts';
import { orIf, systemCode } from './system-error.ts';

/** Options of `fileImageStore`. */
export interface FileImageStoreOptions {
  /** What is lost together with the file. Default `local-disk`. */
  readonly failureDomain?: string;
}

const PRIVATE = 0o600;

// Enough for the images of a handful of processes that commit at the same time to come to rest.
const LOAD_ATTEMPTS = 20;

interface Base {
  readonly number: number;
  readonly fingerprint: string | null;
}

const versionText = (number: number, identity: FileIdentity): string => `${number}|${identity.fingerprint}`;

function parseVersion(version: string | null): Base {
  if (version === null) return { number: 0, fingerprint: null };
  const [number = '', fingerprint = ''] = version.split('|');
  return { number: Number(number), fingerprint };
}

const codeOf = (thrown: unknown): string => systemCode(thrown) || 'unknown';

function unavailable(path: string, doing: string, cause: unknown): DatabaseError {
  return new DatabaseError(
    'DATABASE_UNAVAILABLE',
    `The database file ${path} could not be ${doing} (${codeOf(cause)}); it is as it was. Look at the disk and the permissions, then try again.`,
    { cause, details: { path, code: codeOf(cause) }, persistence: 'transient' },
  );
}

/**
 * A SQLite database in a file, whole or not at all.
 *
 * A save writes a draft beside the file, brings it to the disk, and commits by giving it the name of the next
 * generation with `link`, which fails when that name is taken: of several that build upon the same generation, one
 * wins. Only then the file itself becomes that generation. No lock is trusted, and a process that is stopped at any
 * point, for however long, can at worst let the file lag behind, which whoever loads it next puts right.
 *
 * Beside `app.db` lies its newest generation, `.app.db.backpedal-image-N`, a hard link to the same content that takes
 * no room of its own. Changing or replacing `app.db` with other tools while nobody works with it is fine.
 */
export function fileImageStore(path: string, options: FileImageStoreOptions = {}): ImageStore {
  const file = resolve(path);
  return {
    failureDomain: options.failureDomain ?? 'local-disk',
    version: async () => {
      try {
        const current = await currentImage(file);
        return current === null ? null : versionText(current.number, current.identity);
      } catch (cause) {
        throw cause instanceof DatabaseError ? cause : unavailable(file, 'looked at', cause);
      }
    },
    load: async () => {
      try {
        return await load(file);
      } catch (cause) {
        throw cause instanceof DatabaseError ? cause : unavailable(file, 'read', cause);
      }
    },
    save: (bytes, base) => save(file, bytes, parseVersion(base)),
  };
}

/** The image that counts: the file, after it has been made to agree with its newest generation. */
async function currentImage(file: string): Promise<{ number: number; identity: FileIdentity } | null> {
  for (let attempt = 0; attempt < LOAD_ATTEMPTS; attempt += 1) {
    const generations = await listGenerations(file);
    const newest = generations.at(-1);
    const identity = await identify(file);
    if (newest === undefined) return identity === null ? null : { number: 0, identity };
    if (identity === null) {
      // Nothing of ours takes the file's name away: somebody wants to begin anew, or a first save was cut off.
      for (const { path } of generations) await removeIfThere(path);
      return null;
    }
    if (identity.inode === newest.identity.inode) return { number: newest.number, identity };
    const lagging = generations.some((each) => each.identity.inode === identity.inode);
    // A copied folder: the links have become files of their own.
    const copied = !lagging && (await haveSameContent(file, newest.path));
    if (!lagging && !copied) {
      // A save that came between the two looks has made the file a generation that the first one could not see.
      const latest = (await listGenerations(file)).at(-1);
      if (latest?.path !== newest.path) continue;
      return replacedByOthers(file, identity, newest);
    }
    await orIf('ENOENT', null, pointTo(file, newest));
  }
  throw unavailable(file, 'read', new Error('It changes all the time.'));
}

async function haveSameContent(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([one, other].map((path) => orIf('ENOENT', null, readFile(path))));
  return first != null && second != null && first.equals(second);
}

/** A file that is none of the generations was put there by somebody else. */
function replacedByOthers(file: string, identity: FileIdentity, newest: Generation) {
  if (identity.modified > newest.identity.modified) return { number: newest.number, identity };
  throw new DatabaseError(
    'DATABASE_CONFLICT',
    `The database file ${file} was replaced by one that is older than ${newest.path}. To go on with the older one, remove the latter; to go on with the newer one, copy the latter over the former.`,
    { details: { path: file, newest: newest.path } },
  );
}

async function load(file: string): Promise<StoredImage | null> {
  for (let attempt = 0; attempt < LOAD_ATTEMPTS; attempt += 1) {
    const before = await currentImage(file);
    if (before === null) return null;
    await refuseSidecars(file);
    const bytes = await orIf('ENOENT', null, readFile(file));
    const after = await identify(file);
    if (bytes !== null && after?.fingerprint === before.identity.fingerprint) {
      return {
        bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength),
        version: versionText(before.number, after),
      };
    }
  }
  throw unavailable(file, 'read', new Error('It changes all the time.'));
}

/** SQLite's own journals hold changes that the file alone does not have. */
async function refuseSidecars(file: string): Promise<void> {
  for (const suffix of ['-wal', '-journal']) {
    const size = (await orIf('ENOENT', null, stat(file + suffix)))?.size ?? 0;
    if (size === 0) continue;
    throw new DatabaseError(
      'DATABASE_UNAVAILABLE',
      `Another program has unfinished work in ${file}${suffix}; let it close the database first, or open it once with sqlite3.`,
      { details: { path: file + suffix }, persistence: 'transient' },
    );
  }
}

async function save(file: string, bytes: Uint8Array, base: Base): Promise<SaveOutcome> {
  const draft = draftPath(file);
  let committed = false;
  try {
    if (base.fingerprint === null) await ensureFolder(dirname(file));
    const before = await identify(file);
    if ((before?.fingerprint ?? null) !== base.fingerprint) return { status: 'conflict' };
    await writeDraft(draft, bytes, before?.mode ?? PRIVATE);
    const path = generationPath(file, base.number + 1);
    const linked = await orIf('EEXIST', 'taken', orIf('ENOENT', 'taken', link(draft, path)));
    if (linked === 'taken') return { status: 'conflict' };
    committed = true;
    const identity = (await identify(path)) as FileIdentity;
    const generation = { number: base.number + 1, path, identity };
    if (!(await isNext(file, base, generation))) {
      await removeIfThere(path);
      return { status: 'conflict' };
    }
    await syncFolder(dirname(file));
    await orIf('ENOENT', null, rename(draft, file));
    await syncFolder(dirname(file));
    // Somebody who was quicker has built upon this save already; it is in what he saved.
    if ((await currentImage(file))?.number !== generation.number) return { status: 'conflict' };
    await removeGenerationsBefore(file, generation);
    return { status: 'saved', version: versionText(generation.number, identity) };
  } catch (cause) {
    if (!committed) throw unavailable(file, 'saved', cause);
    throw new DatabaseError(
      'DATABASE_OUTCOME_UNKNOWN',
      `Saving the database file ${file} failed half-way (${codeOf(cause)}); load it to see whether it was saved.`,
      { cause, details: { path: file, code: codeOf(cause) } },
    );
  } finally {
    await removeIfThere(draft);
  }
}

/** Whether a generation that was just linked follows the newest one, and the file still is what it builds upon. */
async function isNext(file: string, base: Base, generation: Generation): Promise<boolean> {
  const newest = (await listGenerations(file)).at(-1);
  if (newest?.number !== generation.number) return false;
  const identity = await identify(file);
  return (identity?.fingerprint ?? null) === base.fingerprint || identity?.inode === generation.identity.inode;
}
