import type { MigrationDefinition } from '../../src/definition/types.ts';
import { BackpedalError } from '../../src/errors.ts';
import type { Row } from '../../src/ports/database.ts';
import type { Backpedal, BackpedalOptions } from '../../src/runtime/public-types.ts';
import { type Device, device } from '../runtime/kit.ts';

/** Numbers from 0 to below 1, the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = (seed * 2654435761 + 1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

type Port = 'storage' | 'database' | 'vault';

const WORLDS: readonly (readonly [Partial<MigrationDefinition>, readonly (readonly [string, string])[]])[] = [
  [
    { collections: { tasks: { storageKey: 'task-store', path: 'state.tasks' }, environments: { storageKey: 'env' } } },
    [
      ['task-store', '{"state":{"tasks":[{"id":"t1","title":"A"},{"id":"t2","title":"\\u0026"}],"f":1.0},"version":3}'],
      ['env', '{"e1":{"id":"e1","name":"one"}}'],
    ],
  ],
  [
    { collections: { tasks: { storageKey: 'note-*' }, environments: { storageKey: 'env' } } },
    [
      ['note-t1', '{"id":"t1","title":"A"}'],
      ['note-t2', '{"id":"t2", "title":"B"}'],
      ['env', '[{"id":"e1","name":"one"}]'],
    ],
  ],
  [
    { collections: { tasks: { storageKey: 'all', path: 'tasks' }, environments: { storageKey: 'all', path: 'envs' } } },
    [['all', '{"tasks":[{"id":"t1","title":"A"},{"id":"t2","title":"B"}], "envs":{"e1":{"name":"one"}}}']],
  ],
];

const FORM: readonly (readonly [string, string])[] = [
  ['draft:1', '{"text":"half a sent'],
  ['settings', '{"theme":"dark"}'],
  ['length', 'of others'],
  ['session-token', 'secret'],
];

/** What the app did, and what it was told to have succeeded. */
interface AppLog {
  readonly storage: { readonly key: string; readonly value: string | null }[];
  readonly rows: { readonly table: string; readonly id: string; readonly row: Row | null }[];
}

/** A world in which a schedule is played, with what the app has done in it. */
export interface Play {
  readonly on: Device;
  readonly seed: number;
  readonly random: () => number;
  readonly log: AppLog;
  readonly story: string[];
  readonly originals: ReadonlyMap<string, string>;
}

