import type { Migration, MigrationDefinition } from '../../src/definition/types.ts';
import { createBackpedal, defineMigration } from '../../src/index.ts';
import type { DatabasePort, Row } from '../../src/ports/database.ts';
import type { HeldLock } from '../../src/ports/lock.ts';
import type { Notification } from '../../src/ports/notify.ts';
import type { Backpedal } from '../../src/runtime/public-types.ts';
import {
  type Fault,
  type FaultyPort,
  type ManualClock,
  type MemoryCache,
  type MemoryDatabase,
  type MemoryLock,
  type MemorySchema,
  type MemoryStorage,
  type MemoryVault,
  manualClock,
  memoryCache,
  memoryDatabase,
  memoryLock,
  memoryStorage,
  memoryVault,
  seededIdentity,
  withFaults,
} from '../../src/testing/index.ts';

/** The ports that faults can be put into. */
export type PortName = 'storage' | 'database' | 'vault' | 'cache' | 'lock' | 'notify' | 'operations' | 'memory';

export const PORT_NAMES: readonly PortName[] = [
  'storage',
  'database',
  'vault',
  'cache',
  'lock',
  'notify',
  'operations',
  'memory',
];

/** What a test says of the app's side of a database, whatever it is made of. */
export interface AppTables {
  rows(table: string): Row[];
  insert(table: string, row: Row): void;
  update(table: string, id: Row, changes: Row): void;
  remove(table: string, id: Row): void;
}

/** A process of the app: a client and its ports, each of which can be hit by faults and counts its calls. */
export interface AppProcess {
  readonly client: Backpedal;
  /** The world that it is in. */
  readonly kit: Omit<Kit, 'start'>;
  readonly ports: Readonly<Record<PortName, FaultyPort<object>>>;
}

/** A world that outlives its processes. */
export interface Kit {
  readonly migration: Migration;
  readonly clock: ManualClock;
  readonly storage: MemoryStorage;
  readonly vault: MemoryVault;
  readonly database: DatabasePort & AppTables;
  readonly tables: readonly string[];
  readonly cache: MemoryCache;
  readonly lock: MemoryLock;
  readonly notices: Notification[];
  /** The app's writers: `stopped` while a run holds them. */
  readonly operations: { state: 'running' | 'stopped' };
  readonly memory: { usage: number };
  start(faults?: Partial<Record<PortName, readonly Fault[]>>): AppProcess;
}

/** A database with the app's side of it. */
export type KitDatabase = DatabasePort & AppTables & { readonly tableNames: readonly string[] };

/** What a kit is made of; everything has a small default. */
export interface KitOptions {
  readonly definition?: Partial<MigrationDefinition>;
  readonly entries?: Iterable<readonly [string, string]>;
  readonly capacity?: number;
  /** Makes a new one for each kit. */
  readonly database?: () => KitDatabase;
}

const TASKS =
  '{"state":{"tasks":[{"id":"a","title":"A \\u0026 B","done":false},{"id":"b","title":"zwei","done":true,"extra":1.0}, {"id":"c","title":"","done":null}],"filter":1.0},"version":3}';

/** The storage that runs begin with unless a test says otherwise, foreign keys included. */
export const SMALL_STORAGE: readonly (readonly [string, string])[] = [
  ['task-store', TASKS],
  ['environments', '{ "e1" : {"name":"Eins"}, "e2":{"name":"\\ud800"} }'],
  ['draft:1', 'half a sentence \ud800'],
  ['draft:', ''],
  ['settings', '{"broken'],
  ['length', 'somebody else’s'],
  ['__proto__', 'also foreign'],
  ['session-token', 'secret'],
];

export const SMALL_DEFINITION: MigrationDefinition = {
  id: 'small',
  collections: {
    tasks: { storageKey: 'task-store', path: 'state.tasks', cachePatterns: ['task:{id}'] },
    environments: { storageKey: 'environments', cachePatterns: ['environment:*'] },
  },
  formData: ['draft:*', 'settings'],
  cacheGrace: 60_000,
};

export const SMALL_SCHEMA: MemorySchema = {
  tables: {
    tasks: { columns: ['id', 'title', 'done'], idColumns: ['id'] },
    environments: { columns: ['id', 'name'], idColumns: ['id'] },
  },
  others: {
    comments: {
      columns: ['id', 'taskId', 'text'],
      idColumns: ['id'],
      references: [{ columns: ['taskId'], table: 'tasks', onDelete: 'cascade' }],
    },
  },
  scope: 'wholeTable',
};

