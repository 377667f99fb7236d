import type { RollbackContext } from '../machines/rollback/types.ts';
import type { BackupEntry } from './backup-format.ts';
import { findBackup } from './backup-store.ts';
import { causeOf } from './cause.ts';
import type { Receipt } from './record-types.ts';
import { recordedClear } from './rollback/clear.ts';
import { keptMerge } from './rollback/kept-merge.ts';
import type { RollbackMemory } from './rollback/memory.ts';
import type { TargetsRecord } from './rollback/restore.ts';
import { sha256 } from './text-hash.ts';
import { readDisplaced } from './vault-files.ts';
import type { World } from './world.ts';

type Keys = Receipt['keys'];

/** What the keys held before the run, as the database has recorded it. */
async function statesBefore(world: World, context: RollbackContext): Promise<ReadonlyMap<string, string>> {
  if (context.preparations === 0) return new Map();
  const { steps } = await world.database.ledger(context.migration);
  const before = new Map<string, string>();
  for (const { run, step, outcome } of steps) {
    if (run !== context.run || !step.startsWith('targets:')) continue;
    for (const [key, state] of (outcome as TargetsRecord).before) if (!before.has(key)) before.set(key, state);
  }
  return before;
}

async function verdictOn(
  world: World,
  entry: BackupEntry,
  current: string | null,
  memory: Pick<RollbackMemory, 'backup' | 'merged'>,
): Promise<{ readonly after: string | null; readonly verdict: Keys[number]['verdict'] }> {
  if (current === null) return { after: null, verdict: 'notRestored' };
  const known = memory.backup?.values.get(entry.key);
  const after = known === current ? entry.sha256 : await sha256(current);
  if (after === entry.sha256) return { after, verdict: 'exact' };
  world.logger.debug('A key differs from its backup.', { key: entry.key });
  return { after, verdict: entry.kind === 'formData' ? 'newerKept' : 'merged' };
}

async function keysOf(
  world: World,
  context: RollbackContext,
  memory: Pick<RollbackMemory, 'backup' | 'merged'>,
  entries: readonly BackupEntry[],
): Promise<Keys> {
  const values = await world.storage.read(entries.map(({ key }) => key));
  const before = await statesBefore(world, context);
  const displaced = new Map((await readDisplaced(world, context.run)).map(({ key, value }) => [key, value]));
  const keys: Keys[number][] = [];
  for (const entry of entries) {
    const { after, verdict } = await verdictOn(world, entry, values.get(entry.key) ?? null, memory);
    const state = before.get(entry.key);
    const old = displaced.get(entry.key);
    const hashBefore =
      state === 'missing'
        ? null
        : typeof old === 'string'
          ? await sha256(old)
          : state === 'backup'
            ? entry.sha256
            : after;
    keys.push({
      key: entry.key,
      kind: entry.kind,
      before: hashBefore,
      after,
      backup: entry.sha256,
      verdict: context.outcome === 'rolledBack' ? verdict : 'notRestored',
    });
  }
  return keys;
}

/**
 * The proof of what a rollback did. What cannot be read is left out; the receipt then says less, never
 * something else.
 */
export async function rollbackReceipt(
  world: World,
  context: RollbackContext,
  memory: Pick<RollbackMemory, 'backup' | 'merged'>,
  timestamp: string,
): Promise<Receipt> {
  const base = {
    runId: context.run,
    migrationId: context.migration,
    outcome: context.outcome ?? 'safeMode',
    reason: context.reason,
    timestamp,
    backupId: context.backup,
  };
  try {
    const { head } = await findBackup(world, context.backup);
    const cleared = context.effect === 'none' ? null : await recordedClear(world, context);
    const merged = await keptMerge(world, context, memory);
    return {
      ...base,
      keys: await keysOf(world, context, memory, head.entries),
      collections: cleared?.collections ?? [],
      drift: cleared?.drift ?? null,
      displaced: (await readDisplaced(world, context.run)).map(({ key }) => key),
      notCarriedOver: merged?.notCarriedOver ?? [],
    };
  } catch (error) {
    world.logger.warn('The receipt is incomplete: not all of its sources could be read.', { cause: causeOf(error) });
    return { ...base, keys: [], collections: [], drift: null, displaced: [], notCarriedOver: [] };
  }
}
