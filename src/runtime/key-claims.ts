import { escapeGlob, globsOverlap, parseGlob } from '../definition/glob.ts';
import { MigrationError } from '../errors.ts';
import { historyOf } from './history.ts';
import { createJournal } from './journal.ts';
import type { World } from './world.ts';

const FOLDER = 'definitions';

/** The keys of a migration, as globs. */
function claimsOf({ migration }: World): readonly string[] {
  const keys = migration.collections.map(({ storageKey, layout }) =>
    layout === 'oneKey' ? escapeGlob(storageKey) : storageKey,
  );
  return [...keys, ...migration.formData];
}

/** Whether another migration of the same vault has data that could still be taken back. */
async function isUnderWay(world: World, other: string): Promise<boolean> {
  const { state } = historyOf(await createJournal(world.vault, other).read());
  return state !== 'NOT_STARTED' && state !== 'ROLLED_BACK';
}

/**
 * Notes which keys this migration is about, for others that share the vault.
 * @throws MigrationError `KEYS_CLAIMED` when another migration that has not been taken back is about some of them:
 *   its rollback would overwrite what this one does
 */
export async function claimKeys(world: World): Promise<void> {
  const { vault, migration } = world;
  const own = claimsOf(world);
  for (const name of await vault.list(`${FOLDER}/`)) {
    const other = name.slice(FOLDER.length + 1);
    if (other === migration.id) continue;
    const theirs = JSON.parse((await vault.get(name)) ?? '[]') as readonly string[];
    const shared = own.find((key) => theirs.some((their) => globsOverlap(parseGlob(key), parseGlob(their))));
    if (shared === undefined || !(await isUnderWay(world, other))) continue;
    throw new MigrationError(
      'KEYS_CLAIMED',
      `The keys ${JSON.stringify(shared)} belong to the migration ${other} as well. Roll that one back first, or give each migration keys of its own.`,
    );
  }
  const text = JSON.stringify(own);
  if ((await vault.get(`${FOLDER}/${migration.id}`)) !== text) await vault.put(`${FOLDER}/${migration.id}`, text);
}
