import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { postgresDatabase } from '../src/adapters/postgres/index.ts';
import type { DatabasePort, Fence, Row } from '../src/ports/database.ts';
import { endPool } from '../test/support/servers/end-pool.ts';
import { createDatabase, type PostgresServer, startPostgres } from '../test/support/servers/postgres.ts';

const tasks = pgTable('tasks', {
  id: text('id').primaryKey(),
  title: text('title').notNull(),
  status: text('status').notNull(),
  priority: integer('priority').notNull(),
  createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull(),
  messages: jsonb('messages').notNull(),
});

const CREATE_TASKS = `create table tasks (id text primary key, title text not null, status text not null,
  priority integer not null, created_at timestamptz not null, messages jsonb not null)`;

const MIGRATION = 'bench';
const BATCH = 5000;
const SENTENCE = 'the build of a branch fails on main when tests are run twice in one environment after a merge';

// By the number alone, so that a million of them need not be there at the same time.
const taskOf = (index: number): Row => ({
  id: `task-${index.toString(36).padStart(6, '0')}`,
  title: SENTENCE.slice(index % 40, 40 + (index % 50)),
  status: index % 2 === 0 ? 'open' : 'done',
  priority: index % 5,
  createdAt: new Date(1_700_000_000_000 + index * 60_000).toISOString(),
  messages: Array.from({ length: 1 + (index % 4) }, (_, i) => ({
    from: i % 2 === 0 ? 'user' : 'assistant',
    text: `${SENTENCE.slice(0, 40 + ((index * 7 + i) % 50))} ${index}`,
    at: new Date(1_700_000_000_000 + index * 61_000).toISOString(),
  })),
});

/** The port on one database. */
export function portOn(pool: pg.Pool): DatabasePort {
  return postgresDatabase({ db: drizzle(pool), tables: { tasks }, scope: 'wholeTable' });
}

async function hold(port: DatabasePort, run: string): Promise<Fence> {
  const lease = await port.lease({ migration: MIGRATION, run, storage: 'bench', mode: 'takeOver' });
  if (lease.status !== 'granted') throw new Error('The lease was not granted.');
  return { migration: MIGRATION, run, token: lease.token };
}

/** A database in which so many rows have been migrated; what is measured works on copies of it. */
async function createTemplate(server: PostgresServer, name: string, count: number): Promise<void> {
  const pool = new pg.Pool(await createDatabase(server, name));
  await pool.query(CREATE_TASKS);
  const port = portOn(pool);
  const fence = await hold(port, 'in');
  await port.begin(fence);
  for (let first = 0; first < count; first += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, count - first) }, (_, i) => taskOf(first + i));
    const { rejected } = await port.copy(fence, { step: `copy:${first}`, collection: 'tasks', rows });
    if (rejected.length > 0) throw new Error(`${rejected.length} rows were rejected: ${rejected[0]?.reason}`);
  }
  await port.digest(fence);
  await port.release(fence);
  await pool.query('vacuum analyze');
  await endPool(pool);
}

/** A Postgres with copies of a database in which rows have been migrated. */
export interface PostgresWorld {
  /** A copy of its own, everything on disk. */
  copy(count: number, drift: 'none' | 'onePercent'): Promise<pg.ClientConfig>;
  drop(database: pg.ClientConfig): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it. */
export async function postgresWorld(): Promise<PostgresWorld> {
  const server = await startPostgres('full');
  const admin = new pg.Pool({ ...server.connection, max: 1 });
  const templates = new Set<string>();
  let copies = 0;
  return {
    async copy(count, drift) {
      const template = `template_${count}`;
      if (!templates.has(template)) await createTemplate(server, template, count);
      templates.add(template);
      copies += 1;
      const name = `copy_${copies}`;
      await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`);
      const database = { ...server.connection, database: name };
      if (drift === 'onePercent') {
        const client = new pg.Client(database);
        await client.connect();
        await client.query(`update tasks set title = title || '!' where abs(hashtext(id)) % 100 = 0`);
        await client.query('vacuum analyze tasks');
        await client.end();
      }
      await admin.query('CHECKPOINT');
      return database;
    },
    drop: async ({ database }) => void (await admin.query(`DROP DATABASE ${database}`)),
    async stop() {
      await endPool(admin);
      await server.stop();
    },
  };
}

/** The rollback at the database port alone: takes the lease, clears, and gives the lease back. */
export async function rollbackAtPort(port: DatabasePort, drift: 'none' | 'any'): Promise<void> {
  const fence = await hold(port, 'out');
  const outcome = await port.clear(fence, { undoes: 'in', drift });
  if (outcome.status !== 'cleared') throw new Error(`The clear ended ${outcome.status}.`);
  const isDrift = outcome.drift.changed > 0;
  if (isDrift !== (drift === 'any')) throw new Error(`${outcome.drift.changed} rows had changed.`);
  await port.release(fence);
}

/** What somebody would write by hand: the rows moved in one statement. */
export async function moveByHand(pool: pg.Pool): Promise<void> {
  const db = drizzle(pool);
  await db.transaction(async (tx) => {
    await tx.execute(sql`create table tasks_archive (like tasks)`);
    await tx.execute(sql`with moved as (delete from tasks returning *) insert into tasks_archive select * from moved`);
  });
}
