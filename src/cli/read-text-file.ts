import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Setting } from './setting.ts';
import { UsageError } from './usage-error.ts';

/**
 * The text of a file that somebody has named.
 * @throws UsageError `USAGE` when it cannot be read
 */
export async function readTextFile(setting: Pick<Setting, 'io'>, file: string): Promise<string> {
  const path = resolve(setting.io.cwd, file);
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new UsageError('USAGE', `${path} could not be read (${(cause as NodeJS.ErrnoException).code}).`, { cause });
  }
}
