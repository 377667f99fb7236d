import type { Row } from '../../ports/database.ts';
import { SECRET, TABLES } from './shapes.ts';
import type { World } from './world.ts';

const IDS: Readonly<Record<string, readonly string[]>> = { tasks: ['t1', 't2', 't9'], environments: ['e1', 'e9'] };

const pick = <T>(items: readonly T[], at: number): T => items[at % items.length] as T;

const stateOfWrite = ({ options }: World): 'durable' | 'volatile' =>
  options.storage === 'browser' ? 'volatile' : 'durable';

/** The app itself may destroy an original of which there is no backup yet; nobody else is to blame then. */
function forgive(world: World, key: string): void {
  const original = world.originals.get(key);
  if (original !== undefined && !world.custody.isKept(original)) world.edits.forgiven.add(key);
}

function note(world: World, key: string, value: string | null): void {
  forgive(world, key);
  world.edits.storage.set(key, { value, state: stateOfWrite(world) });
  if (world.options.storage === 'file') world.storage.flush();
}

/** The app writes or removes a key of its own storage. */
export function appWrites(world: World, key: number, value: number): void {
  const { storage, originals, edits, trace } = world;
  const name = pick([...originals.keys(), 'note-t9', 'draft:9', 'session-token'], key);
  const values = [`${SECRET}written ${edits.storage.size} ${value}`, null, originals.get(name) ?? '', `${SECRET}{"`];
  const text = pick(values, value);
  trace.note(`app sets ${name} to ${text === null ? 'nothing' : text.slice(0, 24)}`);
  if (text === null) storage.removeItem(name);
  else storage.setItem(name, text);
  note(world, name, text);
}

/** The app empties its storage: somebody has logged out (hazard H28b). */
export function appEmpties(world: World): void {
  world.trace.note('app empties storage');
  const keys = world.storage.entries().map(([key]) => key);
  world.storage.clear();
  for (const key of keys) note(world, key, null);
}

/** People insert, change or remove a row; what the database refuses has not happened. */
export function peopleChange(world: World, table: number, id: number, change: number): void {
  const { database, edits, trace } = world;
  const name = pick(TABLES, table);
  const rowId = pick(IDS[name] as readonly string[], id);
  const column = name === 'tasks' ? 'title' : 'name';
  const value = `${SECRET}changed ${edits.rows.size} ${change}`;
  try {
    if (change % 3 === 0) database.app.insert(name, { id: rowId, [column]: value });
    else if (change % 3 === 1) database.app.update(name, { id: rowId }, { [column]: value });
    else database.app.remove(name, { id: rowId });
  } catch {
    return;
  }
  const row: Row | null = database.app.rows(name).find((one) => one.id === rowId) ?? null;
  trace.note(`people make ${name} ${rowId} ${row === null ? 'nothing' : value}`);
  edits.rows.set(`${name} ${rowId}`, { table: name, id: rowId, row });
}

/** What a reader has read and will put into the cache. */
export interface Refill {
  readonly key: string;
  readonly value: string;
  /** Calls until then. */
  left: number;
}

/** A reader reads a row; `null` where there is no cache, or no such row. */
export function readerReads(world: World, table: number, id: number, delay: number): Refill | null {
  const name = pick(TABLES, table);
  const rowId = pick(IDS[name] as readonly string[], id);
  const row = world.database
    .store()
    .rows.get(name)
    ?.get(JSON.stringify([rowId]));
  if (world.cache === null || row === undefined) return null;
  return { key: `${name === 'tasks' ? 'task' : 'environment'}:${rowId}`, value: JSON.stringify(row), left: delay };
}

/** Readers put what they have read into the cache at once: none takes longer than `cacheGrace` for it. */
export function finishReading({ cache }: World, refills: Refill[]): void {
  for (const { key, value } of refills.splice(0)) cache?.set(key, value);
}
