import { type DisplacedValue, keepDisplaced } from '../vault-files.ts';
import type { World } from '../world.ts';

/** What other tabs write while a burst is on its way, which a reader may never get to see (hazard H28a). */
export interface LateWrites {
  /** What has been told so far. */
  readonly told: readonly DisplacedValue[];
  readonly stop: () => void;
}

/** Where a run remembers that it listens. */
export interface LateWritesMemory {
  lateWrites?: LateWrites | null;
}

/** Listens to what the storage tells of others, if it tells anything. */
export function listenForLateWrites({ storage }: World, memory: LateWritesMemory): void {
  const told: DisplacedValue[] = [];
  memory.lateWrites ??= {
    told,
    stop: storage.observe?.((key, value) => void told.push({ key, value })) ?? (() => {}),
  };
}

/** Keeps what others wrote to these keys around the burst of a run (rule RB39), and listens no longer. */
export async function keepLateWrites(
  world: World,
  run: string,
  memory: LateWritesMemory,
  targets: ReadonlyMap<string, string | null>,
): Promise<void> {
  const told = memory.lateWrites?.told ?? [];
  const late = told.filter(({ key, value }) => value !== null && targets.has(key) && targets.get(key) !== value);
  if (late.length > 0) {
    const keys = [...new Set(late.map(({ key }) => key))].slice(0, 10);
    world.logger.warn('Other tabs wrote to keys while they were being restored; it is in the vault.', { keys });
    await keepDisplaced(world, run, late);
  }
  memory.lateWrites?.stop();
  memory.lateWrites = null;
}
