import { type RebuiltTexts, rebuildCollections } from '../../content/rebuild-collection.ts';
import { isCollectionKey } from '../../definition/key-ownership.ts';
import type { Collection } from '../../definition/types.ts';
import type { CollectionTable } from '../../ports/database.ts';
import type { BackupItem } from '../backup-format.ts';
import { sha256 } from '../text-hash.ts';
import type { World } from '../world.ts';
import type { Evidence } from './evidence.ts';
import type { MigratedRows } from './migrated-rows.ts';

/** Everything that could be put together. */
export interface Rebuilt {
  readonly items: readonly BackupItem[];
  /** Rows that could not be turned back into items. */
  readonly leftOut: number;
}

const hashesOf = (expected: Evidence['expected']): ReadonlyMap<string, string> =>
  new Map((expected ?? []).map(({ key, sha256 }) => [key, sha256]));

/** Texts whose very hash was backed up, wherever they were found. */
function provedTexts({ expected, texts }: Evidence): ReadonlyMap<string, string> {
  const proved = new Map<string, string>();
  for (const { key, sha256: hash } of expected ?? []) {
    const text = texts.get(hash);
    if (text !== undefined) proved.set(key, text);
  }
  return proved;
}

const isProved = async (
  entries: ReadonlyMap<string, string>,
  hashes: ReadonlyMap<string, string>,
): Promise<boolean> => {
  for (const [key, text] of entries) if (hashes.get(key) !== (await sha256(text))) return false;
  return entries.size > 0;
};

/** Of the texts that keys may have had, those that their hashes prove, or else the likeliest. */
async function choose(
  possible: readonly RebuiltTexts[],
  hashes: ReadonlyMap<string, string>,
): Promise<RebuiltTexts | null> {
  for (const texts of possible) if (await isProved(texts.entries, hashes)) return texts;
  return possible.find(({ isInvented }) => !isInvented) ?? null;
}

/** Collections that lie in the same keys are put together at once. */
function groupsOf(collections: readonly Collection[]): readonly (readonly Collection[])[] {
  const groups = new Map<string, Collection[]>();
  for (const collection of collections) {
    const group = groups.get(collection.storageKey) ?? [];
    groups.set(collection.storageKey, [...group, collection]);
  }
  return [...groups.values()];
}

/** The keys of collections that no whole text was found for, from their rows and whatever text there is. */
async function rebuild(
  world: World,
  evidence: Evidence,
  group: readonly Collection[],
  tables: readonly CollectionTable[],
  migrated: MigratedRows,
  proved: ReadonlyMap<string, string>,
): Promise<RebuiltTexts | null> {
  const [first] = group as [Collection];
  const ofGroup = (texts: Iterable<readonly [string, string]>): [string, string][] =>
    [...texts].filter((entry): entry is [string, string] => isCollectionKey(first, entry[0]));
  const storage = [...evidence.storage].map(([key, { value }]) => [key, value] as const);
  const members = group.flatMap((collection) => {
    const table = tables.find((candidate) => candidate.collection === collection.name);
    const rows = migrated.rows.get(collection.name) ?? new Map();
    return table === undefined
      ? []
      : [{ collection, table, rows, brought: migrated.brought?.get(collection.name) ?? null }];
  });
  if (members.length === 0) return null;
  const possible = rebuildCollections({
    members,
    storage: new Map(ofGroup([...storage, ...proved])),
    older: new Map(ofGroup(evidence.older)),
    damaged: new Map(ofGroup(evidence.damaged)),
    limits: world.migration,
  });
  return choose(possible, hashesOf(evidence.expected));
}

/**
 * Form data belongs to no table: what storage holds now is taken where nothing better is known, and what an older
 * backup held where storage has lost it although it had been backed up.
 */
function formData({ storage, older, expected }: Evidence): readonly BackupItem[] {
  const items = new Map<string, BackupItem>();
  for (const { key, kind } of expected ?? []) {
    const value = older.get(key);
    if (kind === 'formData' && value !== undefined) items.set(key, { key, kind, value });
  }
  for (const [key, { kind, value }] of storage) if (kind === 'formData') items.set(key, { key, kind, value });
  return [...items.values()];
}

/** Every key of the migration, with the text that it had, or may have had. */
export async function rebuildAll(world: World, evidence: Evidence, migrated: MigratedRows): Promise<Rebuilt> {
  const proved = provedTexts(evidence);
  const keys = new Map<string, BackupItem>();
  const tables = await world.database.tables();
  let leftOut = 0;
  for (const group of groupsOf(world.migration.collections)) {
    const [first] = group as [Collection];
    const expected = (evidence.expected ?? []).filter(({ key }) => isCollectionKey(first, key));
    if (evidence.expected !== null && expected.every(({ key }) => proved.has(key))) continue;
    const rebuilt = await rebuild(world, evidence, group, tables, migrated, proved);
    leftOut += rebuilt?.leftOut ?? 0;
    for (const [key, value] of rebuilt?.entries ?? []) keys.set(key, { key, kind: 'collection', value });
  }
  for (const item of formData(evidence)) keys.set(item.key, item);
  for (const { key, kind } of evidence.expected ?? []) {
    const value = proved.get(key);
    if (value !== undefined) keys.set(key, { key, kind, value });
  }
  return { items: [...keys.values()], leftOut };
}
