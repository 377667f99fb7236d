import { isForbiddenName, quoteName } from './names.ts';

/** An object's own properties, not yet checked. */
export type UncheckedRecord = Readonly<Record<string, unknown>>;

/** Where the checks write what they find: one line for each fault, beginning with its place. */
export type Faults = string[];

/** The value as a plain object; otherwise `null` and a fault. */
export function checkRecord(value: unknown, place: string, faults: Faults): UncheckedRecord | null {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === null || Object.getPrototypeOf(prototype) === null) return value as UncheckedRecord;
  }
  faults.push(`${place} must be a plain object`);
  return null;
}

/** A fault for each property that means nothing here. */
export function checkNoOtherProperties(
  record: UncheckedRecord,
  known: readonly string[],
  place: string,
  faults: Faults,
): void {
  for (const name of Reflect.ownKeys(record)) {
    if (typeof name === 'string' && known.includes(name)) continue;
    faults.push(`${place} has an unknown property ${quoteName(String(name))}; known are ${known.join(', ')}`);
  }
}

/** The value of an own property, so that nothing is ever inherited. */
export function ownProperty(record: UncheckedRecord, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** What a number must be; bounds belong to the range. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly kind: 'integer' | 'real';
}

/** The number under `name`, or `fallback` when there is none or when it is refused with a fault. */
export function checkNumber(
  record: UncheckedRecord,
  name: string,
  range: NumberRange & { readonly fallback: number },
  place: string,
  faults: Faults,
): number {
  const value = ownProperty(record, name);
  if (value === undefined) return range.fallback;
  const fits = typeof value === 'number' && value >= range.min && value <= range.max;
  if (fits && (range.kind === 'real' || Number.isInteger(value))) return value;
  const noun = range.kind === 'integer' ? 'an integer' : 'a number';
  faults.push(`${place}.${name} must be ${noun} from ${range.min} to ${range.max}`);
  return range.fallback;
}

/** One of some words under `name`, or the first of them when there is none or when it is refused with a fault. */
export function checkChoice<Choice extends string>(
  record: UncheckedRecord,
  name: string,
  choices: readonly [Choice, ...Choice[]],
  place: string,
  faults: Faults,
): Choice {
  const value = ownProperty(record, name);
  if (value === undefined) return choices[0];
  const choice = choices.find((candidate) => candidate === value);
  if (choice !== undefined) return choice;
  faults.push(`${place}.${name} must be one of ${choices.join(', ')}`);
  return choices[0];
}

/** A function under `name`, or `null`. */
export function checkFunction(record: UncheckedRecord, name: string, place: string, faults: Faults): unknown {
  const value = ownProperty(record, name);
  if (value === undefined || typeof value === 'function') return value ?? null;
  faults.push(`${place}.${name} must be a function`);
  return null;
}

/** A property name of the app's data: a non-empty string that does not reach into prototypes. */
export function checkPropertyName(value: unknown, place: string, faults: Faults): value is string {
  if (typeof value !== 'string' || value === '') {
    faults.push(`${place} must be a non-empty string`);
    return false;
  }
  if (!isForbiddenName(value)) return true;
  faults.push(`${place} must not be ${quoteName(value)}`);
  return false;
}
