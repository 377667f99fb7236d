const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

const IDENTIFIER = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/;

/** Whether a property name reaches into the prototypes of objects and is therefore refused in definitions. */
export function isForbiddenName(name: string): boolean {
  return FORBIDDEN_NAMES.has(name);
}

/** Whether a text can name a migration or a collection: in file names, tables' names and messages alike. */
export function isIdentifier(text: string): boolean {
  return IDENTIFIER.test(text) && !isForbiddenName(text);
}

/** A name as messages show it: quoted, and cut when it is long. */
export function quoteName(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
}
