import type { RollbackContext } from '../../machines/rollback/types.ts';
import type { TargetsRecord } from '../rollback/restore.ts';
import { displacedId } from '../vault-files.ts';
import type { World } from '../world.ts';

/** The ids of the values that a rollback's burst was going to overwrite, by key, as its latest preparation says. */
export async function displacedBy(
  world: World,
  { run, migration }: RollbackContext,
): Promise<ReadonlyMap<string, string>> {
  const { steps } = await world.database.ledger(migration);
  const latest = steps.findLast((step) => step.run === run && step.step.startsWith('targets:'));
  const before = (latest?.outcome as TargetsRecord | undefined)?.before ?? [];
  return new Map(before.flatMap(([key, state, id]) => (state === 'displaced' ? [[key, id ?? '']] : [])));
}

/** Whether a key holds again what the burst had overwritten there. */
export const holdsDisplaced = async (
  displaced: ReadonlyMap<string, string>,
  key: string,
  value: string,
): Promise<boolean> => displaced.has(key) && displaced.get(key) === (await displacedId({ key, value }));
