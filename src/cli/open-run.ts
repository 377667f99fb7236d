import { type Backpedal, BackpedalError, type MigrationResult, type RollbackResult } from '../index.ts';

/** The result of a run of either kind. */
export type RunResult =
  | { readonly kind: 'rollback'; readonly result: RollbackResult }
  | { readonly kind: 'migration'; readonly result: MigrationResult };

/** Resolves when the run is in another state than this one. */
function leaves(client: Backpedal, state: string | null): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (client.getSnapshot().state === state) return;
      stop();
      resolve();
    };
    const stop = client.subscribe(look);
    look();
  });
}

/**
 * Waits for the end of a run that this client has taken up, whichever it is, also when it asks once more meanwhile.
 * @throws BackpedalError `RUN_NOT_FOUND` when it is not to be seen any longer
 */
export async function resultOfRun(client: Backpedal): Promise<RunResult> {
  for (;;) {
    const { state } = client.getSnapshot();
    const { action, rollback, migration } = await client.recover();
    if (rollback) return { kind: 'rollback', result: rollback };
    if (migration) return { kind: 'migration', result: migration };
    if (action !== 'waiting') break;
    await leaves(client, state);
  }
  throw new BackpedalError('RUN_NOT_FOUND', 'The run has ended elsewhere. See backpedal status.');
}

/** Waits for the rollback that this client has taken up. */
export async function resultOfOpenRun(client: Backpedal): Promise<RollbackResult> {
  const run = await resultOfRun(client);
  if (run.kind === 'rollback') return run.result;
  throw new BackpedalError('RUN_NOT_FOUND', 'The run is a migration, not a rollback. See backpedal status.');
}
