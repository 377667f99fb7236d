import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** A copy of the working tree, as it is at this moment, in which anything may be broken. */
export interface WorkingCopy {
  readonly folder: string;
  readonly remove: () => void;
}

/** Files under version control and new ones, as they lie on the disk. */
function filesOf(root: string): readonly string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const listed = execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return [...new Set(listed.split('\0'))].filter((file) =>
    statSync(join(root, file), { throwIfNoEntry: false })?.isFile(),
  );
}

const temporaryFolder = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'backpedal-mutants-')));

const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

/**
 * Copies the working tree to a temporary folder. Packages are linked one by one, so that the caches that tools keep
 * beside them are the copy's own.
 */
export function copyWorkingTree(root: string): WorkingCopy {
  const folder = temporaryFolder();
  for (const file of filesOf(root)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(join(root, file), join(folder, file));
  }
  mkdirSync(join(folder, 'node_modules'));
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name.startsWith('.') && name !== '.bin') continue;
    symlinkSync(resolve(root, 'node_modules', name), join(folder, 'node_modules', name));
  }
  return { folder, remove: () => removeFolder(folder) };
}

/** Another copy, of just the same files. */
export function copyOf({ folder: from }: WorkingCopy): WorkingCopy {
  const folder = temporaryFolder();
  cpSync(from, folder, { recursive: true, verbatimSymlinks: true });
  return { folder, remove: () => removeFolder(folder) };
}
