import { parseGlob } from '../definition/glob.ts';
import { isCollectionKey } from '../definition/key-ownership.ts';
import { quoteName } from '../definition/names.ts';
import type { Collection, Item } from '../definition/types.ts';
import { InputError } from '../errors.ts';
import type { ItemId } from './item-id.ts';
import { describePath, type Located, locate } from './locate.ts';
import type { ContentLimits } from './parse-json.ts';
import { type FoundItem, type FoundItems, recogniseItem, recogniseItems, refuseDuplicate } from './recognise.ts';

/** An item of the app's state. */
export interface ContentItem {
  readonly id: ItemId;
  readonly storageKey: string;
  /** The item as schemas and `toRow` see it. */
  readonly value: Item;
}

/** A collection as it was found in storage. */
export interface CollectionContent {
  readonly collection: Collection;
  /** `absent`: no such key, or null or nothing at the path. */
  readonly shape: 'array' | 'map' | 'entities' | 'keyPerItem' | 'absent';
  readonly items: readonly ContentItem[];
}

/** The items of a collection whose items lie in one key, with the way to them; `null` when it is absent. */
export interface OneKeyContent {
  readonly located: Located;
  readonly found: FoundItems;
}

/** An item with a key of its own. */
export interface OwnKeyItem {
  readonly storageKey: string;
  readonly located: Located;
  readonly item: FoundItem;
}

/**
 * Reads a collection out of raw storage entries.
 * @param entries raw values by key; keys of others are not looked at
 * @throws InputError `INPUT_JSON_INVALID`, `INPUT_TOO_DEEP`, `INPUT_SHAPE_UNKNOWN`, `INPUT_ID_MISSING`,
 * `INPUT_DUPLICATE_ID`, `INPUT_ARGUMENT` (a value that is not a string), each naming key and place and no value
 */
export function readCollection(
  collection: Collection,
  entries: ReadonlyMap<string, string>,
  limits: ContentLimits,
): CollectionContent {
  if (collection.layout === 'keyPerItem') {
    const owned = readOwnKeyItems(collection, entries, limits);
    const items = owned.map(({ storageKey, item }) => ({ id: item.id, storageKey, value: item.value }));
    return { collection, shape: items.length === 0 ? 'absent' : 'keyPerItem', items };
  }
  const content = readOneKey(collection, entries, limits);
  if (content === null) return { collection, shape: 'absent', items: [] };
  const { storageKey } = collection;
  const items = content.found.items.map(({ id, value }) => ({ id, storageKey, value }));
  return { collection, shape: content.found.shape, items };
}

/** The items that lie in one key; `null` when there are none to be found because nothing is there. */
export function readOneKey(
  collection: Collection,
  entries: ReadonlyMap<string, string>,
  limits: ContentLimits,
): OneKeyContent | null {
  const raw = entries.get(collection.storageKey);
  if (raw === undefined) return null;
  const place = placeOf(collection.storageKey, raw);
  const located = locate(raw, collection.path, place, limits);
  if (located.value === undefined || located.value === null) return null;
  const target = collection.path.length === 0 ? place : `${place} at ${describePath(collection.path)}`;
  return { located, found: recogniseItems(collection, located.value, target) };
}

/** The items that have a key each, in the order of the entries. A key with nothing at the path holds no item. */
export function readOwnKeyItems(
  collection: Collection,
  entries: ReadonlyMap<string, string>,
  limits: ContentLimits,
): readonly OwnKeyItem[] {
  const owned: OwnKeyItem[] = [];
  const seen = new Set<ItemId>();
  const [before = '', after = '', ...others] = parseGlob(collection.storageKey);
  for (const [storageKey, raw] of entries) {
    if (!isCollectionKey(collection, storageKey)) continue;
    const place = placeOf(storageKey, raw);
    const located = locate(raw, collection.path, place, limits);
    if (located.value === undefined || located.value === null) continue;
    const key = others.length === 0 ? storageKey.slice(before.length, storageKey.length - after.length) : null;
    const item = recogniseItem(collection, located.value, storageKey, key, () => place);
    if (seen.has(item.id)) refuseDuplicate(collection, place);
    seen.add(item.id);
    owned.push({ storageKey, located, item });
  }
  return owned;
}

function placeOf(storageKey: string, raw: unknown): string {
  const place = `The value of ${quoteName(storageKey)}`;
  if (typeof raw === 'string') return place;
  throw new InputError('INPUT_ARGUMENT', `${place} is no string; storage entries are raw texts.`, {
    details: { key: storageKey },
  });
}
