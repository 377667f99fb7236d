/** The bytes in one page of a stored image. An image changes in few places; fewer, larger records are slower to read. */
export const PAGE_BYTES = 65_536;

/** An image as it is stored: its pages in order, and how many bytes they hold together. */
export const pageCount = (bytes: number): number => Math.ceil(bytes / PAGE_BYTES);

/** A page as a view on its image; the last one may be shorter. */
const pageOf = (image: Uint8Array, number: number): Uint8Array =>
  image.subarray(number * PAGE_BYTES, (number + 1) * PAGE_BYTES);

/** Whether two pieces of the same length are equal; whole words where both lie on their boundaries. */
function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  const words = a.byteOffset % 4 === 0 && b.byteOffset % 4 === 0 ? a.byteLength >> 2 : 0;
  const wordsOfA = new Uint32Array(a.buffer, words === 0 ? 0 : a.byteOffset, words);
  const wordsOfB = new Uint32Array(b.buffer, words === 0 ? 0 : b.byteOffset, words);
  for (let at = 0; at < words; at += 1) if (wordsOfA[at] !== wordsOfB[at]) return false;
  for (let at = words * 4; at < a.byteLength; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

/** The pages of `image` that are not as they are in `before`, by number. */
export function changedPages(before: Uint8Array | null, image: Uint8Array): readonly (readonly [number, Uint8Array])[] {
  const changed: [number, Uint8Array][] = [];
  for (let number = 0; number < pageCount(image.byteLength); number += 1) {
    const known = before === null ? null : pageOf(before, number);
    const now = pageOf(image, number);
    // Copied: a view on the whole image would be stored with all of it.
    if (known === null || known.byteLength !== now.byteLength || !isEqual(known, now))
      changed.push([number, now.slice()]);
  }
  return changed;
}

/** The image that some pages make up; `null` where one is missing, or they are not as many bytes as they should be. */
export function joinPages(pages: readonly unknown[], size: number): Uint8Array | null {
  if (pages.length !== pageCount(size)) return null;
  const image = new Uint8Array(size);
  let at = 0;
  for (const page of pages) {
    if (!(page instanceof Uint8Array) || at + page.byteLength > size) return null;
    image.set(page, at);
    at += page.byteLength;
  }
  return at === size ? image : null;
}
