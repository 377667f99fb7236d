import { drizzle } from 'drizzle-orm/node-postgres';
import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresDatabase } from '../../src/adapters/postgres/index.ts';
import { defineMigration } from '../../src/index.ts';
import type { Row } from '../../src/ports/database.ts';
import {
  type ChartPath,
  createPathRunner,
  memoryCache,
  memoryLock,
  memoryStorage,
  memoryVault,
  type PathStep,
  type PathWorld,
  rollbackModel,
} from '../../src/testing/index.ts';
import { stateName } from '../../src/testing/paths/chart-path.ts';
import { beginning, movesFrom, take } from '../../src/testing/paths/walk-chart.ts';
import { endPool } from '../support/servers/end-pool.ts';
import { type PostgresServer, postgresMissing, startPostgres } from '../support/servers/postgres.ts';

/** The path of the rollback that these moves make. */
function pathOf(moves: readonly string[]): ChartPath {
  let snapshot = beginning(rollbackModel);
  const start = stateName(snapshot.value);
  const steps = moves.map((name): PathStep => {
    const move = movesFrom(rollbackModel, snapshot).find((each) => each.name === name);
    const taken = move === undefined ? null : take(rollbackModel, snapshot, move);
    if (taken === null) throw new Error(`In ${stateName(snapshot.value)} there is no ${name}.`);
    snapshot = taken.snapshot;
    return taken.step;
  });
  if (snapshot.status !== 'done') throw new Error(`The path does not end in ${stateName(snapshot.value)}.`);
  return { chart: rollbackModel.id, start, steps };
}

const LOCKED = ['LEASED', 'STOPPED', 'LOADED'];
const TO_CLEAR = ['INSPECTED decided', ...LOCKED];
const WITH_DRIFT = ['INSPECTED undecided', 'DECIDE as seen', ...LOCKED];
const TO_END = ['RESTORED', 'VERIFIED', 'CLEANED', 'ANNOUNCED'];
const FORWARDS = ['CLEARED', 'INVALIDATED', 'PREPARED', ...TO_END];

/** Some in which the database has something to say; what they have in common is in each of them. */
const PATHS: Readonly<Record<string, readonly string[]>> = {
  'rows are added after the decision about others, and it is decided anew': [
    ...[...WITH_DRIFT, 'DRIFTED', 'STOOD_DOWN', 'DECIDE as seen', ...LOCKED],
    ...FORWARDS,
  ],
  'nobody knows whether it was cleared, and it was': [...TO_CLEAR, 'OUTCOME_UNKNOWN', ...FORWARDS],
  'the lease is taken away before it is cleared': [...TO_CLEAR, 'OWNERSHIP_LOST', 'NOT_CLEARED', ...FORWARDS],
  'the process dies while it is cleared': [...TO_CLEAR, 'RESUMED', ...FORWARDS],
  'it is cancelled in the burst': [
    ...[...TO_CLEAR, 'CLEARED', 'INVALIDATED', 'PREPARED', 'CANCEL', 'UNDONE', 'UNDONE'],
    ...['RELEASED', 'ANNOUNCED'],
  ],
  'the lease is taken away before it is verified': [
    ...[...TO_CLEAR, 'CLEARED', 'INVALIDATED', 'PREPARED', 'RESTORED', 'OWNERSHIP_LOST', 'LEASED', 'PREPARED'],
    ...TO_END,
  ],
  'what was cleared cannot be put back': [
    ...[...TO_CLEAR, 'CLEARED', 'CANCEL', 'FAILED permanent'],
    ...['LOCKED_DOWN', 'ANNOUNCED', 'UNLOCK'],
  ],
};

const tasks = pgTable('tasks', { id: text('id').primaryKey(), title: text('title'), rank: integer('rank') });
const EMPTY = 'DROP SCHEMA IF EXISTS backpedal CASCADE; TRUNCATE tasks';

const CONTENT: readonly (readonly [string, string])[] = [
  ['task-store', '{"state":{"tasks":[{"id":"a","title":"A \\u0026 B","rank":1.0}, {"id":"b","title":"z\\/w"}]},"v":3}'],
  ['draft:1', 'half a sentence \ud800'],
  ['session-token', 'foreign'],
];

const missing = postgresMissing === null ? '' : `: ${postgresMissing}`;

describe.skipIf(postgresMissing !== null)(`paths of a rollback on Postgres${missing}`, () => {
  let server: PostgresServer;
  let pool: pg.Pool;
  beforeAll(async () => {
    server = await startPostgres();
    pool = new pg.Pool({ ...server.connection, max: 6 });
    await pool.query('CREATE TABLE tasks (id text PRIMARY KEY, title text, rank int)');
  });
  afterAll(async () => {
    await endPool(pool);
    await server.stop();
  });

  async function createWorld(): Promise<PathWorld> {
    await pool.query(EMPTY);
    const db = drizzle(pool);
    const migration = defineMigration({
      id: 'paths',
      collections: { tasks: { storageKey: 'task-store', path: 'state.tasks', cachePatterns: ['task:{id}'] } },
      formData: ['draft:*'],
      triggers: { timeout: 60_000 },
    });
    const storage = memoryStorage({ entries: CONTENT, capacity: 20_000 });
    const vault = memoryVault();
    const lock = memoryLock();
    const cache = memoryCache({ entries: { 'task:a': 'old', 'user:1': 'foreign' } });
    let added = 0;
    return {
      migration,
      open: (death) => ({
        storage,
        vault,
        cache,
        lock: lock.open(death),
        database: postgresDatabase({ db, tables: { tasks }, scope: 'wholeTable', timeouts: { takeOver: 100 } }),
      }),
      people: {
        addRow: async () => {
          added += 1;
          const row = { id: `new-${added}`, title: 'added', rank: added };
          await db.insert(tasks).values(row);
          return row;
        },
        changeRow: async () => void (await pool.query(`UPDATE tasks SET title = 'changed' WHERE id = 'a'`)),
        rows: async () => (await db.select().from(tasks)) as Row[],
        stealLock: () => void lock.steal(`backpedal:${migration.id}`).release(),
      },
    };
  }

  it.each(Object.entries(PATHS))('PG22 %s', async (_, moves) => {
    const runner = createPathRunner({ createWorld, patience: 200_000 });
    expect((await runner.run(pathOf(moves))).failures).toEqual([]);
  });
});
