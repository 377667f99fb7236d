import { fillGlob, parseGlob } from '../definition/glob.ts';
import { isCollectionKey } from '../definition/key-ownership.ts';
import type { Collection } from '../definition/types.ts';
import type { AddedItem, Decisions, NotCarriedOver } from './decide-changes.ts';
import { editInnermost, startOf } from './locate.ts';
import type { OwnKeyItem } from './read-collection.ts';
import { editProperties } from './write-items.ts';

/** The keys of a collection after the changes (`null`: the key goes), and the changes that found no place. */
export interface WrittenKeys {
  readonly entries: ReadonlyMap<string, string | null>;
  readonly notCarriedOver: readonly NotCarriedOver[];
}

/**
 * Carries decisions into the keys of a collection that has one for each item. The key of a deleted item goes with all
 * that is in it.
 * @param entries the raw entries, of which none is written over
 */
export function writeIntoOwnKeys(
  collection: Collection,
  entries: ReadonlyMap<string, string>,
  owned: readonly OwnKeyItem[],
  decisions: Decisions,
): WrittenKeys {
  const written = new Map<string, string | null>();
  for (const [key, text] of entries) if (isCollectionKey(collection, key)) written.set(key, text);
  const byKey = new Map(owned.map((own) => [own.storageKey, own]));
  for (const { item, properties } of decisions.edited) {
    const own = byKey.get(String(item.position));
    const level = own?.located.levels.at(-1);
    if (own === undefined || level === undefined) continue;
    const edits = editProperties(level.text, startOf(level), properties);
    written.set(own.storageKey, editInnermost(own.located.levels, edits));
  }
  for (const item of decisions.removed) written.set(String(item.position), null);
  const notCarriedOver: NotCarriedOver[] = [];
  for (const item of decisions.added) {
    const place = placeForAdded(collection, owned, item);
    if (place.key === null) {
      notCarriedOver.push({ key: item.key, reason: place.reason });
    } else if (written.has(place.key)) {
      notCarriedOver.push({ key: item.key, reason: 'the storage key for its id is taken' });
    } else {
      written.set(place.key, textOfAdded(owned, item));
    }
  }
  return { entries: written, notCarriedOver };
}

type Place = { readonly key: string } | { readonly key: null; readonly reason: string };

function placeForAdded(collection: Collection, owned: readonly OwnKeyItem[], item: AddedItem): Place {
  if (collection.path.length > 0) {
    return { key: null, reason: 'what its storage key would hold around the item is not known' };
  }
  const pieces = parseGlob(collection.storageKey);
  const keyFor = (idValues: AddedItem['idValues']): string | null => fillGlob(pieces, idValues.map(String));
  const isKeyedById = owned.every((own) => keyFor(own.item.idValues) === own.storageKey);
  const key = keyFor(item.idValues);
  if (key === null || !isKeyedById || !isCollectionKey(collection, key)) {
    return { key: null, reason: 'the storage keys of the items are not made from the id' };
  }
  return { key };
}

function textOfAdded(owned: readonly OwnKeyItem[], item: AddedItem): string {
  const idIsOnlyTheKey = owned.length > 0 && owned.every((own) => own.item.idIn === 'key');
  let text = JSON.stringify(idIsOnlyTheKey ? item.valueWithoutId : item.value);
  // As many texts in one another as the other items are written in.
  const levels = owned[0]?.located.levels.length ?? 1;
  for (let level = 1; level < levels; level++) text = JSON.stringify(text);
  return text;
}
