import { BackpedalError, InputError } from '../../errors.ts';
import { salvageBackup } from '../backup-format.ts';
import { backupText, findBackup, summaryOf } from '../backup-store.ts';
import { rehearsalVault } from '../drill/rehearsal-vault.ts';
import { reconstruct } from '../emergency-recovery/reconstruct.ts';
import { type ReconstructionRecord, readReconstruction } from '../emergency-recovery/reconstruction.ts';
import type { BackpedalOptions } from '../public-types.ts';
import type { BackupSummary } from '../record-types.ts';
import { createWorld, type World } from '../world.ts';

/** What data can be put together from, beside storage, vault and database. */
export interface ReconstructionRequest {
  /** Texts of backups, damaged or not, as users have downloaded them. */
  readonly texts?: readonly string[];
  /** The migration run whose data is wanted. Left out: that of the first text, or the latest that the database knows. */
  readonly backupId?: string;
}

/** Data that was put together, as a backup that can be kept, compared and restored. */
export interface ReconstructedBackup {
  readonly text: string;
  readonly summary: BackupSummary;
  /** Which keys and items are proved to be as they were. */
  readonly record: ReconstructionRecord;
}

const STORAGE = 'reconstruction';

/** Puts the texts where a vault has its backups, in memory; gives the id of the first that says one. */
async function bringIn(world: World, texts: readonly string[]): Promise<string | null> {
  let first: string | null = null;
  for (const [number, text] of texts.entries()) {
    const salvaged = await salvageBackup(text, world.seal);
    if (salvaged === null || salvaged.head.migration !== world.migration.id) continue;
    const { id } = salvaged.head;
    first ??= id;
    // Numbers that no vault has, so that nothing of its own is hidden.
    const place = `${world.migration.id}/backups/${String(900_000 + number)}-${id}`;
    await world.vault.put(`${place}/content`, text);
    await world.vault.put(`${place}/head`, text.slice(0, text.indexOf('\n', text.indexOf('\n') + 1) + 1));
  }
  return first;
}

/**
 * Puts a user's data together from whatever is left: storage, whole parts of damaged backups, older backups, rows and
 * archive. The result is given and kept nowhere; nothing is changed.
 * @throws BackpedalError `RUN_NOT_FOUND` when nothing says which migration is meant, `BACKUP_NOT_FOUND` when nothing is
 *   left to put together; errors of the ports
 */
export async function reconstructBackup(
  options: BackpedalOptions,
  { texts = [], backupId }: ReconstructionRequest = {},
): Promise<ReconstructedBackup> {
  if (texts.some((text) => typeof text !== 'string'))
    throw new InputError('INPUT_ARGUMENT', 'Backups are given by their texts.');
  const world: World = { ...createWorld(options), vault: rehearsalVault(options.vault) };
  const migration = world.migration.id;
  const brought = await bringIn(world, texts);
  const { steps } = await world.database.ledger(migration);
  const undoes = backupId ?? brought ?? steps.findLast(({ step }) => step === 'digest')?.run;
  if (undoes === undefined) {
    throw new BackpedalError(
      'RUN_NOT_FOUND',
      'Neither a backup nor the database says which migration run is meant. Name it by the id of its backup.',
    );
  }
  const movers = steps.filter(({ step }) => step === 'clear').map(({ run }) => run);
  const run = world.identity.createId();
  const event = await reconstruct(
    { run, undoes, storage: STORAGE, migration } as Parameters<typeof reconstruct>[0],
    { world, report: () => {}, signal: new AbortController().signal, permitted: () => true, writeBurst: refuseToWrite },
    { movers },
  );
  if (event.type !== 'RECONSTRUCTED') {
    throw new BackpedalError('BACKUP_NOT_FOUND', 'Nothing is left from which the data could be put together.');
  }
  return {
    text: await backupText(world, run),
    summary: summaryOf(await findBackup(world, run)),
    record: (await readReconstruction(world, run)) ?? { keys: [], items: [] },
  };
}

const refuseToWrite = (): never => {
  throw new BackpedalError('INTERNAL', 'Putting data together writes nothing into storage.');
};
