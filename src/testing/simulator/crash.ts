import type { Survival } from '../storage-image.ts';
import type { CrashPlan } from './acts.ts';
import type { SimulatedProcess } from './process.ts';
import type { Scheduler } from './scheduler.ts';
import type { VaultWrite } from './vault.ts';
import type { World } from './world.ts';

/** Below so many pending writes a crash may keep any subset of them. */
const SUBSETS_UP_TO = 8;

/** What survives of the writes of storage, as its technology has it. */
function survivalOf({ options, storage }: World, { kept, torn }: CrashPlan): Survival {
  const pending = storage.unflushed();
  if (options.storage !== 'withoutFsync') return { prefix: Math.floor(kept * (pending + 1)) };
  const tear = torn < 0.5 ? { torn: Math.floor(torn * 20) } : {};
  if (pending > SUBSETS_UP_TO) return { prefix: Math.floor(kept * (pending + 1)), ...tear };
  const bits = Math.floor(kept * 2 ** pending);
  return { subset: [...Array(pending).keys()].filter((at) => (bits >> at) & 1), ...tear };
}

function survivorsOf({ options, vault }: World, { kept, torn }: CrashPlan): readonly VaultWrite[] {
  const pending = vault.pending();
  if (options.vault === 'relaxed') return pending.slice(0, Math.floor(kept * (pending.length + 1)));
  const left =
    pending.length > SUBSETS_UP_TO
      ? pending.slice(0, Math.floor(kept * (pending.length + 1)))
      : pending.filter((_, at) => (Math.floor(kept * 2 ** pending.length) >> at) & 1);
  const last = left.at(-1);
  if (last?.text == null || torn >= 0.5) return left;
  return [...left.slice(0, -1), { name: last.name, text: last.text.slice(0, Math.floor(torn * last.text.length)) }];
}

/** A process is gone, and its locks are free. */
export function kill(world: World, scheduler: Scheduler, process: SimulatedProcess): void {
  process.state = 'dead';
  world.locks.takeAway(process);
  scheduler.bury();
}

/** Everything that storage holds is on disk from now on. */
export function flushStorage({ storage, edits }: World): void {
  storage.flush();
  for (const edit of edits.storage.values()) if (edit.state === 'volatile') edit.state = 'durable';
}

/**
 * Damage behind the vault's back. What was in the backup and nowhere else has no exact copy any more, for which nobody
 * is to blame; that it is never restored is what matters (invariant I11).
 */
export function damageBackup(world: World, part: 'head' | 'content'): void {
  const { vault, storage, originals, edits } = world;
  const name = [...vault.visible.keys()]
    .filter((one) => one.includes('/backups/') && one.endsWith(`/${part}`))
    .sort()
    .at(-1);
  if (name === undefined) return;
  const text = vault.visible.get(name) as string;
  vault.visible.set(name, text.slice(0, Math.floor(text.length / 2)));
  edits.damaged.add(`${name.slice(0, name.lastIndexOf('/'))}/content`);
  const durable = new Map(storage.durable());
  for (const [key, value] of originals) if (durable.get(key) !== value) edits.forgiven.add(key);
}

/** Every process dies, and the stores are what had reached the disk. */
export function crashMachine(
  world: World,
  scheduler: Scheduler,
  processes: readonly SimulatedProcess[],
  plan: CrashPlan,
): void {
  const { storage, vault, edits, guards, trace, custody, writeAhead } = world;
  for (const process of processes) if (process.state !== 'dead') kill(world, scheduler, process);
  const records = writeAhead.length();
  storage.crash(survivalOf(world, plan));
  if (world.options.vault !== 'strict') {
    vault.crash(survivorsOf(world, plan));
    const broken = writeAhead.reread(vault.visible);
    if (broken !== null) guards.violate(broken);
    if (writeAhead.length() < records) guards.violate('I4: records that had been acknowledged are gone after a crash');
  }
  for (const [key, edit] of edits.storage) {
    if (edit.state !== 'volatile') continue;
    const survived = storage.getItem(key) === edit.value || (edit.value !== null && custody.isKept(edit.value));
    edit.state = survived ? 'durable' : 'lost';
  }
  trace.note(`the machine dies; storage keeps ${storage.entries().length} keys`);
  for (const violation of custody.keys()) guards.violate(violation);
}
