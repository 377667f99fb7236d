import { dirname } from 'node:path';
import { ensureFolder } from './durable-file.ts';

/** The folders below a root that are known to be there, durably. */
export interface Folders {
  ensure(folder: string): Promise<void>;
  /** After a failure: somebody may have removed them. */
  forget(): void;
}

/** Creates folders, each once; every level is brought to the disk before the one below it. */
export function createFolders(root: string): Folders {
  const known = new Set<string>();
  const ensure = async (folder: string): Promise<void> => {
    if (known.has(folder)) return;
    if (folder !== root) await ensure(dirname(folder));
    await ensureFolder(folder);
    known.add(folder);
  };
  return { ensure, forget: () => known.clear() };
}