const oneOf = <T>(random: () => number, items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;

/** A fresh world for a seed. */
export function createPlay(seed: number): Play {
  const random = randomFrom(seed);
  const [definition, entries] = oneOf(random, WORLDS);
  const on = device({
    definition: {
      id: 'm',
      collections: {},
      formData: ['draft:*', 'settings'],
      onDrift: oneOf(random, ['ask', 'merge', 'discard'] as const),
      source: oneOf(random, ['clear', 'clear', 'keep'] as const),
      ...definition,
    },
    entries: [...entries, ...FORM],
  });
  return { on, seed, random, log: { storage: [], rows: [] }, story: [], originals: new Map([...entries, ...FORM]) };
}

/** The app, or another tab that nobody stopped, does something. */
export function appActs(play: Play): void {
  const { on, random, log, story } = play;
  const n = log.storage.length + log.rows.length;
  const kind = random();
  if (kind < 0.35) {
    const key = oneOf(
      random,
      [...play.originals.keys()].filter((name) => name !== 'length' && name !== 'session-token'),
    );
    const value = oneOf(random, [`written ${n}`, null, play.originals.get(key) ?? '', '{"']);
    if (value === null) on.storage.removeItem(key);
    else on.storage.setItem(key, value);
    log.storage.push({ key, value });
    story.push(`app sets ${key} to ${value}`);
    return;
  }
  const table = oneOf(random, ['tasks', 'environments']);
  const id = oneOf(random, table === 'tasks' ? ['t1', 't2', 't9'] : ['e1', 'e9']);
  const column = table === 'tasks' ? 'title' : 'name';
  try {
    if (kind < 0.55) on.database.insert(table, { id, [column]: `inserted ${n}` });
    else if (kind < 0.8) on.database.update(table, { id }, { [column]: `updated ${n}` });
    else on.database.remove(table, { id });
  } catch {
    return;
  }
  const row = on.database.rows(table).find((one) => one.id === id) ?? null;
  log.rows.push({ table, id, row });
  story.push(`app makes ${table} ${id} ${JSON.stringify(row)}`);
}

const never = new Promise<never>(() => undefined);

/** Ports that die, fail or let the app act at some of their calls. */
function hostile(play: Play, name: string, rate: number): Pick<BackpedalOptions, Port | 'lock'> {
  const { on, random, story } = play;
  const death = new AbortController();
  const wrap = <P extends object>(port: P, label: Port): P =>
    new Proxy(port, {
      get: (target, member) => {
        const method: unknown = Reflect.get(target, member, target);
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]) => {
          if (death.signal.aborted) return never;
          const chance = random();
          const call = `${name} ${label}.${String(member)}(${typeof args[0] === 'string' ? args[0].slice(0, 40) : ''})`;
          if (chance < rate) appActs(play);
          else if (chance < rate * 1.6) {
            story.push(`${call} fails before`);
            const code = `${label.toUpperCase()}_UNAVAILABLE` as 'VAULT_UNAVAILABLE';
            throw new BackpedalError(code, 'Told to fail.', {
              persistence: random() < 0.8 ? 'transient' : 'permanent',
            });
          } else if (chance < rate * 2 && member !== 'write') {
            const result = await Reflect.apply(method, target, args);
            story.push(`${call} fails after`);
            if (death.signal.aborted) return never;
            if (label !== 'database') throw new Error('Told to fail.');
            if (!['clear', 'undoClear', 'copy', 'lease', 'record'].includes(String(member))) return result;
            throw new BackpedalError('DATABASE_OUTCOME_UNKNOWN', 'Told to fail.', { persistence: 'transient' });
          } else if (chance < rate * 2.5) {
            const moment = random() < 0.5 ? 'before' : 'after';
            story.push(`${name} dies ${moment} ${call}`);
            if (moment === 'after') await Reflect.apply(method, target, args);
            death.abort();
            return never;
          }
          const result = await Reflect.apply(method, target, args);
          return death.signal.aborted ? never : result;
        };
      },
    });
  return {
    storage: wrap(on.storage, 'storage'),
    database: wrap(on.database, 'database'),
    vault: wrap(on.vault, 'vault'),
    lock: on.lock.open(death.signal),
  };
}

async function settle(play: Play, work: Promise<unknown>, seconds: number): Promise<unknown> {
  let outcome: unknown = 'open';
  work.then(
    (value) => {
      outcome = value;
    },
    (error: unknown) => {
      outcome = error;
    },
  );
  await play.on.clock.advance(0);
  for (let at = 0; at < seconds && outcome === 'open'; at++) await play.on.clock.advance(1000);
  return outcome;
}

const tell = (play: Play, who: string, outcome: unknown): void => {
  const known = (outcome ?? {}) as {
    outcome?: string;
    action?: string;
    code?: string;
    message?: string;
    migrationState?: string;
  };
  play.story.push(
    `${who}: ${known.outcome ?? known.action ?? known.code ?? known.message ?? String(outcome ?? 'done')} ${known.migrationState ?? ''}`,
  );
};

/** Lets an act be done by processes in trouble, each going on where the one before ended, and at last by a good one. */
export async function troubled(play: Play, act: (client: Backpedal) => Promise<unknown>): Promise<Backpedal> {
  const { on, random } = play;
  const lives = 1 + Math.floor(random() * 3);
  const rate = oneOf(random, [0.01, 0.03, 0.08]);
  for (let life = 0; life < lives; life++) {
    const name = `p${play.seed}-${life}-${play.story.length}`;
    const client = on.client(name, hostile(play, name, rate));
    const work = life === 0 ? act(client) : client.recover();
    const outcome = await settle(play, work, 20);
    tell(play, name, outcome);
    if (client.getSnapshot().question !== null && random() < 0.7) {
      tell(
        play,
        `${name} decides`,
        await settle(play, client.decide({ question: 'drift', choice: oneOf(random, ['merge', 'discard']) }), 5),
      );
      await on.clock.advance(5000);
    }
    void client.close();
    await on.clock.advance(0);
    // Whoever did not die holds the lock no more.
    if (random() < 0.3) appActs(play);
  }
  const good = on.client(`good${play.story.length}`, { lock: on.lock.open(new AbortController().signal) });
  for (let tries = 0; tries < 5; tries++) {
    const outcome = (await settle(play, good.recover(), 3600)) as { action?: string };
    tell(play, 'good', outcome);
    if (outcome.action !== 'waiting') break;
    tell(play, 'good decides', await settle(play, good.decide({ question: 'drift', choice: 'merge' }), 60));
    await on.clock.advance(10_000);
  }
  return good;
}

