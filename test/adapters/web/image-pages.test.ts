import fc from 'fast-check';
import { expect, it } from 'vitest';
import { changedPages, joinPages, PAGE_BYTES, pageCount } from '../../../src/adapters/web/image-pages.ts';

/** An image of some pages and a rest, each page filled with one byte, so that equal pages are common. */
const image = fc
  .record({
    fills: fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 5 }),
    rest: fc.uint8Array({ maxLength: 9 }),
    // An image may be a view on a larger buffer, off the boundaries of words.
    offset: fc.integer({ min: 0, max: 5 }),
  })
  .map(({ fills, rest, offset }) => {
    const bytes = new Uint8Array(offset + fills.length * PAGE_BYTES + rest.length).subarray(offset);
    for (const [number, fill] of fills.entries()) bytes.fill(fill, number * PAGE_BYTES, (number + 1) * PAGE_BYTES);
    bytes.set(rest, fills.length * PAGE_BYTES);
    return bytes;
  });

const pagesOf = (bytes: Uint8Array): Uint8Array[] => changedPages(null, bytes).map(([, page]) => page);
const isSame = (a: Uint8Array | null | undefined, b: Uint8Array): boolean =>
  a != null && Buffer.compare(Buffer.from(a), Buffer.from(b)) === 0;

it('WI4 the changed pages make the new image of the old one, and no page that is equal is among them', () => {
  fc.assert(
    fc.property(image, image, (before, after) => {
      const stored = new Map(pagesOf(before).entries());
      const changed = changedPages(before, after);
      for (const [number, page] of changed) expect(isSame(stored.get(number), page)).toBe(false);
      for (const [number, page] of changed) stored.set(number, page);
      const inOrder = [...stored.keys()]
        .filter((number) => number < pageCount(after.byteLength))
        .sort((a, b) => a - b)
        .map((number) => stored.get(number));
      expect(isSame(joinPages(inOrder, after.byteLength), after)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

it('WI4 one byte that changes is one page, a view on nothing larger', () => {
  const before = new Uint8Array(3 * PAGE_BYTES);
  const after = before.slice();
  after[2 * PAGE_BYTES + 7] = 1;
  const [first, ...more] = changedPages(before, after);
  expect(first?.[0]).toBe(2);
  expect(first?.[1].buffer.byteLength).toBe(PAGE_BYTES);
  expect(more).toEqual([]);
});

it('WI4 an image that has become shorter within a page has that page changed, though what is left of it is equal', () => {
  const before = new Uint8Array(PAGE_BYTES + 9);
  for (const size of [PAGE_BYTES + 5, PAGE_BYTES - 5, 5]) {
    const after = before.slice(0, size);
    const changed = changedPages(before, after).map(([number, { byteLength }]) => [number, byteLength]);
    expect(changed).toEqual([[pageCount(size) - 1, size % PAGE_BYTES]]);
  }
});

it('WI4 pages that are missing, too many, or not as many bytes as they should be make no image', () => {
  const bytes = new Uint8Array(2 * PAGE_BYTES + 5).fill(1);
  const pages = pagesOf(bytes);
  expect(joinPages(pages.slice(1), bytes.byteLength)).toBeNull();
  expect(joinPages([...pages, new Uint8Array(1)], bytes.byteLength)).toBeNull();
  expect(joinPages([pages[1], pages[0], pages[1]], bytes.byteLength)).toBeNull();
  expect(joinPages([pages[0], pages[1], 'text'], bytes.byteLength)).toBeNull();
  expect(joinPages(pages, bytes.byteLength - 1)).toBeNull();
});
