/**
 * A glob over storage keys, taken apart: the literal texts before, between and after its stars. One text means no
 * star.
 */
export type GlobPieces = readonly string[];

/**
 * Takes a glob apart. `*` stands for any run of characters, also none; `\*` is a star and `\\` a backslash;
 * everything else, also any other backslash, stands for itself.
 */
export function parseGlob(glob: string): GlobPieces {
  const pieces: string[] = [];
  let piece = '';
  for (let at = 0; at < glob.length; at++) {
    const unit = glob.charAt(at);
    const next = glob.charAt(at + 1);
    if (unit === '\\' && (next === '*' || next === '\\')) {
      piece += next;
      at++;
    } else if (unit === '*') {
      pieces.push(piece);
      piece = '';
    } else {
      piece += unit;
    }
  }
  pieces.push(piece);
  return pieces;
}

/** The glob that matches exactly this key, whatever characters it holds. */
export function escapeGlob(key: string): string {
  return key.replace(/[\\*]/g, '\\$&');
}

/** Whether a key matches a glob, as a whole and literally but for the stars. */
export function globMatches(glob: string, key: string): boolean {
  return piecesMatch(parseGlob(glob), key);
}

/** Like `globMatches`, for a glob that was taken apart before. Takes time linear in the key for each piece. */
export function piecesMatch(pieces: GlobPieces, key: string): boolean {
  const first = pieces[0] ?? '';
  if (pieces.length === 1) return key === first;
  const last = pieces[pieces.length - 1] ?? '';
  if (key.length < first.length + last.length || !key.startsWith(first) || !key.endsWith(last)) return false;
  let at = first.length;
  const end = key.length - last.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = key.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}

/** Whether some key matches both globs. */
export function globsOverlap(one: GlobPieces, other: GlobPieces): boolean {
  if (one.length === 1) return piecesMatch(other, one[0] ?? '');
  if (other.length === 1) return piecesMatch(one, other[0] ?? '');
  const [oneFirst = '', otherFirst = ''] = [one[0], other[0]];
  const [oneLast = '', otherLast = ''] = [one[one.length - 1], other[other.length - 1]];
  const startsAgree = oneFirst.startsWith(otherFirst) || otherFirst.startsWith(oneFirst);
  // With a star in both, a key that both match is the longer start, the middle texts of both, the longer end.
  return startsAgree && (oneLast.endsWith(otherLast) || otherLast.endsWith(oneLast));
}

/** The key that a glob gives when its stars are replaced by these texts; `null` when their numbers differ. */
export function fillGlob(pieces: GlobPieces, texts: readonly string[]): string | null {
  if (texts.length !== pieces.length - 1) return null;
  return pieces.map((piece, index) => piece + (texts[index] ?? '')).join('');
}
