import { vi } from 'vitest';
import type { Backpedal, BackpedalOptions, Migration, MigrationDefinition } from '../../src/index.ts';
import { createBackpedal, defineMigration } from '../../src/index.ts';
import type { Notification } from '../../src/ports/notify.ts';
import type { JournalRecord } from '../../src/runtime/journal-record.ts';
import {
  type ManualClock,
  type MemoryDatabase,
  type MemoryLock,
  type MemorySchema,
  type MemoryStorage,
  type MemoryVault,
  manualClock,
  memoryDatabase,
  memoryLock,
  memoryStorage,
  memoryVault,
  seededIdentity,
} from '../../src/testing/index.ts';

// Web Crypto hashes in a thread of its own, which a clock that is driven by hand does not wait for: without it,
// hashes are computed at once.
vi.stubGlobal('crypto', { getRandomValues: globalThis.crypto.getRandomValues.bind(globalThis.crypto) });

/** Two stores as an app writes them, form data of every kind, and keys of other people. */
export const CONTENT: readonly (readonly [string, string])[] = [
  [
    'task-store',
    '{"state":{"tasks":[{"id":"t1","title":"A","note":"x"},{"id":"t2","title":"B\\u0026C","note":"y"},' +
      '{"id":"t3","title":"\u{1f600} \\/","note":"z"}],"filter":1.0},"version":3}',
  ],
  ['environments', '{"e1":{"id":"e1","name":"Home"},"e2":{"id":"e2","name":"مكتب"}}'],
  ['draft:1', 'not JSON, \ud83d alone, \u{1f600}'],
  ['draft:2', ''],
  ['settings', '{"theme":"dark"}'],
  ['length', 'of other people'],
  ['analytics', '{"session":"s"}'],
];

export const DEFINITION: MigrationDefinition = {
  id: 'tasks-to-database',
  collections: {
    tasks: { storageKey: 'task-store', path: 'state.tasks' },
    environments: { storageKey: 'environments' },
  },
  formData: ['draft:*', 'settings'],
};

export const SCHEMA: MemorySchema = {
  tables: {
    tasks: { columns: ['id', 'title', 'note'], idColumns: ['id'] },
    environments: { columns: ['id', 'name'], idColumns: ['id'] },
  },
  scope: 'wholeTable',
};

/** A line that was logged. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly details: unknown;
}

/** A device: storage, database, vault, lock and clock in memory, and clients on them. */
export interface Device {
  readonly migration: Migration;
  readonly storage: MemoryStorage;
  readonly database: MemoryDatabase;
  readonly vault: MemoryVault;
  readonly lock: MemoryLock;
  readonly clock: ManualClock;
  readonly notes: Notification[];
  readonly log: LogLine[];
  /** What the app's writers were told, in order. */
  readonly operations: ('stop' | 'resume')[];
  /** A client as another process has it; its identifiers begin with its name. */
  client(name?: string, options?: Partial<BackpedalOptions>): Backpedal;
  /** Lets time pass until the work is done. */
  until<T>(work: Promise<T>): Promise<T>;
  /** The records of the journal. */
  records(): JournalRecord[];
}

export interface DeviceOptions {
  readonly definition?: MigrationDefinition;
  readonly entries?: Iterable<readonly [string, string]>;
  readonly schema?: MemorySchema;
  readonly user?: string | null;
  readonly capacity?: number;
}

export function device(options: DeviceOptions = {}): Device {
  const migration = defineMigration(options.definition ?? DEFINITION);
  const storage = memoryStorage({
    entries: options.entries ?? CONTENT,
    capacity: options.capacity ?? Number.POSITIVE_INFINITY,
  });
  const database = memoryDatabase(options.schema ?? SCHEMA);
  const vault = memoryVault();
  const lock = memoryLock();
  const clock = manualClock();
  const notes: Notification[] = [];
  const log: LogLine[] = [];
  const operations: ('stop' | 'resume')[] = [];
  const write =
    (level: string) =>
    (message: string, details?: unknown): void =>
      void log.push({ level, message, details });
  return {
    migration,
    storage,
    database,
    vault,
    lock,
    clock,
    notes,
    log,
    operations,
    client: (name = 'a', more = {}) =>
      createBackpedal({
        migration,
        storage,
        database,
        vault,
        lock,
        clock,
        identity: seededIdentity(name, { user: options.user ?? null }),
        notify: (notification) => void notes.push(notification),
        logger: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
        operations: {
          stop: async () => void operations.push('stop'),
          resume: async () => void operations.push('resume'),
        },
        ...more,
      }),
    until: (work) => clock.until(work),
    records: () => recordsIn(vault.disk, migration.id),
  };
}

/** The records of a migration's journal as they lie on the disk. */
export function recordsIn(disk: ReadonlyMap<string, string>, migration: string): JournalRecord[] {
  return [...disk]
    .filter(([name]) => name.startsWith(`${migration}/journal/`))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, text]) => ({ ...JSON.parse(text.slice(65)), hash: text.slice(0, 64) }) as JournalRecord);
}

const plain = (value: unknown): unknown => {
  if (value instanceof Map) return [...value].map(([key, member]) => [key, plain(member)]);
  if (value instanceof Set) return [...value];
  if (value instanceof Uint8Array) return [...value];
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
};

/** Everything on the device that can be changed, byte for byte, to be compared with `toEqual`. */
export function imageOf({ storage, vault, database }: Pick<Device, 'storage' | 'vault' | 'database'>): unknown {
  const { schema: _schema, counters: _counters, ...content } = database.store;
  return { storage: storage.entries(), vault: [...vault.disk], database: plain(content) };
}

/** The keys of storage that are not backpedal's own. */
export const keysOf = (storage: MemoryStorage): [string, string][] =>
  storage
    .entries()
    .filter(([key]) => !key.startsWith('backpedal:'))
    .sort(([a], [b]) => (a < b ? -1 : 1));

/** `CONTENT`, or other entries, in the order of `keysOf`. */
export const sorted = (entries: Iterable<readonly [string, string]>): [string, string][] =>
  [...entries].map(([key, value]): [string, string] => [key, value]).sort(([a], [b]) => (a < b ? -1 : 1));

/** The code that a promise is rejected with; fails when it is not rejected. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    const { code, name } = error as { code?: string; name?: string };
    return code ?? `no code: ${name}`;
  }
  return 'it was not rejected';
}

/** Migrated, with nothing else done. */
export async function migrated(options: DeviceOptions = {}): Promise<{ on: Device; client: Backpedal }> {
  const on = device(options);
  const client = on.client();
  const { outcome } = await on.until(client.migrate());
  if (outcome !== 'migrated') throw new Error(`It ended ${outcome}.`);
  return { on, client };
}

/** Lets everything that waits for promises only have its say. */
export const turn = (on: Device): Promise<void> => on.clock.advance(0);

/** A rollback that has put its question, with the promise of its end. */
export async function asking(
  on: Device,
  client: Backpedal,
): Promise<{ readonly ending: ReturnType<Backpedal['rollback']> }> {
  on.database.update('tasks', { id: 't1' }, { title: 'changed' });
  const ending = client.rollback({ reason: 'USER_REQUEST' });
  ending.catch(() => undefined);
  for (let at = 0; at < 50 && client.getSnapshot().question === null; at++) await turn(on);
  if (client.getSnapshot().question === null) throw new Error('No question was put.');
  return { ending };
}
