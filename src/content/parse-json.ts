import { InputError } from '../errors.ts';
import { findJsonFault } from './json-fault.ts';
import { isNestedDeeper } from './json-text.ts';

/** What content may be like. */
export interface ContentLimits {
  /** Levels of arrays and objects in one another, in one JSON text. */
  readonly maxDepth: number;
}

/**
 * Parses a JSON text of the app.
 * @param place names the text in messages
 * @throws InputError `INPUT_TOO_DEEP`, `INPUT_JSON_INVALID` with the position
 */
export function parseJson(text: string, place: string, limits: ContentLimits): unknown {
  if (isNestedDeeper(text, limits.maxDepth)) {
    throw new InputError(
      'INPUT_TOO_DEEP',
      `${place} is nested more than ${limits.maxDepth} levels deep. Raise maxDepth in the definition if that is meant.`,
      { details: { place, maxDepth: limits.maxDepth } },
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    // What JSON.parse throws may quote the text, so that it is not kept as a cause.
    const position = findJsonFault(text) ?? text.length;
    const what = position >= text.length ? 'ends too early' : 'is not JSON';
    throw new InputError(
      'INPUT_JSON_INVALID',
      `${place} ${what} (position ${position} of ${text.length}). Repair the value, or list its key as form data.`,
      { details: { place, position, length: text.length } },
    );
  }
}
