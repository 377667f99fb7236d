import type { Collection, Item } from '../definition/types.ts';
import { InputError } from '../errors.ts';
import { type IdValue, type ItemId, idValuesOf, itemIdOf } from './item-id.ts';

/** How the items of a collection lie in their parsed value. */
export type InnerShape = 'array' | 'map' | 'entities';

/** An item where it was found. */
export interface FoundItem {
  readonly id: ItemId;
  readonly idValues: readonly IdValue[];
  /** The item as `toRow` and schemas see it: with its id, also when that was taken from its key. */
  readonly value: Item;
  /** The item as it is in the text. */
  readonly own: Item;
  /** Its position in the array, or its name in the map. */
  readonly position: number | string;
  /** Whether the id is written in the item, or is the item's key. */
  readonly idIn: 'item' | 'key';
}

/** The items of a value that is an array of objects, a map of objects, or `{ ids, entities }`. */
export interface FoundItems {
  readonly shape: InnerShape;
  readonly items: readonly FoundItem[];
}

type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a parsed JSON value is an object and no array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Finds the items in a parsed value.
 * @throws InputError `INPUT_SHAPE_UNKNOWN`, `INPUT_ID_MISSING`, `INPUT_DUPLICATE_ID`
 */
export function recogniseItems(collection: Collection, value: unknown, place: string): FoundItems {
  const found = findItems(collection, value, place);
  const seen = new Set<ItemId>();
  found.items.forEach(({ id }, index) => {
    if (seen.has(id)) refuseDuplicate(collection, `${place}, item ${index}`);
    seen.add(id);
  });
  return found;
}

/** @throws InputError `INPUT_DUPLICATE_ID` always */
export function refuseDuplicate(collection: Collection, place: string): never {
  throw new InputError(
    'INPUT_DUPLICATE_ID',
    `${place} has an id that another item of ${collection.name} has too. Give each its own, or name other id fields.`,
    { details: { collection: collection.name, place } },
  );
}

/**
 * One item at its place.
 * @param key what identifies it there, should it not say so itself; `null` where it must
 * @param place names it in messages
 * @throws InputError `INPUT_SHAPE_UNKNOWN`, `INPUT_ID_MISSING`
 */
export function recogniseItem(
  collection: Collection,
  own: unknown,
  position: number | string,
  key: IdValue | null,
  place: () => string,
): FoundItem {
  if (!isJsonObject(own)) return refuseShape(collection, place(), 'is not an object');
  const idValues = idValuesOf(own, collection.idFields);
  if (idValues !== null) return { id: itemIdOf(idValues), idValues, value: own, own, position, idIn: 'item' };
  const [idField, ...otherFields] = collection.idFields;
  if (key !== null && idField !== undefined && otherFields.length === 0 && !Object.hasOwn(own, idField)) {
    return { id: itemIdOf([key]), idValues: [key], value: { ...own, [idField]: key }, own, position, idIn: 'key' };
  }
  throw new InputError(
    'INPUT_ID_MISSING',
    `${place()} has no id of its own: ${collection.idFields.join(', ')} must be a string or a number. Set idField.`,
    { details: { collection: collection.name, place: place(), idFields: collection.idFields } },
  );
}

function findItems(collection: Collection, value: unknown, place: string): FoundItems {
  if (Array.isArray(value)) {
    const items = value.map((own: unknown, index) =>
      recogniseItem(collection, own, index, null, () => `${place}, item ${index}`),
    );
    return { shape: 'array', items };
  }
  if (!isJsonObject(value)) return refuseShape(collection, place, 'is neither an array nor an object');
  const { ids, entities } = value;
  if (Array.isArray(ids) && isJsonObject(entities)) {
    // Names are always strings; the list says which ids were numbers.
    const numbers = new Map(
      (ids as readonly unknown[]).filter((id) => typeof id === 'number').map((id) => [`${id}`, id]),
    );
    return { shape: 'entities', items: findMapItems(collection, entities, (name) => numbers.get(name) ?? name, place) };
  }
  return { shape: 'map', items: findMapItems(collection, value, (name) => name, place) };
}

function findMapItems(
  collection: Collection,
  map: JsonObject,
  keyOf: (name: string) => IdValue,
  place: string,
): readonly FoundItem[] {
  return Object.keys(map).map((name, index) =>
    recogniseItem(collection, map[name], name, keyOf(name), () => `${place}, item ${index}`),
  );
}

function refuseShape(collection: Collection, place: string, what: string): never {
  throw new InputError(
    'INPUT_SHAPE_UNKNOWN',
    `${place} ${what}. The items of ${collection.name} must be an array of objects, a map from id to object, ` +
      'or { ids, entities }; check path.',
    { details: { collection: collection.name, place } },
  );
}
