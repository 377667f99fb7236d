import type { Backpedal, RollbackStatus } from '../index.ts';

/**
 * Where things stand by the journal, whoever carries the run out; begins and resumes nothing.
 * @throws errors of the journal, when it cannot be read; a monitor would only log them and look again
 */
export async function currentStatus(client: Backpedal, migrationId: string): Promise<RollbackStatus> {
  await client.canRollback();
  let stop = (): void => {};
  try {
    return await new Promise<RollbackStatus>((resolve) => {
      stop = client.monitorRollback(migrationId, resolve);
    });
  } finally {
    stop();
  }
}
