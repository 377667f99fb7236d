import type { RollbackContext } from '../machines/rollback/types.ts';
import type { BackupEntry } from './backup-format.ts';
import { findBackup } from './backup-store.ts';
import { causeOf } from './cause.ts';
import { type Proof, proofOf } from './receipt-proof.ts';
import type { Receipt } from './record-types.ts';
import { recordedClear } from './rollback/clear.ts';
import { keptMerge } from './rollback/kept-merge.ts';
import type { RollbackMemory } from './rollback/memory.ts';
import type { TargetsRecord } from './rollback/restore.ts';
import type { Merged } from './rollback/restore-plan.ts';
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

type Verdict = Pick<Keys[number], 'after' | 'verdict'>;

/**
 * What a key of a collection has held since the run, as it was verified: the app may have written it again by now.
 * `text` is what the merge made of it, if it made anything.
 */
async function restored(
  entry: BackupEntry | null,
  text: string | null | undefined,
  hash: string | undefined,
): Promise<Verdict> {
  if (text === null) return { after: null, verdict: 'removed' };
  if (text === undefined) return { after: entry?.sha256 ?? null, verdict: 'exact' };
  const after = hash ?? (await sha256(text));
  return { after, verdict: after === entry?.sha256 ? 'exact' : 'merged' };
}

/** What a key holds now: form data, and whatever a run that restored nothing has found. */
async function present(entry: BackupEntry, current: string | null, isBack: boolean): Promise<Verdict> {
  const after = current === null ? null : await sha256(current);
  if (!isBack || after === null) return { after, verdict: 'notRestored' };
  return { after, verdict: after === entry.sha256 ? 'exact' : 'newerKept' };
}

/** The keys of the backup, those that it lacks although they had been backed up, and those that the merge has added. */
async function keysOf(
  world: World,
  context: RollbackContext,
  entries: readonly BackupEntry[],
  merged: Merged | null,
  proof: Proof,
): Promise<Keys> {
  const isBack = context.outcome === 'rolledBack';
  const values = await world.storage.read([...entries, ...proof.lost].map(({ key }) => key));
  const before = await statesBefore(world, context);
  const displaced = new Map((await readDisplaced(world, context.run)).map(({ key, value }) => [key, value]));
  const line = async (key: string, entry: BackupEntry | null, { after, verdict }: Verdict): Promise<Keys[number]> => {
    const old = displaced.get(key);
    const backup = entry?.sha256 ?? null;
    const state = before.get(key);
    const known = state === 'missing' ? null : state === 'backup' ? backup : after;
    const isDisplaced = state !== 'missing' && typeof old === 'string';
    return {
      key,
      kind: entry?.kind ?? 'collection',
      before: isDisplaced ? await sha256(old) : known,
      after,
      backup,
      verdict,
    };
  };
  const keys: Keys[number][] = [];
  const texts = new Map(merged?.entries ?? []);
  for (const entry of entries) {
    const { key, kind } = entry;
    // Form data that was missing was put back and verified; by now the browser may have lost it again (hazard H1).
    const wasMissing = before.get(key) === 'missing' && (values.get(key) ?? null) === null;
    const isRestored = isBack && (kind === 'collection' || wasMissing);
    const found = isRestored
      ? await restored(entry, texts.get(key), merged?.hashes.get(key))
      : await present(entry, values.get(key) ?? null, isBack);
    const unproved = found.verdict === 'exact' || found.verdict === 'merged' ? proof.unproved(entry) : null;
    keys.push(await line(key, entry, unproved === null ? found : { ...found, verdict: unproved }));
  }
  for (const entry of proof.lost) {
    keys.push(await line(entry.key, entry, await present(entry, values.get(entry.key) ?? null, false)));
  }
  if (!isBack) return keys;
  const known = new Set([...entries, ...proof.lost].map(({ key }) => key));
  for (const [key, text] of texts) {
    if (text === null || known.has(key)) continue;
    keys.push(await line(key, null, await restored(null, text, merged?.hashes.get(key))));
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
    const proof = await proofOf(world, context, head);
    return {
      ...base,
      ...(proof.copy === 'same' ? {} : { copy: proof.copy }),
      ...(proof.reconstruction === null ? {} : { reconstruction: proof.reconstruction }),
      keys: await keysOf(world, context, head.entries, merged, proof),
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
