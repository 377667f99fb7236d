import { isJsonObject } from './recognise.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** Property names that identify things often enough to be believed without being told. */
const ID_FIELDS: readonly string[] = ['id', '_id', 'ID', 'Id', 'uuid', 'guid', 'uid', 'key'];

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NUMBERED = /^[A-Za-z]*[-_:.]?[0-9]+$/;
// Neither a lone surrogate nor U+0000 comes back from a database's text as it went in.
const LOST_IN_DATABASES = /[\ud800-\udfff]|\0/u;

/** The values as objects, when there is at least one and all of them are. */
export function asObjects(values: readonly unknown[]): readonly JsonObject[] | null {
  return values.length > 0 && values.every(isJsonObject) ? (values as readonly JsonObject[]) : null;
}

/** The property that identifies each of these objects, or `null`: ids of one type, all different. */
export function idFieldOf(objects: readonly JsonObject[]): string | null {
  const identifies = (field: string): boolean => {
    const ids = objects.map((object) => usableId(object, field));
    const [first] = ids;
    return first !== null && ids.every((id) => typeof id === typeof first && id !== null) && allDiffer(ids);
  };
  return ID_FIELDS.find(identifies) ?? null;
}

/** The property by which each object says the name it has in a map, or `null`. */
export function idFieldOfMap(map: JsonObject): string | null {
  const names = Object.keys(map);
  const objects = asObjects(Object.values(map));
  if (objects === null) return null;
  const field = idFieldOf(objects);
  if (field === null) return null;
  return objects.every((object, index) => String(usableId(object, field)) === names[index]) ? field : null;
}

/** Whether the names of a map can only be ids: numbered or UUIDs, two at least, over objects that are alike. */
export function isNamedByIds(map: JsonObject): boolean {
  const names = Object.keys(map);
  const objects = asObjects(Object.values(map));
  if (objects === null || names.length < 2 || !names.every((name) => UUID.test(name) || NUMBERED.test(name))) {
    return false;
  }
  return lackIdField(objects) && haveCommonProperty(objects);
}

/** Whether none of the objects has the property that ids are given when they come from a map's names. */
export function lackIdField(objects: readonly JsonObject[]): boolean {
  return objects.every((object) => !Object.hasOwn(object, 'id'));
}

/** Whether all names of a map can be ids in a database. */
export function namesAreUsable(map: JsonObject): boolean {
  return Object.keys(map).every((name) => name !== '' && !LOST_IN_DATABASES.test(name));
}

/** The field and prefix that make up a key of an object with a key of its own: `note-7` for `{ "id": 7 }`. */
export function ownKeyPattern(
  key: string,
  object: JsonObject,
): { readonly prefix: string; readonly field: string; readonly idType: string } | null {
  for (const field of ID_FIELDS) {
    const id = usableId(object, field);
    if (id === null || !key.endsWith(String(id))) continue;
    const prefix = key.slice(0, key.length - String(id).length);
    if (/[-_:./|@#]$/.test(prefix)) return { prefix, field, idType: typeof id };
  }
  return null;
}

function usableId(object: JsonObject, field: string): string | number | null {
  const id = Object.hasOwn(object, field) ? object[field] : undefined;
  if (typeof id === 'number') return Number.isSafeInteger(id) ? id : null;
  return typeof id === 'string' && id !== '' && !LOST_IN_DATABASES.test(id) ? id : null;
}

function allDiffer(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length;
}

function haveCommonProperty(objects: readonly JsonObject[]): boolean {
  const [first = {}, ...others] = objects;
  return Object.keys(first).some((name) => others.every((object) => Object.hasOwn(object, name)));
}
