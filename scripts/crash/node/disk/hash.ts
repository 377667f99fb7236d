import { createHash } from 'node:crypto';

/**
 * SHA-256 of a text as the library's formats define it, worked out a second time: of its UTF-8, or, where there are
 * lone surrogates, of the byte 0xFF and its UTF-16 (little endian).
 */
export function hashOf(text: string): string {
  const bytes = text.isWellFormed() ? Buffer.from(text, 'utf8') : Buffer.from(`\u00ff`, 'latin1');
  const hash = createHash('sha256').update(bytes);
  if (!text.isWellFormed()) hash.update(Buffer.from(text, 'utf16le'));
  return hash.digest('hex');
}

/** A text under its hash, as the vault's files have it, or `null` when the two do not match. */
export function underHash(text: string): string | null {
  const content = text.slice(65);
  return text[64] === '\n' && text.slice(0, 64) === hashOf(content) ? content : null;
}
