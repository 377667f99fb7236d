import { isCollectionKey, isFormDataKey } from '../../definition/key-ownership.ts';
import type { Migration } from '../../definition/types.ts';
import type { Row } from '../../ports/database.ts';
import { OWN_KEY_PREFIX } from '../../ports/own-keys.ts';
import type { Backpedal } from '../../runtime/public-types.ts';
import type { ChartPath } from './chart-path.ts';
import type { PathPorts, PathWorld } from './path-world.ts';
import type { StorageEdit } from './stage.ts';

/** What the users have at one moment: the keys of storage but backpedal's own, and the rows of each collection. */
export interface Witness {
  readonly storage: ReadonlyMap<string, string>;
  readonly rows: ReadonlyMap<string, readonly Row[]>;
}

/** How a run ended. */
export type RunEnd = 'migrated' | 'rolledBack' | 'unchanged' | 'safeMode' | 'unlocked';

/** What is known of a run, so that its end can be judged. */
export interface InvariantFacts {
  readonly world: PathWorld;
  readonly chart: ChartPath['chart'];
  readonly run: string;
  readonly end: RunEnd;
  /** What was there before the migration, and right before the run. */
  readonly original: Witness;
  readonly before: Witness;
  /** What people did while the run was under way. */
  readonly edits: { readonly storage: readonly StorageEdit[]; readonly rows: readonly Row[] };
  /** What became of the drift, if that was to be decided. */
  readonly choice: 'merge' | 'discard' | null;
  /** Whether the run can have left its entry in the audit trail. */
  readonly audited: 'yes' | 'perhaps';
  /** A client that has just been started; nothing fails any more. */
  readonly client: Backpedal;
}

/** The users' data as it is now. */
export async function witness({ migration, open, people }: PathWorld): Promise<Witness> {
  const { storage } = open(new AbortController().signal);
  const keys = (await storage.keys()).filter((key) => !key.startsWith(OWN_KEY_PREFIX));
  const values = await storage.read(keys);
  const rows = new Map<string, readonly Row[]>();
  for (const { name } of migration.collections) rows.set(name, await people.rows(name));
  return { storage: new Map([...values].filter((entry): entry is [string, string] => entry[1] !== null)), rows };
}

/**
 * Checks what must hold after every run, and starts a client that recovers as an app does: I1, every item has a
 * complete copy; I5, everything is as the end says and never a mixture; I7, keys and rows of others are untouched;
 * I8, nothing is left open; I9, what people wrote meanwhile is in the result or kept; I12, success is said only where
 * it is so.
 * @returns every violation in words, without values; empty when there is none
 */
export async function checkInvariants(facts: InvariantFacts): Promise<readonly string[]> {
  const left = await leftOpen(facts);
  const found = await witness(facts.world);
  return [
    ...left,
    ...mixtures(facts, found),
    ...(await lostCopies(facts, found)),
    ...(await lostEdits(facts, found)),
    ...(await untruths(facts)),
  ];
}

/** I8: a start after the run finds nothing to go on with, and knows where the data is. */
async function leftOpen({ client, chart, end }: InvariantFacts): Promise<string[]> {
  const first = await client.recover();
  const second = await client.recover();
  const untouched = chart === 'migration' ? 'NOT_STARTED' : 'MIGRATED';
  const states = {
    migrated: 'MIGRATED',
    rolledBack: 'ROLLED_BACK',
    unchanged: untouched,
    safeMode: 'SAFE_MODE',
    unlocked: 'MIGRATED',
  } as const;
  const wrong: string[] = [];
  if (!['nothingToDo', 'debtsPaid', 'safeMode'].includes(first.action)) wrong.push(`I8: recover() did ${first.action}`);
  if (second.action !== (end === 'safeMode' ? 'safeMode' : 'nothingToDo'))
    wrong.push(`I8: a second recover() did ${second.action}`);
  if (second.migrationState !== states[end]) wrong.push(`I5: after ${end} the state is ${second.migrationState}`);
  return wrong;
}

const belongs = (migration: Migration, key: string): boolean =>
  migration.collections.some((collection) => isCollectionKey(collection, key));

/** What a key is to hold after the run; `undefined` when the end leaves that open. */
function expectedAt(
  { world, end, original, before, edits, chart }: InvariantFacts,
  key: string,
): string | null | undefined {
  const { migration } = world;
  const isOfMigration = belongs(migration, key);
  const untouched = edits.storage.findLast((edit) => edit.key === key)?.value ?? before.storage.get(key) ?? null;
  if (!isOfMigration && !isFormDataKey(migration, key)) return untouched;
  if (end === 'unchanged') return untouched;
  if (end === 'rolledBack') return original.storage.get(key) ?? null;
  if (end === 'migrated') return isOfMigration && migration.source === 'clear' ? null : untouched;
  return chart === 'migration' || isOfMigration ? undefined : untouched;
}

