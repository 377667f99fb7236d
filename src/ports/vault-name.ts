const SEGMENT = /^[A-Za-z0-9._-]+$/;
const PARTIAL_SEGMENT = /^[A-Za-z0-9._-]*$/;
const LONGEST = 200;

const isSegment = (text: string): boolean => SEGMENT.test(text) && text !== '.' && text !== '..';

/** What is wrong with the name of a vault's entry, or `null` (the grammar is `VaultPort`'s). */
export function vaultNameFault(name: string): string | null {
  if (name.length > LONGEST) return `it has ${name.length} characters, and ${LONGEST} are allowed`;
  if (name.split('/').every(isSegment)) return null;
  return 'names are segments of A-Z, a-z, 0-9, ".", "_", "-", joined by "/", none of them "." or ".."';
}

/** What is wrong with the beginning of a name, or `null`: its last segment may be incomplete or empty. */
export function vaultPrefixFault(prefix: string): string | null {
  const segments = prefix.split('/');
  const last = segments.pop() ?? '';
  if (PARTIAL_SEGMENT.test(last) && segments.every(isSegment)) return null;
  return vaultNameFault(prefix) ?? 'it is not the beginning of a name';
}
