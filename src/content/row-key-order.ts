import type { RowKey } from '../ports/database.ts';

/** In the order of their keys: column by column, numbers before strings, each in their own order. */
export function sortByRowKey<Keyed extends { readonly key: RowKey }>(rows: readonly Keyed[]): readonly Keyed[] {
  const decorated = rows.map((row) => ({ row, parts: partsOf(row.key) }));
  decorated.sort((one, other) => compareKeys(one.parts, other.parts));
  return decorated.map(({ row }) => row);
}

function partsOf(key: RowKey): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(key);
    return Array.isArray(parts) ? parts : [key];
  } catch {
    // Not the key of any adapter that keeps to its contract; as a text it has a place in the order, too.
    return [key];
  }
}

function compareKeys(one: readonly unknown[], other: readonly unknown[]): number {
  for (const [index, part] of one.entries()) {
    const difference = compareParts(part, other[index]);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

function compareParts(one: unknown, other: unknown): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  if (typeof one === 'number' || typeof other === 'number') return typeof one === 'number' ? -1 : 1;
  const [text, otherText] = [textOf(one), textOf(other)];
  return text < otherText ? -1 : text > otherText ? 1 : 0;
}

function textOf(part: unknown): string {
  return typeof part === 'string' ? part : (JSON.stringify(part) ?? '');
}
