import { skipValue, skipWhitespace, walkArray, walkObject } from './json-text.ts';
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

/**
 * Visits the value in a level's text to which its segments lead, in one pass over the text. Of a name that is there
 * twice JSON.parse takes the last one, so that the last visit counts. Only asked for what `locate` has found.
 */
export function visitTarget({ text, segments }: Level, visit: (start: number) => number): void {
  const descend = (start: number, depth: number): number => {
    const segment = segments[depth];
    if (segment === undefined) return visit(start);
    const pass = (at: number, isNext: boolean): number => (isNext ? descend(at, depth + 1) : skipValue(text, at));
    const bracket = text.charAt(start);
    if (bracket === '[') return walkArray(text, start, (at, position) => pass(at, String(position) === segment));
    if (bracket === '{') return walkObject(text, start, (at, { name }) => pass(at, name === segment));
    return skipValue(text, start);
  };
  descend(skipWhitespace(text, 0), 0);
}

/** Where in a level's text the value begins to which its segments lead. */
export function startOf(level: Level): number {
  let found = 0;
  visitTarget(level, (start) => {
    found = start;
    return skipValue(level.text, start);
  });
  return found;
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
