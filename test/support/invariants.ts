import { isDeepStrictEqual } from 'node:util';
import type { Row } from '../../src/ports/database.ts';
import { OWN_KEY_PREFIX } from '../../src/ports/own-keys.ts';
import type { Backpedal } from '../../src/runtime/public-types.ts';
import type { MigrationResult, RollbackResult, RollbackStatus } from '../../src/runtime/status-types.ts';
import type { Kit } from './run-kit.ts';

/** Everything of the users' that a run could harm, at one moment. */
export interface Witness {
  /** Every key of storage but backpedal's own. */
  readonly storage: ReadonlyMap<string, string>;
  readonly tables: ReadonlyMap<string, readonly Row[]>;
}

/** What is there now. */
export function witness(kit: Pick<Kit, 'storage' | 'tables' | 'database'>): Witness {
  return {
    storage: new Map(kit.storage.entries().filter(([key]) => !key.startsWith(OWN_KEY_PREFIX))),
    tables: new Map(kit.tables.map((name) => [name, kit.database.rows(name)])),
  };
}

/** What is different, named by key and table; empty when nothing is. */
export function differences(found: Witness, expected: Witness): readonly string[] {
  const keys = new Set([...found.storage.keys(), ...expected.storage.keys()]);
  const tables = new Set([...found.tables.keys(), ...expected.tables.keys()]);
  return [
    ...[...keys]
      .filter((key) => found.storage.get(key) !== expected.storage.get(key))
      .map((key) => `key ${JSON.stringify(key)}: ${found.storage.get(key)} instead of ${expected.storage.get(key)}`),
    ...[...tables]
      .filter((name) => !isDeepStrictEqual(inOrder(found.tables.get(name)), inOrder(expected.tables.get(name))))
      .map((name) => `table ${name}: ${JSON.stringify(found.tables.get(name))}`),
  ];
}

const inOrder = (rows: readonly Row[] = []): readonly string[] => rows.map((row) => JSON.stringify(row)).sort();

/** The ends that a run may have, each with how everything has to be then; `safeMode` leaves that open. */
export interface Ends {
  readonly rolledBack?: Witness;
  readonly unchanged?: Witness;
  readonly migrated?: Witness;
  /** What nobody may lose, whatever the end: keys with their values, and rows. */
  readonly custody: Witness;
}

/**
 * Checks I1, I5, I7 and I12 after a run has ended: what is there is what its end says, every item has a copy, and
 * what the client tells is what is so. Gives the violations in words; an empty list is what a test wants.
 */
export async function violations(kit: Kit, ends: Ends, told: Told | null): Promise<readonly string[]> {
  const { client } = kit.start();
  const recovery = await client.recover();
  const status = client.getSnapshot();
  const end = recovery.migrationState === 'SAFE_MODE' ? 'safeMode' : (told?.outcome ?? status.outcome);
  const found = witness(kit);
  const lost = await withoutCopy(kit, client, ends.custody);
  const own = kit.storage.entries().filter(([key]) => key.startsWith(OWN_KEY_PREFIX));
  const strange = own
    .filter(([key]) => key !== `${OWN_KEY_PREFIX}${kit.migration.id}`)
    .map(([key]) => `own key ${key}`);
  await client.close();
  return [...strange, ...lost, ...untruths(told, status), ...mixture(end, found, ends)];
}

/** What a client said of a run. */
export type Told = Pick<RollbackResult | MigrationResult, 'outcome' | 'success' | 'finalStatus' | 'runId' | 'warnings'>;

function mixture(end: string | null, found: Witness, ends: Ends): readonly string[] {
  if (end === 'safeMode') return foreignDifferences(found, ends.custody);
  if (end !== 'rolledBack' && end !== 'unchanged' && end !== 'migrated') return [`the end ${end}`];
  const expected = ends[end];
  if (expected === undefined) return [`an end ${end} that was not to be`];
  return differences(found, expected).map((difference) => `${end}, but ${difference}`);
}

function foreignDifferences(found: Witness, custody: Witness): readonly string[] {
  return [...custody.storage]
    .filter(([key, value]) => isForeign(key) && found.storage.get(key) !== value)
    .map(([key]) => `foreign key ${key} was touched`);
}

const isForeign = (key: string): boolean => ['length', '__proto__', 'session-token'].includes(key);

/** I12: success is said only of a run that ended well, and the journal says the same as the result. */
export function untruths(told: Told | null, status: RollbackStatus): readonly string[] {
  if (told === null) return [];
  const wentWell = told.outcome === ('migrated' in told ? 'migrated' : 'rolledBack');
  const wrong: string[] = [];
  if (told.success !== (told.finalStatus === 'SUCCESS')) wrong.push('success and final status contradict each other');
  if (told.success && !wentWell) wrong.push(`success was said of ${told.outcome}`);
  if (told.success && told.warnings.length > 0) wrong.push('success was said in spite of warnings');
  if ((told.finalStatus === 'FAILED') === wentWell) wrong.push(`${told.finalStatus} was said of ${told.outcome}`);
  if (status.runId === told.runId && status.outcome !== told.outcome)
    wrong.push(`the journal says ${status.outcome}, the result ${told.outcome}`);
  return wrong;
}

/** Where copies may be. */
type Places = Pick<Kit, 'storage' | 'tables' | 'database' | 'migration'>;

/** I1: which keys and rows have no complete copy anywhere. */
export async function withoutCopy(kit: Places, client: Backpedal, custody: Witness): Promise<readonly string[]> {
  const backups: string[] = [];
  for (const { id } of await client.backups.list()) {
    if ((await client.backups.verify(id)).valid) backups.push(await client.backups.export(id));
  }
  const displaced = (await client.archive.list()).displaced.map(({ run }) => run);
  const kept = new Set<string>();
  for (const run of new Set(displaced)) {
    for (const { key, value } of (await client.archive.export(run)).displaced) kept.add(`${key}\n${value}`);
  }
  const keys = [...custody.storage].filter(([key, value]) => {
    if (kit.storage.getItem(key) === value || kept.has(`${key}\n${value}`)) return false;
    return !backups.some((text) => text.includes(value) || text.includes(JSON.stringify(value)));
  });
  const rows = await allRows(kit);
  const missing = [...custody.tables].flatMap(([name, expected]) =>
    expected.map((row) => JSON.stringify([name, row])).filter((row) => !rows.has(row)),
  );
  return [...keys.map(([key]) => `no copy of the key ${key}`), ...missing.map((row) => `no copy of the row ${row}`)];
}

/** Every row in a table or in an archive. */
async function allRows(kit: Places): Promise<ReadonlySet<string>> {
  const rows = new Set<string>();
  for (const name of kit.tables) for (const row of kit.database.rows(name)) rows.add(JSON.stringify([name, row]));
  const migration = kit.migration.id;
  const runs = new Set((await kit.database.archives(migration)).map(({ run }) => run));
  for (const run of runs) {
    const page = await kit.database.archived({ migration, run, content: 'all', after: null, limit: 100_000 });
    for (const { table, row } of page.rows) rows.add(JSON.stringify([table, row]));
  }
  return rows;
}
