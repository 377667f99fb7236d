import { BackpedalError } from '../errors.ts';
import type { MigrationContext } from '../machines/migration/types.ts';
import type { RollbackContext } from '../machines/rollback/types.ts';
import { readAudit } from './audit-log.ts';
import { findBackup, loadBackup } from './backup-store.ts';
import type { History } from './history.ts';
import { copiedItems, failuresOf } from './migration/copy.ts';
import { sourceOf } from './migration/prepare.ts';
import { rowsOf } from './migration/source.ts';
import type { VerificationResult } from './record-types.ts';
import { readHistory, type Session } from './session.ts';
import { sha256 } from './text-hash.ts';
import type { World } from './world.ts';

function verdict(world: World, errors: readonly string[], checked: number): VerificationResult {
  return { success: errors.length === 0, errors, verified: new Date(world.clock.now()).toISOString(), checked };
}

const lastRollback = (history: History): RollbackContext | null =>
  (history.runs.filter(({ machine, end }) => machine === 'rollback' && end === 'rolledBack').at(-1)
    ?.context as RollbackContext) ?? null;

/** What each key is to hold by the receipt of the last rollback. */
async function expectedAfterRollback(
  world: World,
  run: string,
): Promise<readonly (readonly [string, string | null])[]> {
  const entry = (await readAudit(world)).find(({ runId, receipt }) => runId === run && receipt !== undefined);
  if (entry?.receipt === undefined) {
    throw new BackpedalError('RUN_NOT_FOUND', `The audit trail holds no receipt of the run ${run}.`);
  }
  return entry.receipt.keys.map(({ key, after }) => [key, after] as const);
}

/** After a migration, collections are gone from storage (unless they were kept), and form data is where it was. */
async function expectedAfterMigration(
  world: World,
  context: MigrationContext,
): Promise<readonly (readonly [string, string | null])[]> {
  const { head } = await findBackup(world, context.run);
  const failures = await failuresOf(world, context.run, { failures: null });
  const kept = new Set(failures.map(({ storageKey }) => storageKey));
  const stays = (key: string, kind: string): boolean =>
    kind === 'formData' || context.source === 'keep' || kept.has(key);
  return head.entries.map(({ key, kind, sha256: hash }) => [key, stays(key, kind) ? hash : null] as const);
}

/**
 * Compares every key of the migration in storage, by content, with what the last run left there.
 * @throws BackpedalError `NOT_MIGRATED` when there was no run yet
 */
export async function verifyStorage(session: Session): Promise<VerificationResult> {
  const { world } = session;
  const history = await readHistory(session);
  const rollback = lastRollback(history);
  const migrated = history.migrated?.context as MigrationContext | undefined;
  if (migrated === undefined && rollback === null)
    throw new BackpedalError('NOT_MIGRATED', 'Nothing has been migrated, so there is nothing to verify.');
  const expected =
    migrated === undefined
      ? await expectedAfterRollback(world, (rollback as RollbackContext).run)
      : await expectedAfterMigration(world, migrated);
  const values = await world.storage.read(expected.map(([key]) => key));
  const errors: string[] = [];
  for (const [key, hash] of expected) {
    const value = values.get(key) ?? null;
    const found = value === null ? null : await sha256(value);
    if (found === hash) continue;
    const name = JSON.stringify(key);
    if (found === null) errors.push(`The key ${name} is missing.`);
    else if (hash === null) errors.push(`The key ${name} is there although it was removed; it has been written since.`);
    else
      errors.push(`The key ${name} holds something else than the last run left there; it may have been changed since.`);
  }
  return verdict(world, errors, expected.length);
}

/**
 * After a rollback: nothing of the migration is left in the scope. After a migration: every migrated row is there, with
 * the content that it was migrated with, by the digests that were taken then.
 * @throws BackpedalError `NOT_MIGRATED` when there was no run yet
 */
export async function verifyDatabase(session: Session): Promise<VerificationResult> {
  const { world } = session;
  const history = await readHistory(session);
  if (history.migrated !== null) {
    const survey = await world.database.survey(world.migration.id, history.migrated.run, 0);
    const { copied } = history.migrated.context as MigrationContext;
    const there = survey.collections.reduce((sum, { rows, added, deleted }) => sum + rows - added + deleted, 0);
    const errors = there === copied ? [] : [`${copied} rows were migrated, and ${there} are accounted for.`];
    for (const { collection, changed, deleted } of survey.collections) {
      if (changed + deleted === 0) continue;
      errors.push(
        `${collection}: of the migrated rows ${deleted} are missing and ${changed} hold something else; they may have been changed since.`,
      );
    }
    return verdict(world, errors, there);
  }
  const rollback = lastRollback(history);
  if (rollback === null)
    throw new BackpedalError('NOT_MIGRATED', 'Nothing has been migrated, so there is nothing to verify.');
  const left = await world.database.remaining(world.migration.id, rollback.undoes);
  return verdict(world, left === 0 ? [] : [`${left} rows of the migration are still in the database.`], left);
}

const COMPARED = 5000;

/** Post-migration validation: compares every row with the item in the backup that it was made from. */
export async function verifyMigration(session: Session): Promise<VerificationResult> {
  const { world } = session;
  const { migrated } = await readHistory(session);
  if (migrated === null) throw new BackpedalError('NOT_MIGRATED', 'There is no migration to verify.');
  await loadBackup(world, migrated.run);
  const memory = { tables: null, source: null, backup: null, failures: null };
  const source = await sourceOf(world, migrated.run, memory);
  const failures = await failuresOf(world, migrated.run, memory);
  const errors: string[] = [];
  let checked = 0;
  for (const collection of source.collections) {
    const items = copiedItems(collection, failures);
    for (let at = 0; at < items.length; at += COMPARED) {
      const rows = rowsOf(collection, items.slice(at, at + COMPARED));
      const { missing, different, keys } = await world.database.compare(migrated.run, collection.collection.name, rows);
      checked += rows.length;
      if (missing + different > 0) {
        errors.push(
          `${collection.collection.name}: ${missing} rows are missing and ${different} differ, such as ${keys.join(', ')}.`,
        );
      }
    }
  }
  return verdict(world, errors, checked);
}
