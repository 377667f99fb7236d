import type { Backpedal, RollbackStatus } from '../index.ts';

/**
 * Whether anything was ever begun: before the first run a monitor has nothing to tell.
 * @throws errors of the journal, when it cannot be read; a monitor would only log them and look again
 */
async function hasBegun(client: Backpedal): Promise<boolean> {
  const { reason = '' } = await client.canRollback();
  if (!reason.includes('no migration')) return true;
  const entries = await client.audit.list();
  return entries.some(({ type }) => type === 'MIGRATION' || type === 'MIGRATION_ROLLBACK');
}

/** Where things stand by the journal, whoever carries the run out; begins and resumes nothing. */
export async function currentStatus(client: Backpedal, migrationId: string): Promise<RollbackStatus> {
  if (!(await hasBegun(client))) return client.getSnapshot();
  let stop = (): void => {};
  try {
    return await new Promise<RollbackStatus>((resolve) => {
      stop = client.monitorRollback(migrationId, resolve);
    });
  } finally {
    stop();
  }
}
