import { readCollection } from '../../content/read-collection.ts';
import { rebuildCollection } from '../../content/rebuild-collection.ts';
import { isCollectionKey } from '../../definition/key-ownership.ts';
import type { Collection } from '../../definition/types.ts';
import type { EmergencyRecoveryContext, EmergencyRecoveryEvent } from '../../machines/emergency-recovery/types.ts';
import type { CollectionTable, Row, RowKey } from '../../ports/database.ts';
import type { BackupEntry, BackupItem } from '../backup-format.ts';
import { createBackup } from '../backup-store.ts';
import type { Work } from '../execution/types.ts';
import { allRows } from '../rollback/drift.ts';
import { sha256 } from '../text-hash.ts';
import { putJson } from '../vault-files.ts';
import type { World } from '../world.ts';
import { type Evidence, gatherEvidence } from './evidence.ts';
import type { EmergencyMemory } from './memory.ts';

/** One key as it was put together: `exact` where its hash is the one that was backed up. */
interface RebuiltKey {
  readonly item: BackupItem;
  readonly fidelity: 'exact' | 'lossy';
}

/** Every migrated row that is left, by collection: in its table, or in the archive of a run that moved it. */
async function migratedRows(
  world: World,
  undoes: string,
  movers: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<RowKey, Row>>> {
  const { id: migration } = world.migration;
  const rows = new Map<string, Map<RowKey, Row>>(world.migration.collections.map(({ name }) => [name, new Map()]));
  const pages = [
    await allRows((after, limit) => world.database.movable(migration, undoes, after, limit)),
    ...(await Promise.all(
      movers.map((run) =>
        allRows((after, limit) => world.database.archived({ migration, run, content: 'all', after, limit })),
      ),
    )),
  ];
  for (const { collection, kind, key, row } of pages.flat()) {
    const isMigrated = kind === 'unchanged' || kind === 'changed';
    const known = rows.get(collection);
    if (isMigrated && row !== null && known !== undefined && !known.has(key)) known.set(key, row);
  }
  return rows;
}

const hashesOf = (expected: Evidence['expected']): ReadonlyMap<string, string> =>
  new Map((expected ?? []).map(({ key, sha256 }) => [key, sha256]));

/** Of the texts that a collection may have had, those that its hashes prove, or else the likeliest. */
async function choose(
  possible: readonly ReadonlyMap<string, string>[],
  hashes: ReadonlyMap<string, string>,
): Promise<readonly RebuiltKey[]> {
  const judged: RebuiltKey[][] = [];
  for (const texts of possible) {
    const keys: RebuiltKey[] = [];
    for (const [key, value] of texts) {
      const fidelity = hashes.get(key) === (await sha256(value)) ? 'exact' : 'lossy';
      keys.push({ item: { key, kind: 'collection', value }, fidelity });
    }
    judged.push(keys);
  }
  return judged.find((keys) => keys.every(({ fidelity }) => fidelity === 'exact')) ?? judged[0] ?? [];
}

/** The keys of a collection that no whole text was found for, from its rows and whatever older text there is. */
async function rebuild(
  world: World,
  evidence: Evidence,
  collection: Collection,
  table: CollectionTable,
  rows: ReadonlyMap<RowKey, Row>,
  proved: ReadonlyMap<string, string>,
): Promise<readonly RebuiltKey[]> {
  const entries = new Map<string, string>();
  for (const [key, { value }] of evidence.storage) if (isCollectionKey(collection, key)) entries.set(key, value);
  for (const [key, text] of evidence.older) if (isCollectionKey(collection, key)) entries.set(key, text);
  for (const [key, text] of proved) if (isCollectionKey(collection, key)) entries.set(key, text);
  const possible = rebuildCollection({ collection, table, rows, entries, limits: world.migration });
  return choose(possible, hashesOf(evidence.expected));
}

/** Texts whose very hash was backed up, wherever they were found. */
function provedTexts({ expected, texts }: Evidence): ReadonlyMap<string, string> {
  const proved = new Map<string, string>();
  for (const { key, sha256: hash } of expected ?? []) {
    const text = texts.get(hash);
    if (text !== undefined) proved.set(key, text);
  }
  return proved;
}

/** Form data belongs to no table: what storage holds now is taken where nothing better is known. */
function formData(evidence: Evidence, proved: ReadonlyMap<string, string>): readonly RebuiltKey[] {
  const kept = [...evidence.storage].filter(([key, { kind }]) => kind === 'formData' && !proved.has(key));
  return kept.map(([key, { kind, value }]) => ({ item: { key, kind, value }, fidelity: 'lossy' }));
}

async function rebuildAll(
  world: World,
  evidence: Evidence,
  rows: ReadonlyMap<string, ReadonlyMap<RowKey, Row>>,
): Promise<readonly RebuiltKey[]> {
  const proved = provedTexts(evidence);
  const kinds = new Map((evidence.expected ?? []).map(({ key, kind }) => [key, kind]));
  const keys = new Map<string, RebuiltKey>();
  const tables = await world.database.tables();
  for (const collection of world.migration.collections) {
    const table = tables.find((candidate) => candidate.collection === collection.name);
    const expected = (evidence.expected ?? []).filter(({ key }) => isCollectionKey(collection, key));
    const isProved = evidence.expected !== null && expected.every(({ key }) => proved.has(key));
    if (isProved || table === undefined) continue;
    const rebuilt = await rebuild(world, evidence, collection, table, rows.get(collection.name) ?? new Map(), proved);
    for (const key of rebuilt) keys.set(key.item.key, key);
  }
  for (const key of formData(evidence, proved)) keys.set(key.item.key, key);
  for (const [key, value] of proved) {
    keys.set(key, { item: { key, kind: kinds.get(key) as BackupEntry['kind'], value }, fidelity: 'exact' });
  }
  return [...keys.values()];
}

/** The items, each as exact as the text that it lies in. */
function itemsOf(world: World, keys: readonly RebuiltKey[]) {
  const entries = new Map(keys.map(({ item }) => [item.key, item.value]));
  const fidelity = new Map(keys.map(({ item, fidelity: how }) => [item.key, how]));
  return world.migration.collections.flatMap((collection) =>
    readCollection(collection, entries, world.migration).items.map(({ id, storageKey }) => ({
      collection: collection.name,
      id,
      storageKey,
      fidelity: fidelity.get(storageKey) ?? 'lossy',
    })),
  );
}

/**
 * Puts the data together from what is left, and keeps the result as a backup of its own, marked as what it is. An item
 * is exact where the text that it lies in has the hash that was backed up; everything else is lossy. Nothing else is
 * changed.
 */
export async function reconstruct(
  context: EmergencyRecoveryContext,
  { world, report }: Work,
  { movers }: EmergencyMemory,
): Promise<EmergencyRecoveryEvent> {
  const evidence = await gatherEvidence(world, context.undoes);
  report(0.4);
  const keys = await rebuildAll(world, evidence, await migratedRows(world, context.undoes, movers));
  report(0.8);
  if (keys.length === 0) return { type: 'NOT_RECONSTRUCTED' };
  const items = itemsOf(world, keys);
  const found = new Set(keys.map(({ item }) => item.key));
  const counts = {
    exact: items.filter(({ fidelity }) => fidelity === 'exact').length,
    lossy:
      items.filter(({ fidelity }) => fidelity === 'lossy').length +
      keys.filter(({ item, fidelity }) => item.kind === 'formData' && fidelity === 'lossy').length,
    missing: evidence.expected === null ? 0 : evidence.expected.filter(({ key }) => !found.has(key)).length,
  };
  await putJson(world, `runs/${context.run}/reconstruction`, { items });
  const all = keys.map(({ item }) => item);
  const { head } = await createBackup(world, context.run, context.storage, all, counts);
  return { type: 'RECONSTRUCTED', reconstruction: { backup: head.id, ...counts } };
}
