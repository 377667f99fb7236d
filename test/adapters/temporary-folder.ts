import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryFolder {
  readonly path: string;
  readonly dispose: () => Promise<void>;
}

/** A folder of its own for a test. */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'backpedal-'));
  return { path, dispose: () => rm(path, { recursive: true, force: true }) };
}

/** Runs a test in a folder of its own. */
export async function inFolder(body: (path: string) => Promise<void>): Promise<void> {
  const folder = await temporaryFolder();
  try {
    await body(folder.path);
  } finally {
    await folder.dispose();
  }
}
