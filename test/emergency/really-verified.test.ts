import { describe, expect, it } from 'vitest';
import { initialContext } from '../../src/machines/emergency-recovery/context.ts';
import { tryBackups } from '../../src/runtime/emergency-recovery/backups.ts';
import { createWorld } from '../../src/runtime/world.ts';
import type { Kit } from '../support/run-kit.ts';
import { damageEntry, idIn, migrated, partsOf, settled } from './kit.ts';

/** The search itself: a rollback would refuse what it calls found wrongly, and search again. */
function search(kit: Kit, undoes: string): ReturnType<typeof tryBackups> {
  const { migration, storage, database, vault, clock } = kit;
  const world = createWorld({ migration, storage, database, vault, clock });
  const run = { run: 'r', migration: migration.id, storage: 's', undoes, backup: undoes, reason: 'BACKUP_DAMAGED' };
  const writeBurst = () => Promise.reject(new Error('A search writes nothing.'));
  const work = { world, signal: new AbortController().signal, permitted: () => true, writeBurst, report: () => {} };
  return tryBackups(initialContext(run), work);
}

async function twoBackups(): Promise<{ readonly kit: Kit; readonly names: readonly [string, string] }> {
  const kit = await migrated();
  const { client } = kit.start();
  await settled(kit, client.rollback({ reason: 'USER_REQUEST' }));
  await settled(kit, client.migrate());
  const [older = '', newest = ''] = partsOf(kit, 'content');
  return { kit, names: [older, newest] };
}

describe('a backup that the search calls found', () => {
  it.each(['task-store', 'environments', 'settings'])(
    'ER1 has been verified: not one of which %s is damaged',
    async (key) => {
      const { kit, names } = await twoBackups();
      const [older, newest] = names;
      const found = { backup: idIn(newest), age: 'same' };
      expect(await search(kit, idIn(newest))).toMatchObject({ type: 'BACKUP_FOUND', tried: 1, found });
      damageEntry(kit, key, newest);
      const other = { backup: idIn(older), age: 'older' };
      expect(await search(kit, idIn(newest))).toMatchObject({ type: 'BACKUP_FOUND', tried: 2, found: other });
      damageEntry(kit, key, older);
      expect(await search(kit, idIn(newest))).toEqual({ type: 'NO_BACKUP', tried: 2 });
    },
  );
});
