import { OWN_KEY_PREFIX } from '../ports/own-keys.ts';
import type { Faults } from './checks.ts';
import { type GlobPieces, globsOverlap, parseGlob } from './glob.ts';
import { quoteName } from './names.ts';
import type { Collection } from './types.ts';

/** A glob over storage keys that a migration may take for its own; otherwise `null` and a fault. */
export function checkKeyGlob(value: unknown, place: string, faults: Faults): string | null {
  if (typeof value !== 'string') {
    faults.push(`${place} must be a string`);
    return null;
  }
  const pieces = parseGlob(value);
  if (pieces.length > 1 && pieces.every((piece) => piece === '')) {
    faults.push(`${place} would take every key of the storage, also those of others; say how its keys begin`);
    return null;
  }
  if (pieces[0]?.startsWith(OWN_KEY_PREFIX)) {
    faults.push(`${place} begins with ${quoteName(OWN_KEY_PREFIX)}, which is backpedal's own`);
    return null;
  }
  return value;
}

/** The globs of form data. */
export function checkFormData(value: unknown, faults: Faults): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    faults.push('formData must be a list of keys');
    return [];
  }
  const globs = new Set<string>();
  for (const [index, entry] of Array.from<unknown>(value).entries()) {
    const glob = checkKeyGlob(entry, `formData[${index}]`, faults);
    if (glob === null) continue;
    if (globs.has(glob)) faults.push(`formData[${index}] is listed twice`);
    globs.add(glob);
  }
  return [...globs];
}

/** A fault for each two parts of a migration that could claim the same data. */
export function checkOverlaps(collections: readonly Collection[], formData: readonly string[], faults: Faults): void {
  const claims = collections.map((collection) => ({ collection, pieces: piecesOf(collection) }));
  for (const [index, one] of claims.entries()) {
    for (const other of claims.slice(index + 1)) {
      if (claimTheSame(one, other)) {
        const names = `${quoteName(one.collection.name)} and ${quoteName(other.collection.name)}`;
        faults.push(`collections ${names} claim the same data: their keys, and their paths in them, overlap`);
      }
    }
  }
  for (const glob of formData) {
    const pieces = parseGlob(glob);
    for (const claim of claims) {
      if (!globsOverlap(pieces, claim.pieces)) continue;
      faults.push(`formData ${quoteName(glob)} matches keys of the collection ${quoteName(claim.collection.name)}`);
    }
  }
}

interface Claim {
  readonly collection: Collection;
  readonly pieces: GlobPieces;
}

function piecesOf(collection: Collection): GlobPieces {
  return collection.layout === 'oneKey' ? [collection.storageKey] : parseGlob(collection.storageKey);
}

function claimTheSame(one: Claim, other: Claim): boolean {
  if (!globsOverlap(one.pieces, other.pieces)) return false;
  if (one.collection.layout === 'keyPerItem' || other.collection.layout === 'keyPerItem') return true;
  const [shorter, longer] = [one.collection.path, other.collection.path].sort((a, b) => a.length - b.length);
  return shorter?.every((segment, index) => segment === longer?.[index]) ?? false;
}
