/** The items of collections as texts, and the text around them, so that both can be compared byte for byte. */
import { isDeepStrictEqual } from 'node:util';
import type { Collection } from '../../src/index.ts';
import { type Child, childrenAt, memberNamed, type Place, wholeValue } from './json-places.ts';

/** An item: its id, its own text, and the text between it and the item before it. */
export interface ItemText {
  readonly id: string | number;
  readonly text: string;
  readonly gap: string;
}

/** The collections of one key, and all of its text besides them. */
export interface KeyTexts {
  readonly items: ReadonlyMap<string, readonly ItemText[]>;
  readonly around: string;
}

interface Wanted {
  readonly collection: Collection;
  readonly path: readonly string[];
}

/** Reads the collections that lie in the text of one key. */
export function textsOfKey(text: string, collections: readonly Collection[]): KeyTexts {
  const items = new Map<string, readonly ItemText[]>();
  const wanted = collections.map((collection) => ({ collection, path: collection.path }));
  return { items, around: readText(text, wanted, items) };
}

/** An item that has a key of its own. */
export function itemOfKey(collection: Collection, text: string): ItemText {
  const { [collection.idFields[0] ?? 'id']: id } = JSON.parse(text);
  return { id, text, gap: '' };
}

function readText(text: string, wanted: readonly Wanted[], items: Map<string, readonly ItemText[]>): string {
  const place = wholeValue(text);
  return text.slice(0, place.start) + readAt(text, place, wanted, items) + text.slice(place.end);
}

function readAt(
  text: string,
  place: Place,
  wanted: readonly Wanted[],
  items: Map<string, readonly ItemText[]>,
): string {
  // JSON within JSON: the path goes on in the text that the string holds.
  if (text[place.start] === '"') return readText(JSON.parse(text.slice(place.start, place.end)), wanted, items);
  const target = wanted.find(({ path }) => path.length === 0);
  if (target !== undefined) return readCollection(text, place, target.collection, items);
  const children = childrenAt(text, place);
  const parts = new Map<Child, string>();
  for (const name of new Set(wanted.map(({ path }) => path[0] ?? ''))) {
    const child = memberNamed(children, name);
    const below = wanted.filter(({ path }) => path[0] === name);
    const deeper = below.map(({ collection, path }) => ({ collection, path: path.slice(1) }));
    if (child !== undefined) parts.set(child, readAt(text, child, deeper, items));
  }
  return replaced(text, place, parts);
}

function readCollection(
  text: string,
  place: Place,
  collection: Collection,
  items: Map<string, readonly ItemText[]>,
): string {
  const children = childrenAt(text, place);
  const ids = memberNamed(children, 'ids');
  const entities = memberNamed(children, 'entities');
  if (ids === undefined || entities === undefined) {
    items.set(collection.name, itemsAt(text, place, collection, []));
    return `<${collection.name}>`;
  }
  const order: readonly (string | number)[] = JSON.parse(text.slice(ids.start, ids.end));
  items.set(collection.name, itemsAt(text, entities, collection, order));
  const names = childrenAt(text, entities).map(({ name }) => name);
  const agrees = isDeepStrictEqual(new Set(names), new Set(order.map(String)));
  const part = `<${collection.name}, ${agrees ? 'all listed' : 'not as listed'}>`;
  const parts = new Map([ids, entities].map((child) => [child, part]));
  return replaced(text, place, parts);
}

function itemsAt(
  text: string,
  place: Place,
  collection: Collection,
  order: readonly (string | number)[],
): readonly ItemText[] {
  const idField = collection.idFields[0] ?? 'id';
  return childrenAt(text, place).map((child, index, children) => {
    const own = text.slice(child.start, child.end);
    const { [idField]: id = order.find((listed) => String(listed) === child.name) ?? child.name } = JSON.parse(own);
    return { id, text: own, gap: text.slice(children[index - 1]?.end ?? child.start, child.start) };
  });
}

function replaced(text: string, place: Place, parts: ReadonlyMap<Child, string>): string {
  let [result, at] = ['', place.start];
  for (const [child, part] of [...parts].sort(([one], [other]) => one.start - other.start)) {
    result += text.slice(at, child.start) + part;
    at = child.end;
  }
  return result + text.slice(at, place.end);
}
