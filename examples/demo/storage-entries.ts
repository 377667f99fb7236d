import type { StoragePort } from '../../src/index.ts';

/** Every key and value, read through the storage port. */
export async function readEntries(storage: StoragePort): Promise<Map<string, string>> {
  const values = await storage.read(await storage.keys());
  return new Map([...values].filter((entry): entry is [string, string] => entry[1] !== null));
}

/** Every key and value but the one key that backpedal adds, the marker of the migration. */
export async function readUsersEntries(storage: StoragePort, migrationId: string): Promise<Map<string, string>> {
  const entries = await readEntries(storage);
  entries.delete(`backpedal:${migrationId}`);
  return entries;
}
