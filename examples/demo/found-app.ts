/**
 * An app made from a dump of storage that nobody has described: the collections are found by looking, each gets a
 * table with its id and one JSON column for the rest, and everything else is form data.
 */
import { getTableName, max, sql } from 'drizzle-orm';
import type { SQLJsDatabase } from 'drizzle-orm/sql-js';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { type DiscoveredCollection, type Discovery, defineMigration, type Item } from '../../src/index.ts';
import type { DemoApp, Edit } from './demo-app.ts';

/** Whether the ids of a collection are numbers or strings. */
export type IdType = 'integer' | 'text';

/** What was found in a dump; plain data, so that another process can make the same app of it. */
export interface FoundStores extends Discovery {
  readonly idTypes: Readonly<Record<string, IdType>>;
}

const content = () => text('content', { mode: 'json' }).$type<Item>().notNull();

const integerTable = (name: string) => sqliteTable(name, { id: integer('id').primaryKey(), content: content() });
const textTable = (name: string) => sqliteTable(name, { id: text('id').primaryKey(), content: content() });

type FoundTable = ReturnType<typeof integerTable> | ReturnType<typeof textTable>;

interface FoundCollection extends DiscoveredCollection {
  readonly name: string;
  readonly idType: IdType;
  readonly table: FoundTable;
}

/** Item to row and back; both forget what JSON does not keep, `1e400` for one, so that they are exact inverses. */
function mappings(idField: string) {
  return {
    toRow: ({ [idField]: id, ...rest }: Item) => ({ id, content: JSON.parse(JSON.stringify(rest)) }),
    fromRow: (row: Readonly<Record<string, unknown>>): Item => ({ [idField]: row.id, ...(row.content as Item) }),
  };
}

function editRows(db: SQLJsDatabase, { name, table, idField }: FoundCollection): Edit[] {
  const edits: Edit[] = [];
  const [first, second] = db.select().from(table).orderBy(table.id).limit(2).all();
  if (first === undefined) return edits;
  const rowOf = (id: unknown) => sql`${table.id} = ${id}`;
  const count = first.content.editedInDatabase;
  const properties = { editedInDatabase: typeof count === 'number' ? count + 1 : 1 };
  db.update(table)
    .set({ content: { ...first.content, ...properties } })
    .where(rowOf(first.id))
    .run();
  edits.push({ collection: name, kind: 'changed', id: first.id, properties });

  const highest =
    db
      .select({ id: max(table.id) })
      .from(table)
      .get()?.id ?? 0;
  const id = typeof highest === 'number' ? highest + 1 : `${highest}-added`;
  if (typeof id === 'string' || Number.isSafeInteger(id)) {
    db.insert(table)
      .values({ id, content: first.content } as { id: never; content: Item })
      .run();
    edits.push({ collection: name, kind: 'added', id, item: { [idField]: id, ...first.content } });
  }
  if (second !== undefined) {
    db.delete(table).where(rowOf(second.id)).run();
    edits.push({ collection: name, kind: 'deleted', id: second.id });
  }
  return edits;
}

const createTable = ({ table, idType }: Pick<FoundCollection, 'table' | 'idType'>): string =>
  `CREATE TABLE IF NOT EXISTS "${getTableName(table)}" (id ${idType.toUpperCase()} PRIMARY KEY NOT NULL, content TEXT NOT NULL)`;

/** An app over what was found. */
export function foundApp(found: FoundStores): DemoApp {
  const collections = Object.entries(found.collections).map(([name, place]): FoundCollection => {
    const idType = found.idTypes[name] ?? 'text';
    return { ...place, name, idType, table: idType === 'integer' ? integerTable(name) : textTable(name) };
  });
  const definitions = collections.map(({ name, storageKey, path, idField }) => [
    name,
    { storageKey, path, idField, ...mappings(idField) },
  ]);
  return {
    migration: defineMigration({
      id: 'found-in-dump',
      collections: Object.fromEntries(definitions),
      formData: found.formData,
    }),
    tables: Object.fromEntries(collections.map(({ name, table }) => [name, table])),
    createTables: collections.map(createTable),
    work: (db) => collections.flatMap((collection) => editRows(db, collection)),
  };
}
