import { indexArray, indexObject, skipWhitespace } from './json-text.ts';
import { type ContentLimits, parseJson } from './parse-json.ts';
import { applyEdits, liftEdits, type TextEdit } from './text-edit.ts';

/**
 * One JSON text on the way to a target, and the segments that lead through it: in all texts but the last one to the
 * string that holds the next text, in the last one to the target.
 */
export interface Level {
  readonly text: string;
  readonly segments: readonly string[];
}

/** What a path leads to: the parsed value (`undefined` where there is nothing) and the texts gone through. */
export interface Located {
  readonly value: unknown;
  readonly levels: readonly [Level, ...Level[]];
}

/**
 * Follows a path into a raw value. A string that is met, also at the end of the path, is stepped into as the JSON
 * text that it holds.
 * @param place names the raw value in messages
 * @throws InputError `INPUT_JSON_INVALID`, `INPUT_TOO_DEEP`
 */
export function locate(raw: string, path: readonly string[], place: string, limits: ContentLimits): Located {
  const levels: Level[] = [];
  let level: { text: string; segments: string[] } = { text: raw, segments: [] };
  let value = parseJson(raw, place, limits);
  for (let index = 0; ; index++) {
    while (typeof value === 'string') {
      levels.push(level);
      level = { text: value, segments: [] };
      value = parseJson(value, `${place}, in the text at ${describePath(path.slice(0, index))},`, limits);
    }
    const segment = path[index];
    if (segment === undefined || typeof value !== 'object' || value === null) {
      const [first = level, ...others] = [...levels, level];
      return { value: index < path.length ? undefined : value, levels: [first, ...others] };
    }
    level.segments.push(segment);
    const isThere = Object.hasOwn(value, segment) && !(Array.isArray(value) && segment === 'length');
    value = isThere ? (value as Readonly<Record<string, unknown>>)[segment] : undefined;
  }
}

/** Where in a level's text the value begins to which its segments lead. Only asked for what `locate` has found. */
export function startOf(level: Level): number {
  const { text } = level;
  let start = skipWhitespace(text, 0);
  for (const segment of level.segments) {
    if (text.charAt(start) === '[') {
      start = indexArray(text, start).entries[Number(segment)]?.start ?? start;
    } else {
      // Of a name that is there twice JSON.parse takes the last one.
      const member = indexObject(text, start).entries.findLast((candidate) => candidate.name === segment);
      start = member?.valueStart ?? start;
    }
  }
  return start;
}

/** The raw value with edits made in the text of the innermost level; the very same text when there are none. */
export function editInnermost(levels: Located['levels'], edits: readonly TextEdit[]): string {
  if (edits.length === 0) return levels[0].text;
  let lifted = edits;
  for (const level of levels.slice(0, -1).reverse()) lifted = liftEdits(level.text, startOf(level), lifted);
  return applyEdits(levels[0].text, lifted);
}

/** A path for messages. */
export function describePath(path: readonly string[]): string {
  return path.length === 0 ? 'the value itself' : JSON.stringify(path.join('.'));
}
