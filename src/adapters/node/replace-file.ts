import { randomUUID } from 'node:crypto';
import { type BigIntStats, renameSync, statSync } from 'node:fs';
import { open, readdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type FileRights, syncFolder, writeNewFile } from './durable-file.ts';
import { orIf } from './system-error.ts';

/** Tells one state of a file from another, as well as the file system can. */
export interface FileVersion {
  readonly rights: FileRights;
  readonly fingerprint: string;
}

const versionOf = (stats: BigIntStats): FileVersion => ({
  rights: { mode: Number(stats.mode & 0o7777n), owner: Number(stats.uid), group: Number(stats.gid) },
  fingerprint: [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(),
});

/** A file's content with its version. */
export async function readVersioned(path: string): Promise<{ bytes: Uint8Array; version: FileVersion }> {
  const handle = await open(path, 'r');
  try {
    const version = versionOf(await handle.stat({ bigint: true }));
    return { bytes: await handle.readFile(), version };
  } finally {
    await handle.close();
  }
}

const draftPrefix = (path: string): string => `.${basename(path)}.backpedal-draft-`;

/** Removes what killed processes left beside the file. Only for the holder of the file's claim: nobody else has drafts. */
async function removeDrafts(path: string): Promise<void> {
  const folder = dirname(path);
  const drafts = (await readdir(folder)).filter((file) => file.startsWith(draftPrefix(path)));
  for (const draft of drafts) await orIf('ENOENT', null, unlink(join(folder, draft)));
}

/**
 * Replaces a file atomically and durably, with its permissions kept, if it still is the version that was read.
 * `permitted` is asked last: between its answer and the rename nothing else of this process runs.
 */
export async function replaceIfUnchanged(
  path: string,
  version: FileVersion,
  text: string,
  permitted: () => boolean,
): Promise<'replaced' | 'changed' | 'notPermitted'> {
  await removeDrafts(path);
  const draft = join(dirname(path), `${draftPrefix(path)}${randomUUID()}`);
  let outcome: 'replaced' | 'changed' | 'notPermitted' = 'changed';
  try {
    await writeNewFile(draft, [text], version.rights);
    if (versionOf(statSync(path, { bigint: true })).fingerprint === version.fingerprint) {
      outcome = permitted() ? 'replaced' : 'notPermitted';
      if (outcome === 'replaced') renameSync(draft, path);
    }
  } finally {
    if (outcome !== 'replaced') await orIf('ENOENT', null, unlink(draft));
  }
  if (outcome === 'replaced') await syncFolder(dirname(path));
  return outcome;
}
