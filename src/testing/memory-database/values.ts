import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Row, RowKey } from '../../ports/database.ts';

/** A copy that shares nothing with the original. */
export function cloneRow(row: Row): Row {
  const copy: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(row)) {
    copy[column] = typeof value === 'object' && value !== null ? structuredClone(value) : value;
  }
  return copy;
}

/** The values of some columns as a key, or `null` when one of them is null or cannot be part of a key. */
export function keyOf(row: Row, columns: readonly string[]): RowKey | null {
  const values = columns.map((column) => row[column]);
  const usable = values.every((value) => typeof value === 'string' || Number.isFinite(value));
  return usable ? JSON.stringify(values) : null;
}

/**
 * A text that two values share only when they are the same by type and content. Strings are escaped as in JSON, which
 * keeps lone surrogates apart (hazard H6); the order of an object's properties does not count.
 */
export function canonicalText(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Uint8Array) return `bytes:${bytesToHex(value)}`;
  if (value instanceof Date) return `date:${value.getTime()}`;
  if (Array.isArray(value)) return `[${value.map(canonicalText).join()}]`;
  if (typeof value === 'object') {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${canonicalText(inner)}`).join()}}`;
  }
  return String(value);
}

/** SHA-256 of a text that `canonicalText` or `JSON.stringify` made, in hexadecimal digits. */
export function digestText(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

/** The digest of all columns of a row. */
export function digestRow(row: Row): string {
  return digestText(canonicalText(row));
}

/** Ascending order of code units, for `sort`. */
export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
