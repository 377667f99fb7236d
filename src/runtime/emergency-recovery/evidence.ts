import { BackupError } from '../../errors.ts';
import { type BackupEntry, type BackupHead, type SalvagedBackup, salvageBackup } from '../backup-format.ts';
import { listBackups, remainsOf } from '../backup-store.ts';
import { readKeys } from '../migration/source.ts';
import { refuseForeign } from '../rollback/prepare.ts';
import { sha256 } from '../text-hash.ts';
import type { World } from '../world.ts';

/** Everything that is left of what was backed up. */
export interface Evidence {
  /** What the damaged backup says that it held; `null` when its head is damaged as well. */
  readonly expected: readonly BackupEntry[] | null;
  /** Every whole text that was found anywhere, by its SHA-256. */
  readonly texts: ReadonlyMap<string, string>;
  /** What lies in storage now. */
  readonly storage: ReadonlyMap<string, { readonly kind: BackupEntry['kind']; readonly value: string }>;
  /** What older backups hold, the newest of each key. */
  readonly older: ReadonlyMap<string, string>;
  /** Texts of the backup itself that are damaged. Nothing proves them, but what is around their items is like nothing else. */
  readonly damaged: ReadonlyMap<string, string>;
}

async function salvage(world: World, id: string): Promise<readonly SalvagedBackup[]> {
  const found: SalvagedBackup[] = [];
  for (const text of await remainsOf(world, id)) {
    const one = await salvageBackup(text, world.seal);
    if (one !== null && one.head.id === id && one.head.migration === world.migration.id) found.push(one);
  }
  return found;
}

/** Whether a backup is of this definition, origin and user, so that its texts may be built upon (invariant I11). */
function isOurs(world: World, head: BackupHead): boolean {
  try {
    refuseForeign(world, head);
    return head.definition === world.migration.digest;
  } catch (error) {
    if (error instanceof BackupError) return false;
    throw error;
  }
}

/** Looks for texts in storage, in what is whole of the damaged backup, and in every other generation. */
export async function gatherEvidence(world: World, backup: string): Promise<Evidence> {
  const own = await salvage(world, backup);
  const texts = new Map<string, string>();
  const note = async (text: string): Promise<void> => void texts.set(await sha256(text), text);
  const storage = new Map<string, { kind: BackupEntry['kind']; value: string }>();
  for (const { key, kind, value } of await readKeys(world)) {
    storage.set(key, { kind, value });
    await note(value);
  }
  for (const { values } of own) for (const text of values.values()) await note(text);
  const older = new Map<string, string>();
  const { generations } = await listBackups(world);
  for (const { head } of generations) {
    if (head.id === backup) continue;
    // What is of others, or was put together before, is good for nothing but what its hashes prove.
    const isBase = head.reconstruction === undefined && isOurs(world, head);
    for (const { values } of await salvage(world, head.id)) {
      for (const [key, text] of values) {
        await note(text);
        if (isBase && !older.has(key)) older.set(key, text);
      }
    }
  }
  const damaged = new Map(own.filter(({ head }) => isOurs(world, head)).flatMap((one) => [...one.damaged]));
  return { expected: own[0]?.head.entries ?? null, texts, storage, older, damaged };
}
