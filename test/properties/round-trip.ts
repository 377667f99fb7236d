import { expect } from 'vitest';
import { differences, type Witness, witness } from '../support/invariants.ts';
import {
  applyDrift,
  changedRows,
  definitionOf,
  driftSize,
  entriesOf,
  mergeFaults,
  RANDOM_TABLES,
  type RandomWorld,
  settle,
} from '../support/random-world.ts';
import { createKit, type Kit, type KitDatabase } from '../support/run-kit.ts';

/** A database for a random world, with nothing in it. */
export type NewDatabase = () => Omit<KitDatabase, 'tableNames'>;

/** The world migrated; what was there before, and how. */
async function migrated(world: RandomWorld, create: NewDatabase): Promise<{ kit: Kit; before: Witness }> {
  const database = create();
  settle(database);
  const kit = createKit({
    definition: definitionOf(world),
    entries: entriesOf(world),
    database: () => Object.assign(database, { tableNames: RANDOM_TABLES }),
  });
  const before = witness(kit);
  const result = await kit.start().client.migrate();
  expect(result).toMatchObject({ outcome: 'migrated', finalStatus: 'SUCCESS', failed: 0 });
  const left = witness(kit).storage;
  expect([...left.keys()].filter((key) => /^(store$|note-)/s.test(key))).toEqual([]);
  for (const [key, value] of [...world.formData, ...world.foreign]) expect(left.get(key)).toBe(value);
  return { kit, before };
}

async function rollBack(kit: Kit, onDrift: 'ask' | 'merge' | 'discard') {
  const { client } = kit.start();
  const result = await client.rollback({ reason: 'USER_REQUEST', onDrift });
  expect(result).toMatchObject({ outcome: 'rolledBack', finalStatus: 'SUCCESS', warnings: [] });
  return { client, result };
}

/** A second round from where the first one ended: everything is exactly as it was then. */
async function onceMore(kit: Kit): Promise<void> {
  const before = witness(kit);
  expect(await kit.start().client.migrate()).toMatchObject({ outcome: 'migrated', finalStatus: 'SUCCESS' });
  await rollBack(kit, 'ask');
  expect(differences(witness(kit), before)).toEqual([]);
}

/** Without drift every key and every row comes back exactly, the second time as well. */
export async function checkExactness(world: RandomWorld, create: NewDatabase): Promise<void> {
  const { kit, before } = await migrated(world, create);
  await rollBack(kit, 'ask');
  expect(differences(witness(kit), before)).toEqual([]);
  await onceMore(kit);
}

/** With `merge` every change is in the texts, and nothing else is. */
export async function checkMerging(world: RandomWorld, create: NewDatabase): Promise<void> {
  const { kit, before } = await migrated(world, create);
  applyDrift(world, kit.database);
  await rollBack(kit, 'merge');
  const after = witness(kit);
  expect(mergeFaults(world, after.storage)).toEqual([]);
  expect(differences({ ...after, storage: before.storage }, before)).toEqual([]);
  await onceMore(kit);
}

/** With `discard` the backup is back as it was, and the archive holds what people did. */
export async function checkDiscarding(world: RandomWorld, create: NewDatabase): Promise<void> {
  const { kit, before } = await migrated(world, create);
  applyDrift(world, kit.database);
  const drifted = witness(kit).tables;
  const { client, result } = await rollBack(kit, 'discard');
  expect(differences(witness(kit), before)).toEqual([]);
  if (driftSize(world) === 0) return;
  const { rows } = await client.archive.export(result.runId);
  const archived = new Map(rows.map((row) => [`${row.table} ${row.key}`, row]));
  for (const [table, changes] of Object.entries(changedRows(world))) {
    for (const { key, kind } of changes) {
      const found = archived.get(`${table} ${key}`);
      if (kind === 'changed' && found?.kind === 'unchanged') continue;
      expect([table, key, found?.kind]).toEqual([table, key, kind]);
      const row = drifted.get(table)?.find(({ id }) => JSON.stringify([id]) === key) ?? null;
      expect(found?.row).toEqual(row);
    }
  }
}
