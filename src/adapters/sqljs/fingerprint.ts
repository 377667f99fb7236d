/**
 * A fast fingerprint of 64 bits in two lanes of 32, not cryptographic. Fingerprints of rows are summed lane by lane
 * into one of a set, which therefore does not depend on the order of the rows.
 */
export interface Fingerprint {
  high: number;
  low: number;
}

/** The fingerprint of nothing; the neutral element of {@link addFingerprint}. */
export function emptyFingerprint(): Fingerprint {
  return { high: 0, low: 0 };
}

// The finalizer of MurmurHash3: every bit of the input changes every bit of the output with probability one half,
// which is what makes sums of fingerprints safe.
function avalanche(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * Writes the fingerprint of a text into `out`. Reads four UTF-16 units at a time, two for each lane; then each lane is
 * mixed into the other. Every step can be undone, so that of two texts that differ in one step only none are alike.
 */
export function fingerprintInto(text: string, out: Fingerprint): void {
  const { length } = text;
  const whole = length & ~3;
  let high = 0x9e3779b9 ^ length;
  let low = 0x85ebca6b;
  for (let i = 0; i < whole; i += 4) {
    high = Math.imul(high ^ (text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16)), 0xcc9e2d51);
    low = Math.imul(low ^ (text.charCodeAt(i + 2) | (text.charCodeAt(i + 3) << 16)), 0x9e3779b1);
    high ^= low >>> 15;
    low = (low + (high ^ (high >>> 13))) | 0;
  }
  for (let i = whole; i < length; i += 1) {
    high = Math.imul(high ^ text.charCodeAt(i), 0x01000193);
    high ^= low >>> 15;
    low = (low + (high ^ (high >>> 13))) | 0;
  }
  out.high = avalanche(high);
  out.low = avalanche(low ^ high);
}

/** The fingerprint of a text. */
export function fingerprintText(text: string): Fingerprint {
  const out = emptyFingerprint();
  fingerprintInto(text, out);
  return out;
}

/** Adds `term` to `sum`. */
export function addFingerprint(sum: Fingerprint, term: Fingerprint): void {
  sum.high = (sum.high + term.high) | 0;
  sum.low = (sum.low + term.low) | 0;
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

// A table is several times as fast as `toString` and padding.
const hex = (lane: number): string =>
  `${HEX[lane >>> 24]}${HEX[(lane >>> 16) & 255]}${HEX[(lane >>> 8) & 255]}${HEX[lane & 255]}`;

/** As sixteen hexadecimal digits. */
export function fingerprintToHex(fingerprint: Fingerprint): string {
  return hex(fingerprint.high) + hex(fingerprint.low);
}

/** Reads a lane that {@link fingerprintToHex} wrote. */
function laneAt(text: string, start: number): number {
  let lane = 0;
  for (let i = start; i < start + 8; i += 1) {
    const unit = text.charCodeAt(i);
    // `0` to `9` are 0x30 to 0x39, `a` to `f` 0x61 to 0x66.
    lane = (lane << 4) | ((unit & 15) + (unit > 0x39 ? 9 : 0));
  }
  return lane;
}

/** The sum of fingerprints that are packed as hexadecimal digits without separators. */
export function sumOfPacked(packed: string): Fingerprint {
  const sum = emptyFingerprint();
  for (let i = 0; i < packed.length; i += 16) {
    addFingerprint(sum, { high: laneAt(packed, i), low: laneAt(packed, i + 8) });
  }
  return sum;
}

/** A set of fingerprints that remembers which of them have been met; typed arrays instead of a string each. */
export interface FingerprintIndex {
  readonly size: number;
  /** Two for each fingerprint, in the order in which they came. */
  readonly lanes: Int32Array;
  /** A table of positions by the high lane; -1 for a free place. Its length is a power of two. */
  readonly places: Int32Array;
  readonly met: Uint8Array;
}

/** The index over fingerprints packed as hexadecimal digits without separators, positions in their order. */
export function indexFingerprints(packed: string): FingerprintIndex {
  const size = packed.length / 16;
  const lanes = new Int32Array(size * 2);
  for (let i = 0; i < size * 2; i += 1) lanes[i] = laneAt(packed, i * 8);
  let capacity = 16;
  while (capacity < size * 2) capacity *= 2;
  const mask = capacity - 1;
  const places = new Int32Array(capacity).fill(-1);
  for (let position = 0; position < size; position += 1) {
    let place = (lanes[position * 2] as number) & mask;
    while (places[place] !== -1) place = (place + 1) & mask;
    places[place] = position;
  }
  return { size, lanes, places, met: new Uint8Array(size) };
}

// A function of its own and no closure: engines drop what they have compiled for closures of which none is left.
/** The position of a fingerprint, marked as met; -1 when it is not in the set or all its copies have been met. */
export function meet({ lanes, places, met }: FingerprintIndex, { high, low }: Fingerprint): number {
  const mask = places.length - 1;
  for (let place = high & mask; ; place = (place + 1) & mask) {
    const position = places[place] as number;
    if (position === -1) return -1;
    if (lanes[position * 2] === high && lanes[position * 2 + 1] === low && met[position] === 0) {
      met[position] = 1;
      return position;
    }
  }
}
