import type { Collection, Migration } from '../../src/index.ts';
import { type ItemText, itemOfKey, textsOfKey } from './item-texts.ts';

/** A storage taken apart: the items by collection, the text around them by key, and all other keys. */
export interface StorageTexts {
  readonly items: ReadonlyMap<string, readonly ItemText[]>;
  readonly around: ReadonlyMap<string, string>;
  readonly others: ReadonlyMap<string, string>;
}

/** Takes a storage apart; every character of it is in one of the parts. */
export function readTexts(migration: Migration, entries: ReadonlyMap<string, string>): StorageTexts {
  const items = new Map<string, ItemText[]>();
  const around = new Map<string, string>();
  const others = new Map<string, string>();
  for (const [key, text] of entries) {
    const inKey = migration.collections.filter(({ layout, storageKey }) => layout === 'oneKey' && storageKey === key);
    const owner = migration.collections.find((collection) => ownsKey(collection, key));
    if (inKey.length > 0) {
      const texts = textsOfKey(text, inKey);
      around.set(key, texts.around);
      for (const [name, found] of texts.items) items.set(name, [...found]);
    } else if (owner !== undefined) {
      const found = items.get(owner.name) ?? [];
      found.push(itemOfKey(owner, text));
      items.set(owner.name, found);
    } else others.set(key, text);
  }
  return { items, around, others };
}

/** Whether a key holds one item of this collection, whose pattern is a beginning and a star. */
function ownsKey({ layout, storageKey }: Collection, key: string): boolean {
  if (layout === 'oneKey') return false;
  return key.startsWith(storageKey.replace(/\*$/, '').replace(/\\([*\\])/g, '$1'));
}
