import type { RollbackContext } from '../../machines/rollback/types.ts';
import { readAudit } from '../audit-log.ts';
import { messageFor } from '../messages.ts';
import { requireMigrated } from '../readiness.ts';
import type { DrillResult } from '../record-types.ts';
import { rollbackResult } from '../results.ts';
import { runRollback } from '../runs.ts';
import { createSession, ledgerAfter, readHistory, type Session } from '../session.ts';
import type { Question, RollbackResult } from '../status-types.ts';
import { steadyOperations } from '../steady-operations.ts';
import type { World } from '../world.ts';
import { declineQuestions } from './decline-questions.ts';
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

/** What stopped a rehearsal is what had to be asked about, and not that nobody was there to answer. */
function withReason(result: RollbackResult, asked: readonly Question[]): RollbackResult {
  const [reason] = result.warnings;
  if (asked.length === 0 || reason === undefined) return result;
  const code = reason.code as NonNullable<RollbackResult['error']>['code'];
  return { ...result, error: { code, message: messageFor(code) } };
}

const wouldAsk = ({ question, choices }: Question): string =>
  `A real rollback would wait for a decision (${question}: ${choices.join(', ')}).`;

/**
 * Rehearses the whole rollback, with the real chart and the real commands, on copies in memory. Drift is merged when
 * the policy is to ask; any other question ends the rehearsal, which then says what a real rollback would ask. Touches
 * nothing.
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
  const declined = declineQuestions(rehearsal);
  const end = await runRollback(rehearsal, { kind: 'begin', input }, place).finally(declined.stop);
  if (end.status !== 'ended') throw end.status === 'suspended' ? end.error : new Error('A rehearsal has no rival.');
  const context: RollbackContext = end.view.context;
  const timestamp = new Date(world.clock.now()).toISOString();
  const result = withReason(rollbackResult(context, timestamp), declined.asked);
  const receipt = (await readAudit(world)).find(({ runId }) => runId === input.run)?.receipt;
  const notCarriedOver = receipt?.notCarriedOver ?? [];
  return {
    success: result.outcome === 'rolledBack',
    result,
    keysRestored: context.written,
    rowsRemoved: context.done.includes('Clear Database') ? context.rows : 0,
    problems: [
      ...(result.error === undefined ? [] : [`${result.error.code}: ${result.error.message}`]),
      ...declined.asked.map(wouldAsk),
      ...result.warnings.map(({ message }) => message),
      ...notCarriedOver.map(
        ({ collection, key, reason }) => `${collection} ${key} would stay in the archive: ${reason}`,
      ),
    ],
  };
}
