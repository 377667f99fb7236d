import { VaultError } from '../../errors.ts';

/** First line of every entry: format, version, length of the text in bytes of UTF-8. */
const HEADER = /^backpedal-vault 1 (\d{1,15})\n/;
const LONGEST_HEADER = 64;

/** The parts of an entry's file. */
export function encodeEntry(text: string): readonly string[] {
  return [`backpedal-vault 1 ${Buffer.byteLength(text, 'utf8')}\n`, text];
}

const damaged = (name: string, what: string, cause?: unknown): VaultError =>
  new VaultError(
    'VAULT_DAMAGED',
    `The vault's entry ${name} is damaged: ${what}. Restore the vault's folder from a copy, or work without this entry.`,
    { cause, details: { name } },
  );

/**
 * The text of an entry's file.
 * @throws VaultError `VAULT_DAMAGED` when anything is missing or added, or is not text
 */
export function decodeEntry(bytes: Uint8Array, name: string): string {
  const beginning = new TextDecoder('latin1').decode(bytes.subarray(0, LONGEST_HEADER));
  const header = HEADER.exec(beginning);
  if (header === null) throw damaged(name, 'its first line is not that of an entry');
  const text = bytes.subarray(header[0].length);
  if (text.length !== Number(header[1])) throw damaged(name, `it has ${text.length} of ${header[1]} bytes`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text);
  } catch (cause) {
    throw damaged(name, 'it is not text', cause);
  }
}
