import type { Backpedal, MigrationResult, RecoveryResult, RollbackResult } from '../../src/index.ts';
import type { Action, Told, ToldRun } from './protocol.ts';

/** The code of an error, or whatever was thrown in its place. */
export const codeOf = (thrown: unknown): string => String((thrown as { readonly code?: unknown })?.code ?? thrown);

const runOf = (result: RollbackResult | MigrationResult): ToldRun => ({
  runId: result.runId,
  outcome: result.outcome,
  success: result.success,
  finalStatus: result.finalStatus,
  warnings: result.warnings.map(({ code }) => code),
});

const toldBy = (run: ToldRun): Told => ({ recovered: null, migrationState: null, run, complaints: [] });

function toldByRecovery({ action, migrationState, rollback, migration }: RecoveryResult): Told {
  const result = rollback ?? migration;
  return { recovered: action, migrationState, run: result === undefined ? null : runOf(result), complaints: [] };
}

/** Does with a client what an order asks for. */
export async function act(client: Backpedal, action: Action): Promise<Told> {
  if (action === 'migrate') return toldBy(runOf(await client.migrate()));
  if (action === 'recover') return toldByRecovery(await client.recover());
  if (action === 'verify') {
    const checks = [await client.verifyStorage(), await client.verifyDatabase()];
    const complaints = checks.flatMap(({ success, errors }) =>
      success ? errors : ['It does not say success.', ...errors],
    );
    return { recovered: null, migrationState: null, run: null, complaints };
  }
  const person = new AbortController();
  client.subscribe(() => {
    if (action === 'undo' && client.getSnapshot().state === 'executing.restoringStorage') person.abort();
  });
  const onDrift = action === 'merge' ? 'merge' : 'ask';
  return toldBy(runOf(await client.rollback({ reason: 'USER_REQUEST', onDrift, signal: person.signal })));
}
