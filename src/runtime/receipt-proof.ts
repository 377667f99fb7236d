import { BackupError } from '../errors.ts';
import type { BackupCopy, RollbackContext } from '../machines/rollback/types.ts';
import type { BackupEntry, BackupHead } from './backup-format.ts';
import { findBackup } from './backup-store.ts';
import { readReconstruction } from './emergency-recovery/reconstruction.ts';
import type { Receipt } from './record-types.ts';
import type { World } from './world.ts';

/** Items of a reconstruction that a receipt names; those that are not proved come first. */
const LISTED = 1000;

/** What stands for a backup's texts being those that the migration had found. */
export interface Proof {
  readonly copy: BackupCopy;
  /** What has to be said of a key that holds the backup's text, where that is not proved; `null` where it is. */
  readonly unproved: (entry: BackupEntry) => 'older' | 'reconstructed' | null;
  /** Keys that the migration had backed up and that this backup lacks, as far as that can still be told. */
  readonly lost: readonly BackupEntry[];
  readonly reconstruction: Receipt['reconstruction'] | null;
}

/** What the migration's own backup says that it held; `null` when that can no longer be told. */
async function ownEntries(world: World, undoes: string): Promise<readonly BackupEntry[] | null> {
  try {
    return (await findBackup(world, undoes)).head.entries;
  } catch (error) {
    if (error instanceof BackupError) return null;
    throw error;
  }
}

async function reconstructed(world: World, head: BackupHead): Promise<Pick<Proof, 'unproved' | 'reconstruction'>> {
  const record = await readReconstruction(world, head.id);
  const exact = new Set(record?.keys.filter(({ fidelity }) => fidelity === 'exact').map(({ key }) => key));
  const items = [...(record?.items ?? [])].sort((a, b) => b.fidelity.localeCompare(a.fidelity));
  const figures = head.reconstruction ?? { exact: 0, lossy: 0, missing: 0 };
  return {
    unproved: ({ key }) => (exact.has(key) ? null : 'reconstructed'),
    reconstruction: { ...figures, items: items.slice(0, LISTED) },
  };
}

/** What a run's backup proves. */
export async function proofOf(world: World, { undoes }: RollbackContext, head: BackupHead): Promise<Proof> {
  if (head.id === undoes) return { copy: 'same', unproved: () => null, lost: [], reconstruction: null };
  const own = await ownEntries(world, undoes);
  const there = new Set(head.entries.map(({ key }) => key));
  const lost = (own ?? []).filter(({ key }) => !there.has(key));
  if (head.reconstruction !== undefined) return { copy: 'reconstructed', lost, ...(await reconstructed(world, head)) };
  const hashes = new Map((own ?? []).map(({ key, sha256 }) => [key, sha256]));
  const unproved: Proof['unproved'] = ({ key, sha256 }) => (hashes.get(key) === sha256 ? null : 'older');
  return { copy: 'older', unproved, lost, reconstruction: null };
}
