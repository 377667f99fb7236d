import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/sql-js';
import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import initSqlJs from 'sql.js';
import { sqlJsDatabase } from '../../src/adapters/sqljs/index.ts';
import type { DatabasePort, Fence, Row } from '../../src/ports/database.ts';
import { remoteDatabase } from '../../src/remote/index.ts';
import { createDatabaseHandler, type DatabaseHandlerOptions } from '../../src/server/index.ts';
import { directFetch, noPause } from './direct-fetch.ts';

const SQL = await initSqlJs();

const tasks = sqliteTable('tasks', {
  id: text('id').primaryKey(),
  owner: text('owner').notNull(),
  title: text('title'),
  price: text('price'),
});

const DDL = `
CREATE TABLE tasks (id TEXT PRIMARY KEY NOT NULL, owner TEXT NOT NULL, title TEXT, price TEXT);
CREATE TABLE users (id TEXT PRIMARY KEY NOT NULL, password TEXT);
INSERT INTO users VALUES ('alice', 'secret a'), ('bob', 'secret b');
INSERT INTO tasks VALUES ('before', 'bob', 'was there before', NULL);
`;

export const MIGRATION = 'tasks-to-database';

/** A person who is logged in: the session says it, as a cookie would. */
export type Person = 'alice' | 'bob';

type Options = DatabaseHandlerOptions<{ readonly id: Person }>;

/** Two people's rows in the same table, and a handler that knows them by their session. */
export interface TwoTenants {
  readonly handler: (request: Request) => Promise<Response>;
  /** What the person's browser has. */
  browser(person: Person): DatabasePort;
  /** The whole database, our own tables included, as text. */
  dump(): string;
  rows(person: Person): readonly Row[];
  /** What people do in the app: a statement. */
  change(statement: string): void;
  /** What the person's runs left: whatever of the database names them, and the lease. */
  ofPerson(person: Person): Promise<unknown>;
  readonly warnings: unknown[];
  now: number;
}

const people: readonly Person[] = ['alice', 'bob'];

const authenticate = (request: Request): { readonly id: Person } | null => {
  const id = people.find((person) => request.headers.get('authorization') === `Session ${person}`);
  return id === undefined ? null : { id };
};

/** `more` replaces what the handler is told. */
export function twoTenants(more: Partial<Options> = {}): TwoTenants {
  const raw = new SQL.Database();
  raw.run(DDL);
  const db = drizzle(raw);
  const databaseFor = ({ id }: { readonly id: Person }): DatabasePort =>
    sqlJsDatabase({
      db,
      tables: { tasks },
      scope: { name: 'own rows', where: { tasks: eq(tasks.owner, id) } },
    });
  const warnings: unknown[] = [];
  const world = { now: 0 };
  const handler = createDatabaseHandler({
    authenticate,
    databaseFor,
    migration: { id: MIGRATION, collections: [{ name: 'tasks' }] },
    columns: { tasks: ['id', 'owner', 'title'] },
    logger: { warn: (message, details) => warnings.push({ message, ...details }) },
    now: () => world.now,
    ...more,
  } as Options);
  const browser = (person: Person): DatabasePort =>
    remoteDatabase({
      url: '/api/backpedal',
      scope: { name: 'own rows' },
      headers: { authorization: `Session ${person}` },
      fetch: directFetch(handler),
      clock: noPause,
    });
  const everything = (): Record<string, unknown> => {
    const names = raw.exec("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")[0]?.values ?? [];
    return Object.fromEntries(names.map(([name]) => [name, raw.exec(`SELECT * FROM "${name}"`)[0]?.values ?? []]));
  };
  return Object.assign(world, {
    handler,
    browser,
    dump: () => JSON.stringify(everything()),
    change: (statement: string) => void raw.run(statement),
    rows: (person: Person) => db.select().from(tasks).where(eq(tasks.owner, person)).all() as Row[],
    ofPerson: async (person: Person) => {
      const port = browser(person);
      const archives = await port.archives(MIGRATION);
      const query = { migration: MIGRATION, content: 'all', after: null, limit: 100 } as const;
      return {
        rows: db.select().from(tasks).where(eq(tasks.owner, person)).all(),
        ledger: await port.ledger(MIGRATION),
        archives,
        archived: await Promise.all(archives.map(({ run }) => port.archived({ ...query, run }))),
      };
    },
    warnings,
  });
}

/** A migration of two rows by a person's browser, rolled back to the archive if wanted; gives the last token. */
export async function migrateRows(
  world: TwoTenants,
  person: Person,
  end: 'migrated' | 'cleared' = 'migrated',
): Promise<Fence> {
  const port = world.browser(person);
  const hold = async (run: string): Promise<Fence> => {
    const lease = await port.lease({ migration: MIGRATION, run, storage: `of-${person}`, mode: 'takeOver' });
    return { migration: MIGRATION, run, token: lease.status === 'granted' ? lease.token : -1 };
  };
  const bringing = await hold(`${person}-in`);
  await port.begin(bringing);
  const row = (id: string): Row => ({ id: `${person}-${id}`, owner: person, title: `${person}’s ${id}` });
  await port.copy(bringing, { step: 'copy:0', collection: 'tasks', rows: [row('1'), row('2')] });
  await port.digest(bringing);
  if (end === 'migrated') return bringing;
  const clearing = await hold(`${person}-out`);
  await port.clear(clearing, { undoes: bringing.run, drift: 'any' });
  return clearing;
}
