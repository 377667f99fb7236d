import { dropBackup, listBackups } from './backup-store.ts';
import type { History } from './history.ts';
import type { World } from './world.ts';

const DAY = 86_400_000;

/** Generations that some run may still need: those of migrations that can be taken back, and of open runs. */
export function pinnedBackups(history: History): ReadonlySet<string> {
  const pinned = new Set<string>();
  for (const run of [history.migrated, history.open, history.locked]) {
    const { backup = null } = (run?.context ?? {}) as { readonly backup?: string | null };
    if (backup !== null) pinned.add(backup);
  }
  return pinned;
}

/** Removes generations that are old, beyond the number that is kept, and needed by nobody (rule BK9). */
export async function applyRetention(world: World, history: History): Promise<readonly string[]> {
  const { retention } = world.migration;
  const { generations } = await listBackups(world);
  const pinned = pinnedBackups(history);
  const before = world.clock.now() - retention.days * DAY;
  const old = generations
    .slice(Math.max(1, retention.backups))
    .filter(({ head }) => !pinned.has(head.id) && Date.parse(head.createdAt) < before);
  for (const { head } of old) await dropBackup(world, head.id);
  return old.map(({ head }) => head.id);
}
