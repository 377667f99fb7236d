import { type Backpedal, BackpedalError, type MigrationResult, type RollbackResult } from '../index.ts';

/** The result of a run of either kind. */
export type RunResult =
  | { readonly kind: 'rollback'; readonly result: RollbackResult }
  | { readonly kind: 'migration'; readonly result: MigrationResult };

/** Waits for the run that this client has taken up, whichever it is. */
export async function resultOfRun(client: Backpedal): Promise<RunResult> {
  const { rollback, migration } = await client.recover();
  if (rollback) return { kind: 'rollback', result: rollback };
  if (migration) return { kind: 'migration', result: migration };
  throw new BackpedalError('RUN_NOT_FOUND', 'The run has ended elsewhere. See backpedal status.');
}

/** Waits for the rollback that this client has taken up. */
export async function resultOfOpenRun(client: Backpedal): Promise<RollbackResult> {
  const run = await resultOfRun(client);
  if (run.kind === 'rollback') return run.result;
  throw new BackpedalError('RUN_NOT_FOUND', 'The run is a migration, not a rollback. See backpedal status.');
}
