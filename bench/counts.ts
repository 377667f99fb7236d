import { drizzle } from 'drizzle-orm/sql-js';
import { sqlJsDatabase } from '../src/adapters/sqljs/index.ts';
import { createBackpedal, defineMigration } from '../src/index.ts';
import { memoryStorage, memoryVault, withFaults } from '../src/testing/index.ts';
import { makeTasks, storeText } from './data.ts';
import { tasks } from './schema.ts';
import { emptyDatabase, KEY } from './world.ts';

const WRITES: Readonly<Record<'vault' | 'storage' | 'database', readonly string[]>> = {
  vault: ['put', 'putIfAbsent', 'remove'],
  storage: ['write'],
  database: ['lease', 'release', 'record', 'begin', 'copy', 'digest', 'clear', 'undoClear', 'sweep', 'dropArchive'],
};

const migration = defineMigration({
  id: 'bench',
  collections: { tasks: { storageKey: KEY, path: 'state.tasks' } },
  formData: ['draft:*'],
});

/** What a rollback of 1,000 tasks and so many drafts costs in records and durable writes, counted at the ports. */
export interface Counts {
  readonly records: number;
  readonly writes: number;
  readonly largestRecord: number;
}

/** Counts one rollback without drift; the largest record is looked for in migration and rollback. */
export async function countWrites(drafts: number): Promise<Counts> {
  const items = makeTasks(1000);
  const entries: [string, string][] = [[KEY, storeText(items)]];
  for (let n = 0; n < drafts; n++) entries.push([`draft:${n}`, `the text of draft ${n}`]);
  const memory = memoryVault();
  const vault = withFaults(memory);
  const storage = withFaults(memoryStorage({ entries, capacity: Number.POSITIVE_INFINITY }));
  const database = withFaults(
    sqlJsDatabase({ db: drizzle(await emptyDatabase()), tables: { tasks }, scope: 'wholeTable' }),
  );
  const client = createBackpedal({ migration, storage: storage.port, database: database.port, vault: vault.port });
  await client.migrate();
  const writes = (): number =>
    vault.count(...WRITES.vault) + storage.count(...WRITES.storage) + database.count(...WRITES.database);
  const records = async (): Promise<string[]> => memory.list('bench/journal/');
  const before = { writes: writes(), records: (await records()).length };
  const result = await client.rollback({ reason: 'USER_REQUEST' });
  if (!result.success) throw new Error(`The rollback ended ${result.outcome}`);
  const names = await records();
  const texts = await Promise.all(names.map((name) => memory.get(name)));
  const sizes = texts.map((text) => new TextEncoder().encode((text ?? '').slice(65)).length);
  return {
    records: names.length - before.records,
    writes: writes() - before.writes,
    largestRecord: Math.max(...sizes),
  };
}
