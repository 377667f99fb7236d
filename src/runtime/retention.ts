import type { RollbackContext } from '../machines/rollback/types.ts';
import { dropBackup, type Generation, listBackups } from './backup-store.ts';
import { unsettledRun } from './crash-recovery/settling.ts';
import type { History, RunHistory } from './history.ts';
import { isSeenOften } from './starts.ts';
import { dropDisplaced } from './vault-files.ts';
import type { World } from './world.ts';

const DAY = 86_400_000;

/** Generations that some run may still need: those of migrations that can be taken back, and of open runs. */
export function pinnedBackups(history: History): ReadonlySet<string> {
  return backupsOf([history.migrated, history.open, history.locked]);
}

/** Generations from which a burst that the browser loses would have to be written again. */
export async function unsettledBackups(world: World, history: History): Promise<ReadonlySet<string>> {
  return backupsOf([await unsettledRun(world, history)]);
}

function backupsOf(runs: readonly (RunHistory | null)[]): ReadonlySet<string> {
  const backups = new Set<string>();
  for (const run of runs) {
    const { backup = null, undoes } = (run?.context ?? {}) as Partial<Record<'backup' | 'undoes', string | null>>;
    if (backup !== null) backups.add(backup);
    if (typeof undoes === 'string') backups.add(undoes);
  }
  return backups;
}

/** What happened before this moment may be forgotten, as far as nothing else speaks for it. */
const horizon = (world: World): number => world.clock.now() - world.migration.retention.days * DAY;

/** A generation whose migration this journal knows has to have been there at three starts; imported ones need none. */
async function isOld(world: World, history: History, { head }: Generation): Promise<boolean> {
  if (Date.parse(head.createdAt) >= horizon(world)) return false;
  return !history.runs.some(({ run }) => run === head.id) || isSeenOften(world, head.id);
}

/** Removes generations that are old, beyond the number that is kept, and needed by nobody (rule BK9). */
async function dropOldBackups(world: World, history: History): Promise<void> {
  const { generations } = await listBackups(world);
  const pinned = new Set([...pinnedBackups(history), ...(await unsettledBackups(world, history))]);
  for (const generation of generations.slice(Math.max(1, world.migration.retention.backups))) {
    const { id } = generation.head;
    if (!pinned.has(id) && (await isOld(world, history, generation))) await dropBackup(world, id);
  }
}

/** Rollbacks that ended so long ago that what they moved out need not be kept any longer. */
async function longOver(world: World, history: History): Promise<readonly RunHistory[]> {
  const unsettled = await unsettledRun(world, history);
  const over: RunHistory[] = [];
  for (const run of history.runs) {
    if (run.machine !== 'rollback' || run.end !== 'rolledBack' || run.run === unsettled?.run) continue;
    if (run.last.at < horizon(world) && (await isSeenOften(world, run.parent ?? run.run))) over.push(run);
  }
  return over;
}

/** Deletes archives and displaced values after their time; only while nobody else is at work in the database. */
async function dropOldArchives(world: World, history: History): Promise<void> {
  const over = await longOver(world, history);
  if (over.length === 0) return;
  const archived = new Set((await world.database.archives(world.migration.id)).map(({ run }) => run));
  for (const { run, context } of over) {
    await dropDisplaced(world, run);
    if (!archived.has(run)) continue;
    const { migration, storage } = context as RollbackContext;
    const lease = await world.database.lease({ migration, run, storage, mode: 'whenFree' });
    if (lease.status === 'busy') return;
    const fence = { migration, run, token: lease.token };
    try {
      await world.database.dropArchive(fence, run);
    } finally {
      await world.database.release(fence);
    }
  }
}

/** Forgets what has been kept for long enough: backups, archives, displaced values. */
export async function applyRetention(world: World, history: History): Promise<void> {
  await dropOldBackups(world, history);
  await dropOldArchives(world, history);
}
