import { isCollectionKey } from '../../definition/key-ownership.ts';
import type { Row } from '../../ports/database.ts';
import { OWN_KEY_PREFIX } from '../../ports/own-keys.ts';
import type { SimulatedProcess } from './process.ts';
import { FOREIGN, TABLES } from './shapes.ts';
import type { World } from './world.ts';

/** Everything of the users' that can be seen at the end. */
interface Sight {
  readonly keys: ReadonlyMap<string, string>;
  readonly rows: ReadonlyMap<string, Row>;
}

function look({ storage, database }: World): Sight {
  const rows = new Map<string, Row>();
  const store = database.store();
  for (const table of TABLES)
    for (const row of store.rows.get(table)?.values() ?? []) rows.set(`${table} ${row.id}`, row);
  return { keys: new Map(storage.entries()), rows };
}

/** Whether the app has touched a row of a collection, or a key of it. */
function isTouched({ migration, edits }: World, name: string): boolean {
  const collection = migration.collections.find((one) => one.name === name);
  if ([...edits.rows.values()].some(({ table }) => table === name)) return true;
  return collection !== undefined && [...edits.storage.keys()].some((key) => isCollectionKey(collection, key));
}

/** The collections that a key belongs to. */
const collectionsOf = ({ migration }: World, key: string): readonly string[] =>
  migration.collections.filter((collection) => isCollectionKey(collection, key)).map(({ name }) => name);

/** Keys that the app has not written must hold this: the original, nothing, or what is not for us to say. */
function expectedOf(world: World, key: string, state: string): string | null | undefined {
  if (world.edits.forgiven.has(key) || world.edits.keepsEmpty) return undefined;
  const original = world.originals.get(key) as string;
  const collections = collectionsOf(world, key);
  if (collections.length === 0 || state === 'NOT_STARTED') return original;
  if (state !== 'ROLLED_BACK' && state !== 'MIGRATED') return undefined;
  if (state === 'MIGRATED' && world.options.source === 'clear') return null;
  // A source that is kept may be what an earlier rollback has merged edits into.
  return collections.some((name) => isTouched(world, name)) ? undefined : original;
}

/** I5 and I7: keys are what the end says. */
function keysAreRight(world: World, state: string, { keys }: Sight): string[] {
  const wrong: string[] = [];
  for (const [key, value] of FOREIGN)
    if (!world.edits.storage.has(key) && keys.get(key) !== value)
      wrong.push(`I7: the key ${key} of others was changed`);
  for (const key of keys.keys())
    if (key.startsWith(OWN_KEY_PREFIX) && key !== `${OWN_KEY_PREFIX}${world.migration.id}`)
      wrong.push(`I7: there is a key ${key}`);
  for (const key of world.originals.keys()) {
    if (world.edits.storage.has(key)) continue;
    const expected = expectedOf(world, key, state);
    if (expected !== undefined && (keys.get(key) ?? null) !== expected)
      wrong.push(`I5: ${state}, but ${key} is ${expected === null ? 'there' : 'not as it was'}`);
  }
  return wrong;
}

/** I5: rows that nobody touched are all there, or all gone, as the end says. */
function rowsAreRight(world: World, state: string, { rows, keys }: Sight): string[] {
  const { edits, options } = world;
  const wrong: string[] = [];
  if (edits.keepsEmpty) return wrong;
  if (state === 'NOT_STARTED' || state === 'ROLLED_BACK') {
    for (const name of rows.keys()) if (!edits.rows.has(name)) wrong.push(`I5: ${state}, but the row ${name} is left`);
  }
  for (const [table, brought] of Object.entries(options.shape.rows)) {
    const collection = world.migration.collections.find(({ name }) => name === table);
    const keysOfIt = collection === undefined ? [] : [...keys].filter(([key]) => isCollectionKey(collection, key));
    if (collection !== undefined && [...edits.storage.keys()].some((key) => isCollectionKey(collection, key))) continue;
    for (const row of brought) {
      const name = `${table} ${row.id}`;
      if (edits.rows.has(name)) continue;
      if (state === 'MIGRATED' && JSON.stringify(rows.get(name)) !== JSON.stringify(row))
        wrong.push(`I5: MIGRATED, but the row ${name} is not as it was`);
      const told = JSON.stringify(row.title ?? row.name).slice(1, -1);
      const isThere = keysOfIt.some(([, text]) => text.includes(told) || text.includes('\\u0026'));
      if (state === 'ROLLED_BACK' && !isThere) wrong.push(`I5: ROLLED_BACK, but the item ${name} is not in storage`);
    }
  }
  return wrong;
}

/** I10: after a rollback no cached copy of a row is left that the run has moved out. */
function cacheIsRight({ cache, edits }: World, state: string, { rows }: Sight): string[] {
  if (cache === null || state !== 'ROLLED_BACK') return [];
  return cache
    .keys()
    .filter((key) => {
      const name = key.replace('task:', 'tasks ').replace('environment:', 'environments ');
      return !rows.has(name) && !edits.rows.has(name);
    })
    .map((key) => `I10: the cache still holds ${key}`);
}

const ENDS = ['migrated', 'rolledBack', 'unchanged', 'safeMode', 'unlocked', 'recovered', 'notRecovered'];

/** I5 and I8: every run that is not within another one has come to one of its ends. */
function runsHaveEnded({ writeAhead }: World): string[] {
  const open = [...writeAhead.last.values()].filter(
    ({ parent, snapshot }) => parent === null && !ENDS.includes(snapshot.value as string),
  );
  return open.map(({ run, snapshot }) => `I8: the run ${run} was left in ${JSON.stringify(snapshot.value)}`);
}

/** What is wrong at the end, when a good client has recovered and says that this is the state. */
export function checkEnd(world: World, state: string): readonly string[] {
  if (!['NOT_STARTED', 'MIGRATED', 'ROLLED_BACK', 'SAFE_MODE'].includes(state)) return [`I8: it ended ${state}`];
  const sight = look(world);
  return [
    ...keysAreRight(world, state, sight),
    ...(state === 'SAFE_MODE' ? [] : rowsAreRight(world, state, sight)),
    ...cacheIsRight(world, state, sight),
    ...runsHaveEnded(world),
    ...world.custody.keys(),
    ...world.custody.rows(),
  ];
}

/** Whoever is still alive when all has ended must have let the app work again, unless the system is in safe mode. */
export function checkWriters(processes: readonly SimulatedProcess[], state: string): readonly string[] {
  if (state === 'SAFE_MODE') return [];
  return processes
    .filter(({ state: life, writers, isRefused }) => life === 'alive' && writers === 'stopped' && !isRefused)
    .map(() => 'I8: all has ended, and a tab’s writers stand still for ever');
}

/** Everything that a further recovery may not change, as one text. */
export function contentOf({ storage, database }: World): string {
  const store = database.store();
  return JSON.stringify([storage.entries(), TABLES.map((table) => [...(store.rows.get(table) ?? [])])]);
}
