import { randomUUID } from 'node:crypto';
import { link, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncFolder } from './durable-file.ts';
import { orIf } from './system-error.ts';

/** A file as the file system identifies it; a rewritten file differs in size or time, a replaced one in its inode. */
export interface FileIdentity {
  readonly inode: string;
  readonly fingerprint: string;
  readonly modified: bigint;
  readonly mode: number;
}

/** A generation of the image: a hard link beside it whose name ends in its number. */
export interface Generation {
  readonly number: number;
  readonly path: string;
  readonly identity: FileIdentity;
}

/** Identifies the file at a path; `null` when there is none. */
export async function identify(path: string): Promise<FileIdentity | null> {
  const stats = await orIf('ENOENT', null, stat(path, { bigint: true }));
  if (stats === null) return null;
  const inode = `${stats.dev}:${stats.ino}`;
  const fingerprint = `${inode}:${stats.size}:${stats.mtimeNs}`;
  return { inode, fingerprint, modified: stats.mtimeNs, mode: Number(stats.mode & 0o777n) };
}

const prefixOf = (path: string): string => `.${basename(path)}.backpedal-image-`;

/** The link for a generation of the image at `path`. */
export function generationPath(path: string, number: number): string {
  return join(dirname(path), `${prefixOf(path)}${number}`);
}

/** A name beside the image that nobody else uses. */
export function draftPath(path: string): string {
  return join(dirname(path), `${prefixOf(path)}draft-${randomUUID()}`);
}

/** Writes a new file and brings its content to the disk. */
export async function writeDraft(draft: string, bytes: Uint8Array, mode: number): Promise<void> {
  const handle = await open(draft, 'wx', mode);
  try {
    // The mode of `open` is cut by the process's mask; this one is not.
    await handle.chmod(mode);
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes a file that may be gone already. */
export async function removeIfThere(path: string): Promise<void> {
  await orIf('ENOENT', null, unlink(path));
}

async function filesBeside(path: string, suffix: RegExp): Promise<string[]> {
  const files = await orIf('ENOENT', [] as string[], readdir(dirname(path)));
  const prefix = prefixOf(path);
  return files.filter((file) => file.startsWith(prefix) && suffix.test(file.slice(prefix.length)));
}

/** The generations that there are, the newest one last. */
export async function listGenerations(path: string): Promise<Generation[]> {
  const found: Generation[] = [];
  for (const file of await filesBeside(path, /^\d{1,15}$/)) {
    const linked = join(dirname(path), file);
    const identity = await identify(linked);
    if (identity === null) continue;
    found.push({ number: Number(file.slice(prefixOf(path).length)), path: linked, identity });
  }
  return found.sort((a, b) => a.number - b.number);
}

/** Lets the image's own name stand for a generation. */
export async function pointTo(path: string, generation: Generation): Promise<void> {
  const draft = draftPath(path);
  await link(generation.path, draft);
  await rename(draft, path);
  await syncFolder(dirname(path));
}

/**
 * Removes generations before `current`. First the drafts that are links to them: whoever was stopped between his two
 * renames can then no longer give the image's name to an old generation that nobody would recognize. Drafts older than
 * the image are of no use to anybody either.
 */
export async function removeGenerationsBefore(path: string, current: Generation): Promise<void> {
  const old = (await listGenerations(path)).filter(({ number }) => number < current.number);
  for (const file of await filesBeside(path, /^draft-/)) {
    const draft = join(dirname(path), file);
    const identity = await identify(draft);
    if (identity === null || identity.inode === current.identity.inode) continue;
    const linked = old.some((generation) => generation.identity.inode === identity.inode);
    const outdated = old.some((generation) => identity.modified < generation.identity.modified);
    if (linked || outdated) await removeIfThere(draft);
  }
  for (const generation of old) await removeIfThere(generation.path);
}
