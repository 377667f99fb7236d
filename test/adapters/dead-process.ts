import { spawnSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The number of a process that has run and ended. */
export function endedProcess(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

/** Changes parts of the identity (place, boot, pid, start) that every lock file in the folder names as its holder. */
export async function changeHolders(folder: string, change: (parts: string[]) => string[]): Promise<void> {
  for (const file of await readdir(folder)) {
    const [identity = '', ...rest] = (await readFile(join(folder, file), 'utf8')).split('\n');
    await writeFile(join(folder, file), [change(identity.split('.')).join('.'), ...rest].join('\n'));
  }
}
