import { sha256 as sha256Sync } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** Texts up to this length are hashed at once; for longer ones the platform's own hash is worth the detour. */
const SHORT = 4096;

/** No UTF-8 text has this byte, so a text with lone surrogates never hashes like one without (hazard H6). */
const ILL_FORMED = 0xff;

/** The bytes that stand for a text, one to one: UTF-8, or marked UTF-16 where there are lone surrogates. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  if (text.isWellFormed()) return new TextEncoder().encode(text);
  const bytes = new Uint8Array(1 + text.length * 2);
  bytes[0] = ILL_FORMED;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes[1 + i * 2] = unit & 0xff;
    bytes[2 + i * 2] = unit >> 8;
  }
  return bytes;
}

const untouched = sha256Sync.create();

// A clone of one that is always there: V8 drops what it has compiled for objects of which none is left.
const hashAtOnce = (bytes: Uint8Array): string => bytesToHex(untouched.clone().update(bytes).digest());

/**
 * SHA-256 of a text as 64 hexadecimal digits: of its UTF-8 bytes, so that other tools agree; two different texts
 * have different hashes even if they hold lone surrogates (rule BK2).
 */
export async function sha256(text: string): Promise<string> {
  if (text.length <= SHORT) return hashAtOnce(bytesOf(text));
  const subtle = globalThis.crypto?.subtle;
  const bytes = bytesOf(text);
  if (subtle === undefined) return hashAtOnce(bytes);
  return bytesToHex(new Uint8Array(await subtle.digest('SHA-256', bytes)));
}