const textOf = (row: Row): string => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Whether a text holds what a row says in words. */
const tells = (text: string, row: Row): boolean =>
  Object.values(row).every((value) => typeof value !== 'string' || text.includes(value));

/** I5 and I7: storage and rows are what the end says. */
function mixtures(facts: InvariantFacts, found: Witness): string[] {
  const { end, before, edits, choice, chart, world } = facts;
  const merged = end === 'rolledBack' && choice === 'merge' && edits.rows.length > 0;
  const mergedKey = merged ? world.migration.collections[0]?.storageKey : undefined;
  const wrong: string[] = [];
  for (const key of new Set([...found.storage.keys(), ...facts.original.storage.keys(), ...before.storage.keys()])) {
    const now = found.storage.get(key) ?? null;
    const expected = expectedAt(facts, key);
    if (key === mergedKey) {
      if (!edits.rows.every((row) => tells(now ?? '', row))) wrong.push(`I9: ${key} lacks a row that was added`);
    } else if (expected !== undefined && now !== expected)
      wrong.push(`I5: after ${end} the key ${key} is not as it was`);
  }
  for (const [collection, rows] of found.rows) {
    const old = before.rows.get(collection) ?? [];
    const added = collection === world.migration.collections[0]?.name ? edits.rows : [];
    const wanted = end === 'unchanged' ? [...old, ...added] : end === 'rolledBack' ? [] : null;
    if (wanted === null || (chart === 'migration' && end === 'migrated')) continue;
    if (rows.map(textOf).sort().join('\n') !== wanted.map(textOf).sort().join('\n'))
      wrong.push(`I5: after ${end} the table of ${collection} has ${rows.length} rows, not those ${wanted.length}`);
  }
  return wrong;
}

async function everyArchivedRow({ database }: PathPorts, migration: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const run of new Set((await database.archives(migration)).map((archive) => archive.run))) {
    const page = await database.archived({ migration, run, content: 'all', after: null, limit: 100_000 });
    rows.push(...page.rows.flatMap(({ row }) => (row === null ? [] : [row])));
  }
  return rows;
}

/** I1: every item and every row has a complete copy. */
async function lostCopies(
  { world, original, before, edits, client }: InvariantFacts,
  found: Witness,
): Promise<string[]> {
  const backups: string[] = [];
  for (const { id } of await client.backups.list())
    if ((await client.backups.verify(id)).valid) backups.push(await client.backups.export(id));
  const ports = world.open(new AbortController().signal);
  const kept = new Set([...found.rows.values()].flat().map(textOf));
  for (const row of await everyArchivedRow(ports, world.migration.id)) kept.add(textOf(row));
  const rows = [...[...before.rows.values()].flat(), ...edits.rows].filter((row) => !kept.has(textOf(row)));
  const keys = [...original.storage].filter(([key, value]) => {
    if (found.storage.get(key) === value) return false;
    if (backups.some((text) => text.includes(value) || text.includes(JSON.stringify(value)))) return false;
    return !(belongs(world.migration, key) && before !== original && rows.length === 0);
  });
  return [
    ...keys.map(([key]) => `I1: no copy is left of the key ${key}`),
    ...(rows.length > 0 ? [`I1: no copy is left of ${rows.length} rows`] : []),
  ];
}

/** I9: what people wrote into storage is there, or kept where it was displaced to. */
async function lostEdits({ edits, client }: InvariantFacts, found: Witness): Promise<string[]> {
  const kept = new Set<string>();
  for (const run of new Set((await client.archive.list()).displaced.map((entry) => entry.run)))
    for (const { key, value } of (await client.archive.export(run)).displaced) kept.add(JSON.stringify([key, value]));
  return edits.storage
    .filter(({ key, value }) => found.storage.get(key) !== value && !kept.has(JSON.stringify([key, value])))
    .map(({ key }) => `I9: what the app wrote to the key ${key} is lost`);
}

/** I12: the audit trail says of the run what is so, once. */
async function untruths({ client, run, end, audited }: InvariantFacts): Promise<string[]> {
  const entries = (await client.audit.list()).filter(
    (entry) => entry.runId === run && entry.type.startsWith('MIGRATION'),
  );
  const [entry] = entries;
  if (entry === undefined) return audited === 'yes' ? ['I12: the audit trail does not know of the run'] : [];
  const wentWell = end === 'migrated' || end === 'rolledBack';
  const wrong: string[] = [];
  if (entries.length > 1) wrong.push(`I12: the audit trail has ${entries.length} entries of the run`);
  if (entry.result === 'SUCCESS' && !wentWell) wrong.push(`I12: success was said of ${end}`);
  if (entry.result === 'FAILED' && wentWell && end === 'rolledBack' && entry.type === 'MIGRATION_ROLLBACK')
    wrong.push(`I12: failure was said of ${end}`);
  if (entry.outcome !== (end === 'unlocked' ? 'safeMode' : end)) wrong.push(`I12: ${entry.outcome} was said of ${end}`);
  return wrong;
}
