/** Files that are made from others and kept with them: written by a script, and compared by its `--check`. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** A file by its path from the project's root, and what it is to hold; `null` when it is not to be there. */
export interface MadeFile {
  readonly path: string;
  readonly text: string | null;
}

const current = (path: string): string | null => (existsSync(path) ? readFileSync(path, 'utf8') : null);

/** Those of which the project holds something else. */
export const outOfDate = (files: readonly MadeFile[], root: string): readonly string[] =>
  files.filter(({ path, text }) => current(resolve(root, path)) !== text).map(({ path }) => path);

/** Writes what is out of date, and removes what is not to be there. */
export function writeFiles(files: readonly MadeFile[], root: string): readonly string[] {
  const stale = outOfDate(files, root);
  for (const { path, text } of files) {
    if (!stale.includes(path)) continue;
    const file = resolve(root, path);
    if (text === null) {
      rmSync(file);
      continue;
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return stale;
}

/** Writes, or with `--check` only compares; says what it did, and sets the exit code. */
export function writeOrCheck(name: string, files: readonly MadeFile[], root: string): void {
  if (!process.argv.includes('--check')) {
    const written = writeFiles(files, root);
    console.log(`${name}: ${files.length} files, ${written.length} written`);
    return;
  }
  const stale = outOfDate(files, root);
  for (const path of stale) console.error(`${path} is out of date: run npm run ${name}.`);
  console.log(`${name}: ${files.length} files, ${stale.length} out of date`);
  process.exitCode = stale.length === 0 ? 0 : 1;
}
