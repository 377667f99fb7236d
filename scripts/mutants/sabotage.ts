import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A planted bug: what a tired developer might have done, as one replacement in one file. */
export interface Sabotage {
  /** The name of its file, without the ending. */
  readonly name: string;
  /** What somebody might have thought who did this. */
  readonly story: string;
  /** Ids of the rules and invariants that it breaks. */
  readonly breaks: readonly string[];
  /** The file that is sabotaged, relative to the root. */
  readonly file: string;
  /** The exact text that is replaced; it has to be there once. */
  readonly before: string;
  readonly after: string;
  /** Test files that are run on the sabotaged copy, all in one go until one test fails. */
  readonly tests: readonly string[];
  /** Only tests whose title matches are run; null for all of the files. */
  readonly title: string | null;
  /** How many schedules of the simulator are played if no test fails; 0 for none. */
  readonly schedules: number;
  /** It has to be caught within this many seconds. */
  readonly seconds: number;
}

const FENCED = (name: string): RegExp => new RegExp(`^\`\`\`ts ${name}\\n((?:.*\\n)*?)\`\`\`$`, 'm');
const FIELDS = ['breaks', 'in', 'caught by', 'titles', 'schedules', 'seconds'];

function fieldsOf(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const [, field = '', value = ''] of text.matchAll(/^- ([a-z ]+): (.+)$/gm)) fields.set(field, value.trim());
  const unknown = [...fields.keys()].filter((field) => !FIELDS.includes(field));
  if (unknown.length > 0) throw new Error(`it says ${unknown.join(', ')}, which nobody knows`);
  return fields;
}

function numberOf(fields: ReadonlyMap<string, string>, field: string, fallback: number): number {
  const value = Number(fields.get(field) ?? fallback);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new Error(`its ${field} are no whole number`);
}

const listOf = (text: string | undefined): string[] => text?.split(/, */) ?? [];

function fenced(text: string, name: string): string {
  const found = FENCED(name).exec(text)?.[1];
  if (found === undefined) throw new Error(`it has no block "${name}"`);
  return found;
}

/**
 * Reads a sabotage from its Markdown: a heading, the story, a list of fields, and the blocks `before` and `after`.
 * @throws Error saying what is missing
 */
export function parseSabotage(name: string, text: string): Sabotage {
  const fields = fieldsOf(text);
  const story = /^# .+\n\n((?:(?!- ).+\n)+)/.exec(text)?.[1]?.trim().replaceAll('\n', ' ');
  const file = fields.get('in');
  if (story === undefined) throw new Error('it has no heading followed by a story');
  if (file === undefined) throw new Error('it does not say in which file it is');
  const sabotage = {
    name,
    story,
    breaks: listOf(fields.get('breaks')),
    file,
    before: fenced(text, 'before'),
    after: fenced(text, 'after'),
    tests: listOf(fields.get('caught by')),
    title: fields.get('titles') ?? null,
    schedules: numberOf(fields, 'schedules', 0),
    seconds: numberOf(fields, 'seconds', 0),
  };
  if (sabotage.tests.length === 0 && sabotage.schedules === 0) throw new Error('it says nothing that could catch it');
  if (sabotage.breaks.length === 0) throw new Error('it does not say which rule it breaks');
  if (sabotage.seconds === 0) throw new Error('it has no budget of seconds');
  return sabotage;
}

/**
 * All sabotages of a folder, in the order of their names.
 * @throws Error naming the file that cannot be understood
 */
export function readSabotages(folder: string): readonly Sabotage[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.md') && file !== 'README.md');
  return files.toSorted().map((file) => {
    try {
      return parseSabotage(file.slice(0, -'.md'.length), readFileSync(join(folder, file), 'utf8'));
    } catch (error) {
      throw new Error(`${join(folder, file)} cannot be understood: ${(error as Error).message}.`);
    }
  });
}

/**
 * The text of the sabotaged file.
 * @throws Error if what is to be replaced is not there, or more than once: then the list is out of date
 */
export function sabotaged(content: string, { file, before, after }: Sabotage): string {
  const places = content.split(before).length - 1;
  if (places === 1) return content.replace(before, () => after);
  throw new Error(`its text is ${places === 0 ? 'no longer' : `${places} times`} in ${file}`);
}
