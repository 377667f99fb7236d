import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from './system-error.ts';

/** Whose a file is and who may read and write it, as in `chown` and `chmod`. */
export interface FileRights {
  readonly mode: number;
  readonly owner: number;
  readonly group: number;
}

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** Brings a folder's entries to the disk: a rename or link is durable only after this. Windows does it by itself. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Creates a folder and those above it, durably, readable for nobody else. One that is there already is brought to the
 * disk as well: whoever created it may have been killed before doing so.
 */
export async function ensureFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: PRIVATE_FOLDER });
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') {
      await ensureFolder(dirname(folder));
      return ensureFolder(folder);
    }
    if (systemCode(thrown) !== 'EEXIST') throw thrown;
  }
  await syncFolder(dirname(folder));
}

/**
 * Writes a new file, readable for nobody else or with the rights of another one, and brings its content to the disk.
 * Its name is durable only after `syncFolder`.
 * @throws with the code `EEXIST` when the file is there already
 */
export async function writeNewFile(path: string, parts: readonly string[], like?: FileRights): Promise<void> {
  const handle = await open(path, 'wx', PRIVATE_FILE);
  try {
    // Only the superuser may give a file to somebody else; for others it stays theirs.
    if (like !== undefined && process.getuid?.() === 0) await handle.chown(like.owner, like.group);
    // The mode of `open` is cut by the process's mask; this one is not.
    if (like !== undefined) await handle.chmod(like.mode);
    for (const part of parts) await handle.appendFile(part, 'utf8');
    await handle.sync();
  } finally {
    await handle.close();
  }
}
