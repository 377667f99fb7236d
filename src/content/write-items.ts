import type { AddedItem, Decisions, ItemEdit, NotCarriedOver } from './decide-changes.ts';
import { indexArray, indexObject, type ListIndex, type Member, type Span, skipValue } from './json-text.ts';
import { editInnermost, type Level, visitTarget } from './locate.ts';
import type { OneKeyContent } from './read-collection.ts';
import { type FoundItem, isJsonObject } from './recognise.ts';
import { editList, type TextEdit } from './text-edit.ts';

/** The text after the changes, and those that found no place in it. */
export interface WrittenText {
  readonly text: string;
  readonly notCarriedOver: readonly NotCarriedOver[];
}

interface Plan {
  readonly edits: readonly TextEdit[];
  readonly notCarriedOver: readonly NotCarriedOver[];
}

/** Carries decisions into the one raw value that holds a collection. What they do not concern keeps its bytes. */
export function writeIntoOneKey(content: OneKeyContent, decisions: Decisions): WrittenText {
  const { levels, value } = content.located;
  const level = levels.at(-1) ?? levels[0];
  if (decisions.edited.length + decisions.removed.length + decisions.added.length === 0) {
    return { text: levels[0].text, notCarriedOver: [] };
  }
  const { shape, items } = content.found;
  const plan =
    shape === 'array'
      ? planArray(level.text, listAt(level, '[', indexArray), decisions)
      : shape === 'map'
        ? planMap(level.text, listAt(level, '{', indexObject), items, decisions)
        : planEntities(level.text, listAt(level, '{', indexObject), idsIn(value), items, decisions);
  return { text: editInnermost(levels, plan.edits), notCarriedOver: plan.notCarriedOver };
}

/** The index of the list to which a level's segments lead, made while they are followed. */
function listAt<Entry extends Span>(
  level: Level,
  bracket: '[' | '{',
  index: (text: string, open: number) => ListIndex<Entry>,
): ListIndex<Entry> {
  let list: ListIndex<Entry> = { open: 0, end: 0, entries: [] };
  visitTarget(level, (start) => {
    if (level.text.charAt(start) !== bracket) return skipValue(level.text, start);
    list = index(level.text, start);
    return list.end;
  });
  return list;
}

/** The edits that give an item's properties their new values, in the item's own text. */
export function editProperties(text: string, open: number, properties: ItemEdit['properties']): readonly TextEdit[] {
  const list = indexObject(text, open);
  const lastOf = new Map(list.entries.map((member) => [member.name, member]));
  const edits: TextEdit[] = [];
  const appended: string[] = [];
  for (const [name, json] of properties) {
    const member = lastOf.get(name);
    if (json === null) continue;
    if (member === undefined) appended.push(`${JSON.stringify(name)}:${json}`);
    else edits.push({ start: member.valueStart, end: member.end, text: json });
  }
  // Of a name that is there twice every member goes, or the earlier one would come to light.
  const isRemoved = (index: number): boolean => properties.get(list.entries[index]?.name ?? '') === null;
  return [...edits, ...editList(list, isRemoved, appended)];
}

function planArray(text: string, list: ListIndex<Span>, decisions: Decisions): Plan {
  const removed = new Set(decisions.removed.map((item) => item.position));
  const edits = decisions.edited.flatMap(({ item, properties }) => {
    const span = list.entries[Number(item.position)];
    return span === undefined ? [] : editProperties(text, span.start, properties);
  });
  const appended = decisions.added.map((item) => JSON.stringify(item.value));
  return { edits: [...edits, ...editList(list, (index) => removed.has(index), appended)], notCarriedOver: [] };
}

function planMap(text: string, list: ListIndex<Member>, items: readonly FoundItem[], decisions: Decisions): Plan {
  const removed = new Set(decisions.removed.map((item) => item.position));
  const lastOf = new Map(list.entries.map((member) => [member.name, member]));
  const edits = decisions.edited.flatMap(({ item, properties }) => {
    const member = lastOf.get(String(item.position));
    return member === undefined ? [] : editProperties(text, member.valueStart, properties);
  });
  const { named, notCarriedOver } = nameAdded(items, decisions.added);
  const appended = named.map(({ name, json }) => `${JSON.stringify(name)}:${json}`);
  const isRemoved = (index: number): boolean => removed.has(list.entries[index]?.name ?? '');
  return { edits: [...edits, ...editList(list, isRemoved, appended)], notCarriedOver };
}

function planEntities(
  text: string,
  { open, entries: members }: ListIndex<Member>,
  ids: readonly unknown[],
  items: readonly FoundItem[],
  decisions: Decisions,
): Plan {
  const entities = members.findLast((member) => member.name === 'entities')?.valueStart ?? open;
  const idList = members.findLast((member) => member.name === 'ids')?.valueStart ?? open;
  const map = planMap(text, indexObject(text, entities), items, decisions);
  const { named } = nameAdded(items, decisions.added);
  const removed = new Set(decisions.removed.map((item) => item.position));
  const isRemoved = (index: number): boolean => {
    const id = ids[index];
    return (typeof id === 'string' || typeof id === 'number') && removed.has(String(id));
  };
  const appended = named.map(({ id }) => JSON.stringify(id));
  return { ...map, edits: [...map.edits, ...editList(indexArray(text, idList), isRemoved, appended)] };
}

function idsIn(value: unknown): readonly unknown[] {
  return isJsonObject(value) && Array.isArray(value.ids) ? value.ids : [];
}

interface NamedItem {
  readonly name: string;
  readonly id: string | number;
  readonly json: string;
}

/** Names for the items that are added to a map: their ids, provided that the map's names are made that way. */
function nameAdded(
  items: readonly FoundItem[],
  added: readonly AddedItem[],
): { readonly named: readonly NamedItem[]; readonly notCarriedOver: readonly NotCarriedOver[] } {
  const named: NamedItem[] = [];
  const notCarriedOver: NotCarriedOver[] = [];
  const taken = new Set(items.map((item) => item.position));
  const isNamedById = items.every((item) => item.idValues.length === 1 && String(item.idValues[0]) === item.position);
  const idIsOnlyTheName = items.length > 0 && items.every((item) => item.idIn === 'key');
  for (const item of added) {
    const [id, ...others] = item.idValues;
    if (id === undefined || others.length > 0 || !isNamedById) {
      notCarriedOver.push({ key: item.key, reason: 'the names in the map of items are not made from the id' });
    } else if (taken.has(String(id))) {
      notCarriedOver.push({ key: item.key, reason: 'its name in the map of items is taken' });
    } else {
      taken.add(String(id));
      named.push({ name: String(id), id, json: JSON.stringify(idIsOnlyTheName ? item.valueWithoutId : item.value) });
    }
  }
  return { named, notCarriedOver };
}