/** Everything that was anywhere: texts of storage, backups and vault, and rows of tables and archives. */
export async function copies(
  play: Play,
  client: Backpedal,
): Promise<{ texts: readonly string[]; rows: readonly string[] }> {
  const { on } = play;
  const texts = on.storage.entries().map(([, value]) => value);
  for (const { id } of await client.backups.list()) texts.push(await client.backups.export(id));
  const list = await client.archive.list();
  const runs = new Set([...list.rows, ...list.displaced].map(({ run }) => run));
  const rows = ['tasks', 'environments'].flatMap((table) =>
    on.database.rows(table).map((row) => JSON.stringify([table, row])),
  );
  for (const run of runs) {
    const archive = await client.archive.export(run);
    for (const { value } of archive.displaced) if (value !== null) texts.push(value);
    for (const { table, row } of archive.rows) rows.push(JSON.stringify([table, row]));
  }
  return { texts, rows };
}

/** What the app sees: its keys, and its rows by table and id. */
export interface Sight {
  readonly keys: ReadonlyMap<string, string>;
  readonly rows: ReadonlyMap<string, string>;
}

/** What is there now. */
export function look({ on }: Play): Sight {
  const rows = ['tasks', 'environments'].flatMap((table) =>
    on.database.rows(table).map((row) => [`${table} ${row.id}`, JSON.stringify(row)] as const),
  );
  return { keys: new Map(on.storage.entries().filter(([key]) => !key.startsWith('backpedal:'))), rows: new Map(rows) };
}

/** The keys and rows that the app has touched since the log had this length. */
function touched({ log }: Play, since: { readonly storage: number; readonly rows: number }): ReadonlySet<string> {
  return new Set([
    ...log.storage.slice(since.storage).map(({ key }) => key),
    ...log.rows.slice(since.rows).map(({ table, id }) => `${table} ${id}`),
  ]);
}

/** What differs from an earlier sight although the app has not touched it. */
export function changesSince(play: Play, before: Sight, since: { storage: number; rows: number }): readonly string[] {
  const now = look(play);
  const own = touched(play, since);
  const differs = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string[] =>
    [...new Set([...a.keys(), ...b.keys()])].filter((name) => !own.has(name) && a.get(name) !== b.get(name));
  return [...differs(before.keys, now.keys), ...differs(before.rows, now.rows)].map((name) => `${name} was changed`);
}

/** Originals, and what the app was last told to have written, of which there is no copy anywhere (I1, I9). */
export async function lost(play: Play, client: Backpedal): Promise<readonly string[]> {
  const { texts, rows } = await copies(play, client);
  const isThere = (value: string): boolean =>
    texts.some((text) => text.includes(value) || text.includes(JSON.stringify(value)));
  const written = new Map(play.log.storage.map((entry) => [entry.key, entry.value]));
  const made = new Map(play.log.rows.map((entry) => [`${entry.table} ${entry.id}`, entry]));
  return [
    ...[...play.originals].filter(([key, value]) => !written.has(key) && !isThere(value)).map(([key]) => key),
    ...[...written]
      .filter(([, value]) => value !== null && !isThere(value))
      .map(([key]) => `what was written to ${key}`),
    ...[...made].flatMap(([name, { table, row }]) => {
      if (row === null || rows.includes(JSON.stringify([table, row]))) return [];
      return isThere(String(Object.values(row)[1])) ? [] : [`the row ${name}`];
    }),
  ];
}

/** What is not as it has to be after a rollback that took everything back. */
export function notBack(play: Play): readonly string[] {
  const own = touched(play, { storage: 0, rows: 0 });
  const { keys, rows } = look(play);
  const left = [...rows.keys()].filter((name) => !own.has(name)).map((name) => `the row ${name} is left`);
  if (play.log.rows.length > 0) return left;
  const inexact = [...play.originals].filter(([key, value]) => !own.has(key) && keys.get(key) !== value);
  return [...left, ...inexact.map(([key]) => `${key} is not back`)];
}
