import { drizzle } from 'drizzle-orm/sql-js';
import { describe, expect, it } from 'vitest';
import { makeTasks, storeText } from '../../bench/data.ts';
import { tasks } from '../../bench/schema.ts';
import { emptyDatabase, KEY, migration } from '../../bench/world.ts';
import { sqlJsDatabase } from '../../src/adapters/sqljs/index.ts';
import { createBackpedal, type DatabasePort } from '../../src/index.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { memoryStorage, memoryVault } from '../../src/testing/index.ts';

interface Pieces {
  readonly copied: number[];
  readonly compared: number[];
  breaths: number;
}

/** Notes how many rows there are in each piece of work. */
function measured(database: DatabasePort, { copied, compared }: Pieces): DatabasePort {
  return {
    ...database,
    copy(fence, batch) {
      copied.push(batch.rows.length);
      return database.copy(fence, batch);
    },
    compare(run, collection, rows) {
      compared.push(rows.length);
      return database.compare(run, collection, rows);
    },
  };
}

async function migrateAndBack(count: number, thread: 'shared' | 'own'): Promise<Pieces> {
  const pieces: Pieces = { copied: [], compared: [], breaths: 0 };
  const text = storeText(makeTasks(count));
  const storage = memoryStorage({ entries: { [KEY]: text }, capacity: Number.POSITIVE_INFINITY });
  const database = sqlJsDatabase({ db: drizzle(await emptyDatabase()), tables: { tasks }, scope: 'wholeTable' });
  const breathe = async (): Promise<void> => {
    pieces.breaths += 1;
  };
  const client = createBackpedal({
    migration,
    storage,
    database: measured(database, pieces),
    vault: memoryVault(),
    clock: thread === 'shared' ? { ...systemClock, breathe } : systemClock,
  });
  expect((await client.migrate()).outcome).toBe('migrated');
  expect((await client.rollback({ reason: 'USER_REQUEST' })).outcome).toBe('rolledBack');
  expect(storage.getItem(KEY)).toBe(text);
  await client.close();
  return pieces;
}

describe('long work', () => {
  it('MT1 is done in small pieces, with turns for people between them, where one thread does both', async () => {
    const { copied, compared, breaths } = await migrateAndBack(3000, 'shared');
    expect(copied).toEqual(Array.from({ length: 6 }, () => 500));
    expect(compared).toEqual(Array.from({ length: 6 }, () => 500));
    expect(breaths).toBeGreaterThan(copied.length + compared.length);
  });

  it('MT1 is done in few large pieces where nobody else waits for the thread', async () => {
    const { copied, compared, breaths } = await migrateAndBack(3000, 'own');
    expect([copied, compared, breaths]).toEqual([[750, 750, 750, 750], [3000], 0]);
  });

  it('MT2 a page is told from other places by the platform’s own clock: in Node nothing is divided', () => {
    expect(systemClock.breathe).toBeUndefined();
  });
});
