import {
  type Backpedal,
  BackpedalError,
  type MigrationResult,
  type RecoveryResult,
  type RollbackResult,
} from '../index.ts';

/** The result of a run of either kind. */
export type RunResult =
  | { readonly kind: 'rollback'; readonly result: RollbackResult }
  | { readonly kind: 'migration'; readonly result: MigrationResult };

/** The same, or what a recovery did that was about no run. */
export type Finished = RunResult | { readonly kind: 'recovery'; readonly result: RecoveryResult };

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

/** Waits for the end of what this client has taken up, whichever run it is, also when it asks once more meanwhile. */
export async function resultOfDecided(client: Backpedal): Promise<Finished> {
  for (;;) {
    const { state } = client.getSnapshot();
    const result = await client.recover();
    if (result.rollback) return { kind: 'rollback', result: result.rollback };
    if (result.migration) return { kind: 'migration', result: result.migration };
    if (result.action !== 'waiting') return { kind: 'recovery', result };
    await leaves(client, state);
  }
}

/**
 * Waits for the end of a run that this client has taken up, whichever it is, also when it asks once more meanwhile.
 * @throws BackpedalError `RUN_NOT_FOUND` when it is not to be seen any longer
 */
export async function resultOfRun(client: Backpedal): Promise<RunResult> {
  const finished = await resultOfDecided(client);
  if (finished.kind !== 'recovery') return finished;
  throw new BackpedalError('RUN_NOT_FOUND', 'The run has ended elsewhere. See backpedal status.');
}
