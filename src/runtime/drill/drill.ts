import type { RollbackContext } from '../../machines/rollback/types.ts';
import { readAudit } from '../audit-log.ts';
import { requireMigrated } from '../readiness.ts';
import type { DrillResult } from '../record-types.ts';
import { rollbackResult } from '../results.ts';
import { runRollback } from '../runs.ts';
import { createSession, ledgerAfter, readHistory, type Session } from '../session.ts';
import { steadyOperations } from '../steady-operations.ts';
import type { World } from '../world.ts';
import { rehearsalDatabase } from './rehearsal-database.ts';
import { rehearsalStorage } from './rehearsal-storage.ts';
import { rehearsalVault } from './rehearsal-vault.ts';

/** The same world with nothing in it that could be changed. */
async function rehearsalWorld(world: World, undoes: string): Promise<World> {
  return {
    ...world,
    storage: await rehearsalStorage(world.storage),
    vault: rehearsalVault(world.vault),
    database: rehearsalDatabase(world.database, undoes),
    cache: null,
    lock: null,
    operations: steadyOperations({ stop: () => Promise.resolve(), resume: () => Promise.resolve() }),
    notify: () => {},
  };
}

/**
 * Rehearses the whole rollback, with the real chart and the real commands, on copies in memory. Drift is merged when
 * the policy is to ask. Touches nothing.
 * @throws BackpedalError `NOT_MIGRATED`
 */
export async function drill(session: Session, options: { readonly backupId?: string }): Promise<DrillResult> {
  const undoes = requireMigrated(await readHistory(session));
  const world = await rehearsalWorld(session.world, undoes.run);
  const rehearsal = createSession(world);
  const history = await readHistory(rehearsal);
  const { onDrift } = world.migration;
  const input = {
    run: world.identity.createId(),
    migration: world.migration.id,
    storage: undoes.context.storage,
    undoes: undoes.run,
    reason: 'USER_REQUEST',
    detail: 'drill',
    backup: options.backupId ?? undoes.run,
    onDrift: onDrift === 'ask' ? ('merge' as const) : onDrift,
  };
  const place = { history, ledger: ledgerAfter(rehearsal, history), parent: null };
  const end = await runRollback(rehearsal, { kind: 'begin', input }, place);
  if (end.status !== 'ended') throw end.status === 'suspended' ? end.error : new Error('A rehearsal has no rival.');
  const context: RollbackContext = end.view.context;
  const result = rollbackResult(context, new Date(world.clock.now()).toISOString());
  const receipt = (await readAudit(world)).find(({ runId }) => runId === input.run)?.receipt;
  const notCarriedOver = receipt?.notCarriedOver ?? [];
  return {
    success: result.outcome === 'rolledBack',
    result,
    keysRestored: context.written,
    rowsRemoved: context.done.includes('Clear Database') ? context.rows : 0,
    problems: [
      ...(result.error === undefined ? [] : [result.error.message]),
      ...result.warnings.map(({ message }) => message),
      ...notCarriedOver.map(
        ({ collection, key, reason }) => `${collection} ${key} would stay in the archive: ${reason}`,
      ),
    ],
  };
}
