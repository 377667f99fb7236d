import type { Item } from '../definition/types.ts';

/**
 * Which item: the JSON text of the array of its id properties' values, in the order of `Collection.idFields`
 * (`["t1"]`, `[7,"a"]`). `1` and `"1"` are different items.
 */
export type ItemId = string;

/** What an id property may hold. */
export type IdValue = string | number;

/** The id properties' values, or `null` when one is missing or is neither a string nor a finite number. */
export function idValuesOf(item: Item, idFields: readonly string[]): readonly IdValue[] | null {
  const values: IdValue[] = [];
  for (const field of idFields) {
    const value = Object.hasOwn(item, field) ? item[field] : undefined;
    if (typeof value !== 'string' && !(typeof value === 'number' && Number.isFinite(value))) return null;
    values.push(value);
  }
  return values;
}

/** The canonical text of an id. */
export function itemIdOf(values: readonly IdValue[]): ItemId {
  return JSON.stringify(values);
}
