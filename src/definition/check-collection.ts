import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Row } from '../ports/database.ts';
import { faultOfCachePattern } from './cache-pattern.ts';
import { checkKeyGlob } from './check-keys.ts';
import {
  checkFunction,
  checkNoOtherProperties,
  checkPropertyName,
  checkRecord,
  type Faults,
  ownProperty,
  type UncheckedRecord,
} from './checks.ts';
import { DEFAULT_ID_FIELD } from './defaults.ts';
import { parseGlob } from './glob.ts';
import { isForbiddenName, isIdentifier, quoteName } from './names.ts';
import type { Collection, Item } from './types.ts';

const PROPERTIES = ['storageKey', 'path', 'idField', 'schema', 'toRow', 'fromRow', 'cachePatterns'];
const MOST_SEGMENTS = 64;
const MOST_ID_FIELDS = 16;

/** One collection, checked; `null` when it is too wrong to be compared with the others. */
export function checkCollection(name: string, value: unknown, faults: Faults): Collection | null {
  const place = `collections[${quoteName(name)}]`;
  if (!isIdentifier(name)) {
    faults.push(
      `${place} is not an identifier: letters, digits, "_", "." and "-", at most 64, a letter or digit first`,
    );
  }
  const record = checkRecord(value, place, faults);
  if (record === null) return null;
  checkNoOtherProperties(record, PROPERTIES, place, faults);
  const storageKey = checkStorageKey(record, place, faults);
  const rest = {
    path: checkPath(ownProperty(record, 'path'), `${place}.path`, faults),
    idFields: checkIdFields(ownProperty(record, 'idField'), `${place}.idField`, faults),
    schema: checkSchema(ownProperty(record, 'schema'), `${place}.schema`, faults),
    toRow: checkFunction(record, 'toRow', place, faults) as ((item: Item) => Row) | null,
    fromRow: checkFunction(record, 'fromRow', place, faults) as ((row: Row) => Item) | null,
    cachePatterns: checkCachePatterns(ownProperty(record, 'cachePatterns'), `${place}.cachePatterns`, faults),
  };
  if (storageKey === null) return null;
  const pieces = parseGlob(storageKey);
  const [exactKey = ''] = pieces;
  return pieces.length === 1
    ? { name, storageKey: exactKey, layout: 'oneKey', ...rest }
    : { name, storageKey, layout: 'keyPerItem', ...rest };
}

function checkStorageKey(record: UncheckedRecord, place: string, faults: Faults): string | null {
  const value = ownProperty(record, 'storageKey');
  if (value === '') {
    faults.push(`${place}.storageKey must not be empty`);
    return null;
  }
  return checkKeyGlob(value, `${place}.storageKey`, faults);
}

function checkPath(value: unknown, place: string, faults: Faults): readonly string[] {
  if (value === undefined || value === '') return [];
  const segments: readonly unknown[] | null =
    typeof value === 'string' ? value.split('.') : Array.isArray(value) ? Array.from(value) : null;
  if (segments === null) {
    faults.push(`${place} must be a dotted string or a list of segments`);
    return [];
  }
  if (segments.length > MOST_SEGMENTS) faults.push(`${place} has more than ${MOST_SEGMENTS} segments`);
  const path: string[] = [];
  for (const segment of segments.slice(0, MOST_SEGMENTS)) {
    if (typeof segment !== 'string') faults.push(`${place} has a segment that is not a string`);
    else if (typeof value === 'string' && segment === '') faults.push(`${place} has an empty segment`);
    else if (isForbiddenName(segment)) faults.push(`${place} must not go through ${quoteName(segment)}`);
    else path.push(segment);
  }
  return path;
}

function checkIdFields(value: unknown, place: string, faults: Faults): readonly string[] {
  if (value === undefined) return [DEFAULT_ID_FIELD];
  if (!Array.isArray(value)) return checkPropertyName(value, place, faults) ? [value] : [];
  const names = Array.from<unknown>(value);
  if (names.length === 0 || names.length > MOST_ID_FIELDS) {
    faults.push(`${place} must name 1 to ${MOST_ID_FIELDS} properties`);
    return [];
  }
  const idFields = names.filter((name, index) => checkPropertyName(name, `${place}[${index}]`, faults)) as string[];
  if (new Set(idFields).size < idFields.length) faults.push(`${place} names a property twice`);
  return idFields;
}

function checkSchema(value: unknown, place: string, faults: Faults): StandardSchemaV1 | null {
  if (value === undefined) return null;
  if (isStandardSchema(value)) return value;
  faults.push(`${place} must be a Standard Schema (as of zod 3.24, valibot 1, arktype 2): "~standard" with a validate`);
  return null;
}

function isStandardSchema(value: unknown): value is StandardSchemaV1 {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false;
  const standard: unknown = (value as { readonly '~standard'?: unknown })['~standard'];
  if (typeof standard !== 'object' || standard === null) return false;
  const { version, validate } = standard as { readonly version?: unknown; readonly validate?: unknown };
  return version === 1 && typeof validate === 'function';
}

function checkCachePatterns(value: unknown, place: string, faults: Faults): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    faults.push(`${place} must be a list of patterns`);
    return [];
  }
  const patterns: string[] = [];
  for (const [index, pattern] of Array.from<unknown>(value).entries()) {
    const fault = typeof pattern === 'string' ? faultOfCachePattern(pattern) : 'must be a string';
    if (fault !== null) faults.push(`${place}[${index}] ${fault}`);
    else patterns.push(pattern as string);
  }
  return patterns;
}
