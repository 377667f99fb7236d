import { StorageError } from '../../errors.ts';
import { jsonFaultAt } from './json-fault.ts';
import { elementsOf, kindAt, type Member, membersOf, placeOf, type Span, textIn, valueAt } from './json-spans.ts';

/** A file with the content of a storage, and how to write it anew. */
export interface StorageDump {
  /** The origin that the file names, or `null` for a plain object of key and value. */
  readonly origin: string | null;
  readonly entries: ReadonlyMap<string, string>;
  /** The file's text with these keys set (or removed, for `null`) and everything else as it was written. */
  edited(changes: ReadonlyMap<string, string | null>): string;
}

interface Slot extends Span {
  readonly key: string;
  readonly value: Span;
}

interface Layout {
  readonly origin: string | null;
  readonly container: Span;
  readonly slots: readonly Slot[];
  render(key: string, value: string): string;
}

/** A file's text, and its name for messages. */
interface Source {
  readonly text: string;
  readonly path: string;
}

const named = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);

const refused = ({ text, path }: Source, at: number, what: string): StorageError =>
  new StorageError('STORAGE_FORMAT', `${path}, ${placeOf(text, at)}: ${what}. Nothing was written.`, {
    details: { path, place: placeOf(text, at) },
  });

function requireJson(source: Source): void {
  try {
    JSON.parse(source.text);
  } catch {
    // What the parser says quotes the text, hence users' values: it is not passed on.
    throw refused(source, jsonFaultAt(source.text), 'this is not JSON, or the file is cut off here');
  }
}

const requireKind = (source: Source, span: Span, wanted: ReturnType<typeof kindAt>, what: string): Span => {
  const kind = kindAt(source.text, span);
  if (kind !== wanted) throw refused(source, span.start, `${what} has to be ${wanted}, and is ${kind}`);
  return span;
};

const memberOf = (source: Source, object: Span, key: string, wanted: ReturnType<typeof kindAt>): Member => {
  const [member, second] = membersOf(source.text, object).filter((candidate) => candidate.key === key);
  if (member === undefined) throw refused(source, object.start, `${named(key)} is missing`);
  if (second !== undefined) throw refused(source, second.start, `${named(key)} is there twice`);
  requireKind(source, member.value, wanted, named(key));
  return member;
};

function plainLayout(source: Source, container: Span, members: readonly Member[]): Layout {
  for (const { key, value } of members) requireKind(source, value, 'a string', `the value of the key ${named(key)}`);
  const first = members[0];
  const keyEnd = first === undefined ? 0 : valueAt(source.text, first.start).end;
  const colon = first === undefined ? ':' : source.text.slice(keyEnd, first.value.start);
  return {
    origin: null,
    container,
    slots: members,
    render: (key, value) => `${JSON.stringify(key)}${colon}${JSON.stringify(value)}`,
  };
}

const choices = (origins: readonly string[]): string => (origins.length === 0 ? 'none' : origins.join(', '));

function chosenOrigin(source: Source, list: Span, wanted: string | undefined): { origin: string; entry: Span } {
  const entries = elementsOf(source.text, list).map((element) => {
    const entry = requireKind(source, element, 'an object', 'an entry of "origins"');
    return { origin: textIn(source.text, memberOf(source, entry, 'origin', 'a string').value), entry };
  });
  const there = choices(entries.map((entry) => entry.origin));
  const [chosen, second] = wanted === undefined ? entries : entries.filter((entry) => entry.origin === wanted);
  if (chosen === undefined) {
    const what = wanted === undefined ? 'the file holds no origin' : `the origin ${wanted} is not in the file`;
    throw refused(source, list.start, `${what} (there: ${there})`);
  }
  if (second !== undefined) {
    const what = wanted === undefined ? 'the file holds several origins, choose one by `origin`' : 'it is there twice';
    throw refused(source, second.entry.start, `${what} (there: ${there})`);
  }
  return chosen;
}

/** `{ cookies, origins: [{ origin, localStorage: [{ name, value }] }] }`, as browser test runners write it. */
function storageStateLayout(source: Source, list: Span, wanted: string | undefined): Layout {
  const { origin, entry } = chosenOrigin(source, list, wanted);
  const container = memberOf(source, entry, 'localStorage', 'an array').value;
  const slots = elementsOf(source.text, container).map((element): Slot => {
    requireKind(source, element, 'an object', 'an entry of "localStorage"');
    const name = memberOf(source, element, 'name', 'a string').value;
    return { ...element, key: textIn(source.text, name), value: memberOf(source, element, 'value', 'a string').value };
  });
  return { origin, container, slots, render: (name, value) => JSON.stringify({ name, value }) };
}

function layoutOf(source: Source, wanted: string | undefined): Layout {
  const root = requireKind(source, valueAt(source.text, 0), 'an object', 'the content of the file');
  const members = membersOf(source.text, root);
  const origins = members.find(
    (member) => member.key === 'origins' && kindAt(source.text, member.value) === 'an array',
  );
  if (origins === undefined) return plainLayout(source, root, members);
  return storageStateLayout(source, memberOf(source, root, 'origins', 'an array').value, wanted);
}

/** Puts the container together again: what is unchanged keeps its text, and the text between it and what precedes it. */
function edit(
  { text }: Source,
  { container, slots, render }: Layout,
  changes: ReadonlyMap<string, string | null>,
): string {
  const first = slots[0];
  const last = slots.at(-1);
  const head = text.slice(container.start + 1, first?.start ?? container.end - 1);
  const tail = text.slice(last?.end ?? container.start + 1, container.end - 1);
  const separator = slots[1] === undefined ? `,${head}` : text.slice(first?.end, slots[1].start);
  let items = '';
  const append = (gap: string, item: string): void => {
    items += items === '' ? item : gap + item;
  };
  for (const [index, slot] of slots.entries()) {
    const value = changes.get(slot.key);
    if (value === null) continue;
    const gap = text.slice(slots[index - 1]?.end ?? slot.start, slot.start);
    const kept = text.slice(slot.value.start, slot.value.end);
    const written = value === undefined ? kept : JSON.stringify(value);
    append(gap, text.slice(slot.start, slot.value.start) + written + text.slice(slot.value.end, slot.end));
  }
  const there = new Set(slots.map((slot) => slot.key));
  for (const [key, value] of changes) if (value !== null && !there.has(key)) append(separator, render(key, value));
  const content = items === '' ? '' : `${head}${items}${slots.length === 0 ? '' : tail}`;
  return text.slice(0, container.start + 1) + content + text.slice(container.end - 1);
}

/**
 * Reads the text of a file: a plain JSON object of key and string value, or a `storageState`, of which `origin`
 * chooses one.
 * @throws StorageError `STORAGE_FORMAT` with the place
 */
export function parseStorageDump(text: string, path: string, origin: string | undefined): StorageDump {
  const mark = text.startsWith('\ufeff') ? '\ufeff' : '';
  const source = { text: text.slice(mark.length), path };
  requireJson(source);
  const layout = layoutOf(source, origin);
  const entries = new Map<string, string>();
  for (const { key, start, value } of layout.slots) {
    if (entries.has(key)) throw refused(source, start, `the key ${named(key)} is there twice`);
    entries.set(key, textIn(source.text, value));
  }
  return { origin: layout.origin, entries, edited: (changes) => mark + edit(source, layout, changes) };
}
