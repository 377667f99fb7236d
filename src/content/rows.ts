import type { Collection, Item } from '../definition/types.ts';
import { InputError } from '../errors.ts';
import type { CollectionTable, Row, RowKey } from '../ports/database.ts';

/**
 * The row for an item: what the collection's `toRow` makes of it, or else the properties that have a column of the
 * same name. A single primary key column gets the id when the table has no column named like the single id field.
 * @param item as `readCollection` gives it
 * @throws InputError `INPUT_ARGUMENT` when the app's `toRow` throws or returns no object
 */
export function toRow(collection: Collection, item: Item, table: CollectionTable): Row {
  return rowMaker(collection, table)(item);
}

/** What makes the rows of many items, each as `toRow` does. */
export function rowMaker(collection: Collection, table: CollectionTable): (item: Item) => Row {
  const mapping = collection.toRow;
  if (mapping !== null) return (item) => callMapping(collection, 'toRow', mapping, item);
  const columns = table.columns.map((column) => ({ column, property: propertyOf(collection, table, column) }));
  return (item) => {
    const row: Record<string, unknown> = {};
    for (const { column, property } of columns) {
      if (Object.hasOwn(item, property) && item[property] !== undefined) put(row, column, item[property]);
    }
    return row;
  };
}

/**
 * The item for a row: what the collection's `fromRow` makes of it, or else the inverse of the default of `toRow`.
 * @throws InputError `INPUT_ARGUMENT` when the app's `fromRow` throws or returns no object
 */
export function fromRow(collection: Collection, row: Row, table: CollectionTable): Item {
  if (collection.fromRow !== null) return callMapping(collection, 'fromRow', collection.fromRow, row);
  const item: Record<string, unknown> = {};
  for (const column of table.columns) {
    if (!Object.hasOwn(row, column) || row[column] === undefined) continue;
    put(item, propertyOf(collection, table, column), row[column]);
  }
  return item;
}

/** Gives a record a property of its own, whatever its name: `__proto__` cannot be assigned to. */
function put(record: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') record[name] = value;
  else Object.defineProperty(record, name, { value, writable: true, enumerable: true, configurable: true });
}

/** Which row it is. A bigint counts as the number of the same value, a column that is not there as null. */
export function rowKey(row: Row, idColumns: readonly string[]): RowKey {
  const parts = idColumns.map((column) => {
    const value = Object.hasOwn(row, column) ? row[column] : undefined;
    return typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? 'null');
  });
  return `[${parts.join(',')}]`;
}

/**
 * What gives the key of the row that an item gives; by default without making the whole row.
 * @returns a function that throws InputError as `toRow`
 */
export function itemRowKeys(collection: Collection, table: CollectionTable): (item: Item) => RowKey {
  if (collection.toRow !== null) return (item) => rowKey(toRow(collection, item, table), table.idColumns);
  const properties = table.idColumns.map((column) => propertyOf(collection, table, column));
  return (item) => rowKey(item, properties);
}

/** Whether the key of an item's row is the very text of the item's id: its columns hold the same properties. */
export function isKeyedById(collection: Collection, table: CollectionTable): boolean {
  const { toRow: mapping, idFields } = collection;
  if (mapping !== null || table.idColumns.length !== idFields.length) return false;
  return table.idColumns.every((column, index) => propertyOf(collection, table, column) === idFields[index]);
}

/** Which property of an item a column holds when the collection does not say so itself. */
function propertyOf(collection: Collection, table: CollectionTable, column: string): string {
  const [idField = '', ...otherFields] = collection.idFields;
  if (otherFields.length > 0 || table.idColumns.length > 1 || column !== table.idColumns[0]) return column;
  return table.columns.includes(idField) ? column : idField;
}

function callMapping<Input>(
  collection: Collection,
  name: 'toRow' | 'fromRow',
  mapping: (input: Input) => unknown,
  input: Input,
): Readonly<Record<string, unknown>> {
  const problem = (what: string, options: { readonly cause?: unknown }): InputError =>
    new InputError('INPUT_ARGUMENT', `${name} of the collection ${collection.name} ${what}; see its code.`, {
      ...options,
      details: { collection: collection.name, mapping: name },
    });
  let output: unknown;
  try {
    output = mapping(input);
  } catch (thrown) {
    throw problem('threw', { cause: thrown });
  }
  if (typeof output === 'object' && output !== null && !Array.isArray(output)) {
    return output as Readonly<Record<string, unknown>>;
  }
  throw problem('returned no object', {});
}