/** The database of a kit: two collections with a row that was there before, and a table that refers to one of them. */
export function smallDatabase(): MemoryDatabase & { readonly tableNames: readonly string[] } {
  const database = memoryDatabase(SMALL_SCHEMA);
  database.insert('tasks', { id: 'before', title: 'was there before', done: true });
  return Object.assign(database, { tableNames: ['tasks', 'environments', 'comments'] });
}

/** The lock as one port, so that giving back is an operation like the others. */
interface FlatLock {
  acquire(name: string): Promise<HeldLock | null>;
  isHeld(name: string): Promise<boolean>;
  release(held: HeldLock): Promise<void>;
}

/** A world with memory adapters, in which processes are started. */
export function createKit(options: KitOptions = {}): Kit {
  const migration = defineMigration({ ...SMALL_DEFINITION, ...options.definition });
  const database = (options.database ?? smallDatabase)();
  const kit = {
    migration,
    clock: manualClock(),
    storage: memoryStorage({
      entries: options.entries ?? SMALL_STORAGE,
      ...(options.capacity === undefined ? {} : { capacity: options.capacity }),
    }),
    vault: memoryVault(),
    database,
    tables: database.tableNames,
    cache: memoryCache({ entries: { 'task:a': 'old', 'environment:e1': 'old', 'user:1': 'foreign' } }),
    lock: memoryLock(),
    notices: [] as Notification[],
    operations: { state: 'running' as 'running' | 'stopped' },
    memory: { usage: 0.1 },
  };
  let processes = 0;
  return {
    ...kit,
    start(faults = {}) {
      processes += 1;
      return startProcess(kit, `p${processes}`, faults);
    },
  };
}

function startProcess(
  kit: Omit<Kit, 'start'>,
  name: string,
  faults: Partial<Record<PortName, readonly Fault[]>>,
): AppProcess {
  const death = new AbortController().signal;
  const base = kit.lock.open(death);
  const flatLock: FlatLock = {
    acquire: (lock) => base.acquire(lock),
    isHeld: (lock) => base.isHeld(lock),
    release: (held) => held.release(),
  };
  const notify = async (notice: Notification): Promise<void> => void kit.notices.push(notice);
  const operations = {
    stop: async (): Promise<void> => {
      kit.operations.state = 'stopped';
    },
    resume: async (): Promise<void> => {
      kit.operations.state = 'running';
    },
  };
  const ports = {
    storage: withFaults(kit.storage.open(death), faults.storage),
    database: withFaults<DatabasePort>(kit.database, faults.database),
    vault: withFaults(kit.vault.open(death), faults.vault),
    cache: withFaults(kit.cache, faults.cache),
    lock: withFaults(flatLock, faults.lock),
    notify: withFaults(notify, faults.notify),
    operations: withFaults(operations, faults.operations),
    memory: withFaults({ usage: async () => kit.memory.usage }, faults.memory),
  };
  const lock = ports.lock.port;
  const client = createBackpedal({
    migration: kit.migration,
    storage: ports.storage.port,
    database: ports.database.port,
    vault: ports.vault.port,
    cache: ports.cache.port,
    lock: {
      acquire: async (wanted) => {
        const held = await lock.acquire(wanted);
        return held === null ? null : { lost: held.lost, release: () => lock.release(held) };
      },
      isHeld: (wanted) => lock.isHeld(wanted),
    },
    notify: ports.notify.port,
    operations: ports.operations.port,
    memory: ports.memory.port,
    clock: kit.clock,
    identity: seededIdentity(name),
  });
  return { client, kit, ports };
}

/** How a piece of work ended, if it did. */
export type Driven<T> =
  | { readonly end: 'value'; readonly value: T }
  | { readonly end: 'error'; readonly error: unknown }
  | { readonly end: 'open' };

/** Lets seconds pass until the work has settled, or gives up after so many hours. */
export async function drive<T>(clock: ManualClock, work: Promise<T>, hours = 8): Promise<Driven<T>> {
  let driven: Driven<T> = { end: 'open' };
  work.then(
    (value) => {
      driven = { end: 'value', value };
    },
    (error: unknown) => {
      driven = { end: 'error', error };
    },
  );
  await clock.advance(0);
  for (let seconds = 0; driven.end === 'open' && seconds < hours * 3600; seconds++) await clock.advance(1000);
  return driven;
}
