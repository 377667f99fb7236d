import { hashOf, underHash } from './hash.ts';
import type { VaultOnDisk } from './vault.ts';

/** Values of keys of which a copy with a matching hash lies in the vault. */
export interface Copies {
  has(key: string, value: string): boolean;
}

interface Head {
  readonly entries: readonly {
    readonly key: string;
    readonly encoding: 'raw' | 'json';
    readonly stored: number;
    readonly sha256: string;
  }[];
}

/** The length of a backup's first two lines, when they are whole and match their hash. */
function headLength(text: string): number | null {
  const first = text.indexOf('\n') + 1;
  const second = text.indexOf('\n', first) + 1;
  const hash = / sha256:([0-9a-f]{64})/.exec(text.slice(0, first))?.[1];
  return second > 0 && hash === hashOf(text.slice(first, second - 1)) ? second : null;
}

/** The values of a backup whose own hashes match; it counts only with a head of its own beside it. */
function valuesOf(content: string, head: string): readonly (readonly [string, string])[] {
  const length = headLength(content);
  if (length === null || content.slice(0, length) !== head) return [];
  const { entries } = JSON.parse(head.slice(head.indexOf('\n') + 1)) as Head;
  const values: [string, string][] = [];
  let at = length;
  for (const { key, encoding, stored, sha256 } of entries) {
    const text = content.slice(at, at + stored);
    at += stored;
    const value = encoding === 'raw' ? text : (JSON.parse(text) as string);
    if (hashOf(value) === sha256) values.push([key, value]);
  }
  return values;
}

const placeOf = (key: string, value: string): string => JSON.stringify([key, value]);

/** What backups hold. */
export function copiesInBackups({ entries }: VaultOnDisk, migration: string): Copies {
  const places = new Set<string>();
  for (const [name, content] of entries) {
    if (!name.startsWith(`${migration}/backups/`) || !name.endsWith('/content')) continue;
    const head = entries.get(name.replace(/content$/, 'head'));
    if (head === undefined) continue;
    for (const [key, value] of valuesOf(content, head)) places.add(placeOf(key, value));
  }
  return { has: (key, value) => places.has(placeOf(key, value)) };
}

/** What was kept before it was overwritten. */
export function copiesOfDisplaced({ entries }: VaultOnDisk, migration: string): Copies {
  const places = new Set<string>();
  for (const [name, text] of entries) {
    if (!name.startsWith(`${migration}/displaced/`)) continue;
    const { key, value } = JSON.parse(underHash(text) ?? '{}') as { key?: string; value?: string };
    if (key !== undefined && value !== undefined) places.add(placeOf(key, value));
  }
  return { has: (key, value) => places.has(placeOf(key, value)) };
}
