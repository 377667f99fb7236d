import { BackupError, MigrationError } from '../../errors.ts';
import type { MigrationContext, MigrationEvent } from '../../machines/migration/types.ts';
import type { VerifiedBackup } from '../backup-format.ts';
import { createBackup, listBackups, loadBackup } from '../backup-store.ts';
import { breathe } from '../breathe.ts';
import type { Work } from '../execution/types.ts';
import { takeOver } from '../lease.ts';
import type { World } from '../world.ts';
import type { MigrationMemory } from './memory.ts';
import { readKeys, type Source, understand } from './source.ts';

/** Reads the source and understands all of it, or refuses (see `understand`). */
export async function survey(world: World, memory: Pick<MigrationMemory, 'tables'>): Promise<Source> {
  memory.tables ??= await world.database.tables();
  const keys = await readKeys(world);
  await breathe(world);
  const source = understand(world, keys, memory.tables);
  await breathe(world);
  return source;
}

/** Looks at everything that is to be moved. */
export async function surveySource(
  _context: MigrationContext,
  { world }: Work,
  memory: MigrationMemory,
): Promise<MigrationEvent> {
  memory.source ??= await survey(world, memory);
  const { items, keys, size } = memory.source;
  return { type: 'SURVEYED', items, keys: keys.length, bytes: size };
}

/** Takes the lease. One that a run of this journal has left behind when it ended is taken over. */
export async function acquireLease(
  context: MigrationContext,
  { world }: Work,
  memory: MigrationMemory,
): Promise<MigrationEvent> {
  const { run, migration, storage } = context;
  const first = await world.database.lease({ migration, run, storage, mode: 'whenFree' });
  if (first.status === 'granted') return { type: 'LEASED', token: first.token };
  if (!memory.hasEnded(first.run)) return { type: 'BUSY' };
  return { type: 'LEASED', token: await takeOver(world, context) };
}

/** Keeps every key byte for byte, and reads it back. The source is read again, now that nobody writes any more. */
export async function backUp(
  context: MigrationContext,
  { world }: Work,
  memory: MigrationMemory,
): Promise<MigrationEvent> {
  const { generations } = await listBackups(world);
  if (!generations.some(({ head }) => head.id === context.run)) {
    if (await memory.isBurstMissing(world)) throw lostBurst();
    const keys = await readKeys(world);
    if (memory.source === null || !isSame(memory.source, keys)) {
      memory.tables ??= await world.database.tables();
      memory.source = understand(world, keys, memory.tables);
    }
    await breathe(world);
    memory.backup = await createBackup(world, context.run, context.storage, keys);
    // Another process was quicker: what it has kept is what is copied.
    if (!keys.every(({ key, value }) => memory.backup?.values.get(key) === value)) memory.source = null;
  }
  const backup = await backupOf(world, context.run, memory);
  const { items } = await sourceOf(world, context.run, memory);
  return { type: 'BACKED_UP', backup: context.run, items, keys: backup.head.count, bytes: backup.head.size };
}

/** What a rollback had put back must be there before it is taken for the source of another migration (rule CR14). */
export const lostBurst = (): MigrationError =>
  new MigrationError(
    'RUN_INTERRUPTED',
    'Storage does not hold what the last run had written there: the browser has lost it, or somebody has emptied it. Call recover() first. Nothing was changed.',
  );

function isSame(source: Source, keys: Source['keys']): boolean {
  if (source.keys.length !== keys.length) return false;
  return source.keys.every(({ key, value }, index) => keys[index]?.key === key && keys[index]?.value === value);
}

type SourceMemory = Pick<MigrationMemory, 'tables' | 'source' | 'backup'>;

/** The verified backup of a migration run; read anew after a crash. */
export async function backupOf(
  world: World,
  run: string,
  memory: Pick<MigrationMemory, 'backup'>,
): Promise<VerifiedBackup> {
  memory.backup ??= await loadBackup(world, run);
  return memory.backup;
}

/** The source as it was backed up: after a crash, storage may hold less of it already. */
export async function sourceOf(world: World, run: string, memory: SourceMemory): Promise<Source> {
  if (memory.source !== null) return memory.source;
  const { head, values } = await backupOf(world, run, memory);
  memory.tables ??= await world.database.tables();
  const keys = head.entries.map(({ key, kind }) => ({ key, kind, value: values.get(key) ?? '' }));
  memory.source = understand(world, keys, memory.tables);
  return memory.source;
}

/** Refuses what backpedal could not restore. */
export function refuseUnbackable(source: Source, limit: number): void {
  if (source.size > limit) {
    throw new BackupError(
      'BACKUP_TOO_LARGE',
      `The data has ${source.size} characters; a backup may have ${limit} (maxBackupSize).`,
    );
  }
}
