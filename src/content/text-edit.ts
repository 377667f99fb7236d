import type { ListIndex, Span } from './json-text.ts';

/** A replacement in a text: the span goes, `text` comes. Edits of one text never overlap. */
export interface TextEdit extends Span {
  readonly text: string;
}

/** Edits in the order of the text. Those at one place keep their order. */
export function sortEdits(edits: readonly TextEdit[]): readonly TextEdit[] {
  return [...edits].sort((one, other) => one.start - other.start || one.end - other.end);
}

/** The text with all edits made; the very same text when there are none. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  if (edits.length === 0) return text;
  const pieces: string[] = [];
  let at = 0;
  for (const edit of sortEdits(edits)) {
    pieces.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  pieces.push(text.slice(at));
  return pieces.join('');
}

/**
 * Takes edits of the text that a JSON string holds to the text that holds the string. Only what is inserted is
 * escaped anew.
 * @param quote where the string's opening quote is in `outer`
 */
export function liftEdits(outer: string, quote: number, edits: readonly TextEdit[]): readonly TextEdit[] {
  let at = quote + 1;
  let unit = 0;
  const outerPositionOf = (innerPosition: number): number => {
    for (; unit < innerPosition; unit++) {
      if (outer.charCodeAt(at) !== 0x5c) at++;
      else at += outer.charAt(at + 1) === 'u' ? 6 : 2;
    }
    return at;
  };
  return sortEdits(edits).map((edit) => ({
    start: outerPositionOf(edit.start),
    end: outerPositionOf(edit.end),
    text: JSON.stringify(edit.text).slice(1, -1),
  }));
}

/**
 * Cuts entries out of an array or object, each with one comma, and appends others; what lies around and between the
 * ones that stay keeps its bytes.
 */
export function editList(
  list: ListIndex<Span>,
  isRemoved: (index: number) => boolean,
  appended: readonly string[],
): readonly TextEdit[] {
  const edits: TextEdit[] = [];
  const { entries } = list;
  let firstKept = 0;
  while (firstKept < entries.length && isRemoved(firstKept)) firstKept++;
  const first = entries[0];
  const last = entries.at(-1);
  if (first !== undefined && last !== undefined && firstKept > 0) {
    edits.push({ start: first.start, end: entries[firstKept]?.start ?? last.end, text: '' });
  }
  for (let index = firstKept + 1; index < entries.length; index++) {
    const [before, entry] = [entries[index - 1], entries[index]];
    if (before !== undefined && entry !== undefined && isRemoved(index)) {
      edits.push({ start: before.end, end: entry.end, text: '' });
    }
  }
  if (appended.length > 0) {
    const at = last?.end ?? list.open + 1;
    const joint = firstKept < entries.length ? ',' : '';
    edits.push({ start: at, end: at, text: joint + appended.join(',') });
  }
  return edits;
}
