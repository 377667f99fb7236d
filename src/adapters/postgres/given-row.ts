import type { Row } from '../../ports/database.ts';
import type { LiveColumn } from './catalog.ts';
import { arrayLiteral } from './sql.ts';
import type { BoundColumn } from './tables.ts';

/** Why Postgres cannot be given a row, in words for people and without values. */
export interface Refusal {
  readonly refused: string;
}

/** Tells a refusal from what Postgres can be given. */
export function isRefusal(given: unknown): given is Refusal {
  return typeof given === 'object' && given !== null && 'refused' in given;
}

const typeName = (value: unknown): string =>
  value === null ? 'null' : typeof value === 'object' ? (value.constructor?.name ?? 'object') : typeof value;

const hex = (bytes: Uint8Array): string =>
  `\\x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;

function arrayText(values: readonly unknown[]): string {
  const parts = values.map((value) => (Array.isArray(value) ? arrayText(value) : { text: toText(value) }));
  if (parts.some((part) => typeof part === 'string')) return `{${parts.join(',')}}`;
  return arrayLiteral(parts.map((part) => (typeof part === 'string' ? part : part.text)));
}

/** A value as Postgres reads it in text; a type's own input function does the rest. */
function toText(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'object':
      if (value === null) return null;
      if (value instanceof Uint8Array) return hex(value);
      if (value instanceof Date) return value.toISOString();
      return Array.isArray(value) ? arrayText(value) : JSON.stringify(value);
    default:
      throw new TypeError('no text');
  }
}

/** The text that Postgres is given for a value of this column, as Drizzle maps it; `null` for NULL. */
export function driverText({ column, name }: BoundColumn, value: unknown): string | null | Refusal {
  let text: string | null;
  try {
    const mapped: unknown = value === null ? null : column.mapToDriverValue(value);
    if (typeof mapped === 'object' && mapped !== null && 'queryChunks' in mapped) {
      return { refused: `column ${name} is written by an SQL expression, which a batch cannot hold` };
    }
    text = toText(mapped);
  } catch {
    return { refused: `column ${name} does not take a value of type ${typeName(value)}` };
  }
  if (text === null) return null;
  if (text.includes('\u0000')) return { refused: `column ${name} cannot hold U+0000` };
  if (!text.isWellFormed()) return { refused: `column ${name} cannot hold a lone surrogate` };
  return text;
}

/** A column that is written, as both sides know it. */
export interface WrittenColumn {
  readonly bound: BoundColumn;
  readonly live: LiveColumn;
}

/** What is given for a property that is left out: what Drizzle's own insert would give; `undefined` for nothing. */
const defaultOf = ({ column }: BoundColumn): (() => unknown) | undefined =>
  column.default === undefined ? (column.defaultFn ?? column.onUpdateFn) : undefined;

/** Whether a statement has to name this column for the row. */
export function isGiven({ bound }: WrittenColumn, row: Row, defaults: 'filledIn' | 'leftOut'): boolean {
  return row[bound.property] !== undefined || (defaults === 'filledIn' && defaultOf(bound) !== undefined);
}

/** The texts of these columns of a row, or why there are none. */
export function rowTexts(columns: readonly WrittenColumn[], row: Row): (string | null)[] | Refusal {
  const texts: (string | null)[] = [];
  for (const { bound } of columns) {
    const given = row[bound.property];
    const text = driverText(bound, given === undefined ? (defaultOf(bound)?.() ?? null) : given);
    if (isRefusal(text)) return text;
    texts.push(text);
  }
  return texts;
}

/** A property of the row that no column takes, which would be lost in silence. */
export function unknownProperty(properties: ReadonlySet<string>, row: Row): string | undefined {
  for (const property in row) if (row[property] !== undefined && !properties.has(property)) return property;
  return undefined;
}
