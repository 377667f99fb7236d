/** Proves a merge: what people did in the database is in the restored texts, and nothing else has changed. */
import { isDeepStrictEqual } from 'node:util';
import type { Item, Migration } from '../../src/index.ts';
import type { Edit } from './demo-app.ts';
import type { ItemText } from './item-texts.ts';
import { readTexts } from './storage-texts.ts';

/** What was found to hold, and every place where it did not. */
export interface MergeProof {
  readonly added: number;
  readonly changed: number;
  readonly deleted: number;
  /** Items that nobody touched and whose bytes are the same. */
  readonly sameItems: number;
  /** Keys without items that are the same byte for byte. */
  readonly sameKeys: number;
  readonly faults: readonly string[];
}

type Expectation =
  | { readonly kind: 'same'; readonly item: ItemText }
  | { readonly kind: 'changed' | 'added'; readonly id: ItemText['id']; readonly value: Item };

interface Tally {
  added: number;
  changed: number;
  deleted: number;
  sameItems: number;
  readonly faults: string[];
}

/** Compares storage as it was before the migration with storage as it is after the merge. */
export function proveMerge(
  migration: Migration,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  edits: readonly Edit[],
): MergeProof {
  const [original, restored] = [readTexts(migration, before), readTexts(migration, after)];
  const tally: Tally = { added: 0, changed: 0, deleted: 0, sameItems: 0, faults: [] };
  for (const { name, layout } of migration.collections) {
    const old = original.items.get(name) ?? [];
    const own = edits.filter(({ collection }) => collection === name);
    const expected = expectedItems(old, own);
    const items = restored.items.get(name) ?? [];
    // Keys of storage have no order, so neither have items with a key each.
    compareItems(name, old, expected, layout === 'keyPerItem' ? inOrderOf(expected, items) : items, tally);
    if (tally.faults.length === 0) tally.deleted += own.filter(({ kind }) => kind === 'deleted').length;
  }
  const differing = keysThatDiffer(original.around, restored.around);
  tally.faults.push(...differing.map((key) => `${JSON.stringify(key)}: the text around the items differs`));
  const wrong = keysThatDiffer(original.others, restored.others);
  tally.faults.push(...wrong.map((key) => `${JSON.stringify(key)}: the value differs`));
  return { ...tally, sameKeys: original.others.size - wrong.filter((key) => original.others.has(key)).length };
}

/** The items in the order in which they have to be: those that were there and stayed, then the added ones. */
function expectedItems(old: readonly ItemText[], edits: readonly Edit[]): Expectation[] {
  const byId = new Map(edits.map((edit) => [edit.id, edit]));
  const expected = old.flatMap((item): Expectation[] => {
    const edit = byId.get(item.id);
    if (edit?.kind === 'deleted') return [];
    if (edit?.kind !== 'changed') return [{ kind: 'same', item }];
    return [{ kind: 'changed', id: item.id, value: { ...JSON.parse(item.text), ...edit.properties } }];
  });
  const added = edits.flatMap((edit): Expectation[] =>
    edit.kind === 'added' ? [{ kind: 'added', id: edit.id, value: edit.item }] : [],
  );
  return [...expected, ...added];
}

const idOf = (expectation: Expectation): ItemText['id'] =>
  expectation.kind === 'same' ? expectation.item.id : expectation.id;

function inOrderOf(expected: readonly Expectation[], items: readonly ItemText[]): ItemText[] {
  const order = new Map(expected.map((expectation, index) => [idOf(expectation), index]));
  const rank = ({ id }: ItemText): number => order.get(id) ?? expected.length;
  return [...items].sort((one, other) => rank(one) - rank(other));
}

function compareItems(
  name: string,
  old: readonly ItemText[],
  expected: readonly Expectation[],
  now: readonly ItemText[],
  tally: Tally,
): void {
  if (now.length !== expected.length) tally.faults.push(`${name}: ${now.length} items instead of ${expected.length}`);
  const before = new Map(old.map((item, index) => [item.id, old[index - 1]?.id]));
  for (const [index, expectation] of expected.entries()) {
    const item = now[index];
    const id = idOf(expectation);
    const fault = item === undefined || item.id !== id ? 'is not in its place' : faultOf(expectation, item);
    const isBehindTheSame = before.get(id) === now[index - 1]?.id;
    if (fault !== null) tally.faults.push(`${name}, item ${JSON.stringify(id)}: ${fault}`);
    else if (expectation.kind !== 'same') tally[expectation.kind]++;
    else if (isBehindTheSame && item?.gap !== expectation.item.gap) {
      tally.faults.push(`${name}, item ${JSON.stringify(id)}: the text in front of it differs`);
    } else tally.sameItems++;
  }
}

function faultOf(expectation: Expectation, item: ItemText): string | null {
  if (expectation.kind === 'same') return item.text === expectation.item.text ? null : 'its bytes differ';
  const value: Item = JSON.parse(item.text);
  if (isDeepStrictEqual(value, expectation.value)) return null;
  // Where an item's key is its id, the item does not say it once more.
  const isOnlyItsId = (property: string): boolean => expectation.value[property] === item.id;
  const names = Object.keys(expectation.value).filter(
    (property) => Object.hasOwn(value, property) || !isOnlyItsId(property),
  );
  const isSame = names.every((property) => isDeepStrictEqual(value[property], expectation.value[property]));
  return isSame && names.length === Object.keys(value).length ? null : `it is not as it was ${expectation.kind}`;
}

function keysThatDiffer(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((key) => one.get(key) !== other.get(key));
}
