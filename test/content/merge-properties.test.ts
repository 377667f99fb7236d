import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { locate } from '../../src/content/locate.ts';
import { mergeCollection } from '../../src/content/merge-collection.ts';
import { readCollection } from '../../src/content/read-collection.ts';
import { changesOf, idleChanges, jsonOf, mergedItems, naiveMerge, unfold } from './naive-merge.ts';
import { joinPieces, printJson, randomFrom, TextOf } from './printed-json.ts';
import {
  collectionOf,
  idOf,
  LIMITS,
  ownItem,
  printStore,
  type RandomItem,
  type RandomStore,
  randomStore,
  rawText,
  TABLE,
} from './random-store.ts';

function merge(store: RandomStore, changes: ReturnType<typeof changesOf>): { text: string; left: readonly string[] } {
  const raw = rawText(store);
  const collection = collectionOf(store);
  const merged = mergeCollection({
    collection,
    table: TABLE,
    entries: new Map([['store', raw]]),
    changes,
    limits: LIMITS,
  });
  return { text: merged.entries.get('store') ?? '', left: merged.notCarriedOver.map(({ key }) => key) };
}

describe('merging random stores', () => {
  it('CO1 finds in every shape exactly the items that were written, whatever the blanks and escapes', () => {
    fc.assert(
      fc.property(randomStore, (store) => {
        const raw = new Map([['store', rawText(store)]]);
        const content = readCollection(collectionOf(store), raw, LIMITS);
        const expected = store.items
          .filter((one) => one.fate !== 'added')
          .map((one) => JSON.stringify([idOf(store, one)]));
        expect(content.shape).toBe(store.shape);
        expect(content.items.map((one) => one.id).sort()).toEqual(expected.sort());
      }),
      { numRuns: 300 },
    );
  });

  it('MG1 gives the identical text when nothing changed', () => {
    fc.assert(
      fc.property(randomStore, (store) => {
        const raw = rawText(store);
        expect(merge(store, [])).toEqual({ text: raw, left: [] });
        const kept = { ...store, items: store.items.map((one) => ({ ...one, fate: 'kept' as const })) };
        const idle = store.items.map((one) => ({ ...one, fate: 'changed' as const, columns: {} }));
        const unchangedRows = changesOf({ ...store, items: idle });
        expect(merge(kept, unchangedRows).text).toBe(rawText(kept));
      }),
      { numRuns: 300 },
    );
  });

  it('MG2 parses to what a merge of parsed values gives, in every shape and through texts in texts', () => {
    fc.assert(
      fc.property(randomStore, (store) => {
        const merged = merge(store, changesOf(store));
        const expected = jsonOf(naiveMerge(store, unfold(rawText(store), store.path)));
        const actual = jsonOf(unfold(merged.text, store.path));
        expect(isDeepStrictEqual(actual, expected), `${JSON.stringify(actual)} ${JSON.stringify(expected)}`).toBe(true);
        expect([...merged.left].sort()).toEqual([...idleChanges(store)].sort());
      }),
      { numRuns: 1_000 },
    );
  });

  it('MG3 keeps every unchanged item as the same characters, in the order they had', () => {
    fc.assert(
      fc.property(randomStore, (store) => {
        const { text } = merge(store, changesOf(store));
        let at = 0;
        for (const piece of printStore(store)) {
          const one = store.items.find((candidate) => JSON.stringify(candidate.id) === piece.tag);
          if (one?.fate !== 'kept') continue;
          const found = text.indexOf(piece.text, at);
          expect(found).toBeGreaterThanOrEqual(at);
          at = found + piece.text.length;
        }
      }),
      { numRuns: 500 },
    );
  });

  it('MG3 keeps every character before the first and after the last item', () => {
    fc.assert(
      fc.property(randomStore, (store) => {
        const pieces = printStore(store);
        const tags = pieces.map((piece) => piece.tag !== null);
        const [first, last] = [tags.indexOf(true), tags.lastIndexOf(true)];
        if (first < 0 || store.shape !== 'array') return;
        const { text } = merge(store, changesOf(store));
        expect(text.startsWith(joinPieces(pieces.slice(0, first)))).toBe(true);
        expect(text.endsWith(joinPieces(pieces.slice(last + 1)))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('MG2 the merged text reads as a collection again, and has the rows that the database had', () => {
    fc.assert(
      fc.property(randomStore, (store) => {
        const { text } = merge(store, changesOf(store));
        const content = readCollection(collectionOf(store), new Map([['store', text]]), LIMITS);
        const alive = store.items
          .filter((one) => one.fate !== 'deleted')
          .map((one) => JSON.stringify([idOf(store, one)]));
        expect(content.items.map((one) => one.id).sort()).toEqual(alive.sort());
      }),
      { numRuns: 300 },
    );
  });

  it('MG7 carries random changes into keys of their own, and leaves every other key as it was', () => {
    fc.assert(
      fc.property(randomStore, (random) => {
        const store = { ...random, shape: 'array' as const };
        const old = store.items.filter((one) => one.fate !== 'added');
        const textOf = (one: RandomItem): string => {
          const value = ownItem(store, one);
          return joinPieces(printJson(store.textLevels[0] ? new TextOf(value) : value, randomFrom(store.seed)));
        };
        const entries = new Map(old.map((one) => [`note-${one.id}`, textOf(one)]));
        const collection = { ...collectionOf(store), storageKey: 'note-*', layout: 'keyPerItem' as const, path: [] };
        const changes = changesOf(store);
        const merged = mergeCollection({ collection, table: TABLE, entries, changes, limits: LIMITS });
        expect(merged.notCarriedOver.map(({ key }) => key).sort()).toEqual([...idleChanges(store)].sort());
        const items = mergedItems(store);
        for (const one of store.items) {
          const text = merged.entries.get(`note-${one.id}`);
          const expected = items.find((item) => item.one === one)?.item;
          if (one.fate === 'deleted') expect(text).toBeNull();
          else if (one.fate === 'kept') expect(text).toBe(textOf(one));
          else expect(isDeepStrictEqual(jsonOf(unfold(text ?? '', [])), jsonOf(expected))).toBe(true);
        }
        expect(merged.entries.size).toBe(store.items.length);
      }),
      { numRuns: 500 },
    );
  });

  it('CO2 parses content without polluting anything', () => {
    fc.assert(
      fc.property(randomStore, (store) => {
        const before = Object.getOwnPropertyNames(Object.prototype);
        merge(store, changesOf(store));
        locate(rawText(store), store.path, 'store', LIMITS);
        expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
        expect(Object.keys({})).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
