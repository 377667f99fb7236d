import { DEFAULT_ID_FIELD } from '../definition/defaults.ts';
import { isForbiddenName } from '../definition/names.ts';
import { asObjects, idFieldOf, idFieldOfMap, isNamedByIds, lackIdField, namesAreUsable } from './id-like.ts';
import { isNestedDeeper } from './json-text.ts';
import type { ContentLimits } from './parse-json.ts';
import { isJsonObject } from './recognise.ts';

/** Where in a value a collection was found. */
export interface FoundPlace {
  readonly path: readonly string[];
  readonly idField: string;
}

const DEEPEST_PATH = 8;
// A value in which more are found is itself a map of something, not a store with several lists.
const MOST_IN_ONE_VALUE = 20;

/** Parses what looks like a JSON object, array or string; `undefined` for everything else. Never throws. */
export function parseIfJson(text: string, limits: ContentLimits): unknown {
  if (!/^[ \n\r\t]*[[{"]/.test(text) || isNestedDeeper(text, limits.maxDepth)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // Any text may lie in storage; one that is no JSON holds no collection.
    return undefined;
  }
}

/** The collections in a parsed value, none inside another. */
export function discoverInValue(value: unknown, limits: ContentLimits): readonly FoundPlace[] {
  const found: FoundPlace[] = [];
  const pending: { readonly value: unknown; readonly path: readonly string[] }[] = [{ value, path: [] }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { path } = next;
    const inner = unwrapText(next.value, limits);
    const idField = collectionIdField(inner);
    if (idField !== null) {
      found.push({ path, idField });
      if (found.length > MOST_IN_ONE_VALUE) return [];
    } else if (isJsonObject(inner) && path.length < DEEPEST_PATH) {
      for (const name of Object.keys(inner).reverse()) {
        if (!isForbiddenName(name)) pending.push({ value: inner[name], path: [...path, name] });
      }
    }
  }
  return found;
}

function unwrapText(value: unknown, limits: ContentLimits): unknown {
  let inner = value;
  while (typeof inner === 'string') inner = parseIfJson(inner, limits);
  return inner;
}

/** How the items of a value are identified, if it is a collection. */
function collectionIdField(value: unknown): string | null {
  if (Array.isArray(value)) {
    const objects = asObjects(value);
    return objects === null ? null : idFieldOf(objects);
  }
  if (!isJsonObject(value)) return null;
  const { ids, entities } = value;
  if (!Array.isArray(ids) || !isJsonObject(entities)) {
    return idFieldOfMap(value) ?? (isNamedByIds(value) ? DEFAULT_ID_FIELD : null);
  }
  const objects = asObjects(Object.values(entities));
  if (objects === null) return null;
  return idFieldOfMap(entities) ?? (lackIdField(objects) && namesAreUsable(entities) ? DEFAULT_ID_FIELD : null);
}
