/** A dump of somebody's own storage: looked into before anything is written. */

import { fileStorage } from '../../src/adapters/node/index.ts';
import { type Discovery, discoverCollections, type Migration } from '../../src/index.ts';
import { type FoundStores, foundApp, type IdType } from './found-app.ts';
import { readEntries } from './storage-entries.ts';
import { readTexts } from './storage-texts.ts';
import type { DemoSetting } from './working-folder.ts';

/**
 * Reads the file and finds its collections.
 * @throws BackpedalError when the file is missing, is no dump, or holds several origins and none was chosen
 */
export async function lookInto(file: string, origin: string | null): Promise<DemoSetting> {
  const storage = fileStorage({ path: file, ...(origin === null ? {} : { origin }) });
  const entries = await readEntries(storage);
  return { source: file, origin, found: withIdTypes(discoverCollections(entries), entries) };
}

/** A table's column must know whether it holds numbers or strings; the ids of a collection are all of one type. */
function withIdTypes(discovery: Discovery, entries: ReadonlyMap<string, string>): FoundStores {
  const { migration } = foundApp({ ...discovery, idTypes: {} });
  return { ...discovery, idTypes: idTypesIn(migration, entries) };
}

function idTypesIn(migration: Migration, entries: ReadonlyMap<string, string>): Record<string, IdType> {
  const types: [string, IdType][] = [];
  for (const [name, items] of readTexts(migration, entries).items) {
    types.push([name, typeof items[0]?.id === 'number' ? 'integer' : 'text']);
  }
  return Object.fromEntries(types);
}
