import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Setting } from './setting.ts';
import { count } from './units.ts';
import { UsageError } from './usage-error.ts';

/** Readable by the user only: exports hold what users wrote. */
const MODE = 0o600;

async function createFile(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: MODE });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'EEXIST') {
      throw new UsageError('FILE_EXISTS', `${path} exists already and is left alone. Name another file with --out.`, {
        cause,
      });
    }
    throw new UsageError('USAGE', `${path} could not be written (${code}). Name another file with --out.`, { cause });
  }
}

/**
 * Writes a document to a new file, or to stdout.
 * @param data what `--json` prints when the document goes to stdout
 * @throws UsageError `FILE_EXISTS`, `USAGE`
 */
export async function writeDocument(
  setting: Setting,
  out: string | undefined,
  text: string,
  data: unknown,
): Promise<void> {
  if (out === undefined) return setting.output.result(data, text);
  const path = resolve(setting.io.cwd, out);
  await createFile(path, text);
  await setting.output.result({ file: path, characters: text.length }, `${path}: ${count(text.length)} characters`);
}
