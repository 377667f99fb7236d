import { DatabaseError } from '../../errors.ts';
import type { DatabasePort } from '../../ports/database.ts';
import type { MemoryStore } from '../memory-database/store.ts';
import type { MemoryTables } from '../memory-database/types.ts';
import { memoryDatabase } from '../memory-database.ts';
import { cloneStore } from './clone-store.ts';

/**
 * - `server`: an SQL database of which each call is one transaction; the outcome of a commit may stay unknown.
 * - `image`: an embedded database saved as a whole, of which every process has a private copy; saving is
 *   compare-and-swap (hazard H15a).
 */
export type DatabaseKind = 'server' | 'image';

/** One request to the database, carried out when its turn comes. */
export type Ask = (operation: string, args: readonly unknown[], perform: () => unknown) => Promise<unknown>;

/** A transaction that has been committed. */
export interface Commit {
  readonly operation: string;
  readonly args: readonly unknown[];
  readonly result: unknown;
}

/** A database, with what lies on its disk. */
export interface SimulatedDatabase {
  /** A connection, or a private copy, of a process. */
  open(ask: Ask): DatabasePort;
  /** What is committed. */
  store(): MemoryStore;
  /** What people do; durable at once. */
  readonly app: MemoryTables;
}

const WRITING = ['lease', 'release', 'record', 'begin', 'copy', 'digest', 'clear', 'undoClear', 'sweep', 'dropArchive'];

const READING: ReadonlySet<string> = new Set([
  'tables',
  'ping',
  'ledger',
  'compare',
  'rowDigests',
  'survey',
  'drifted',
  'movable',
  'remaining',
  'archives',
  'archived',
]);
const OPERATIONS: readonly string[] = [...READING, ...WRITING];

type Method = (...args: unknown[]) => Promise<unknown>;
type Methods = Readonly<Record<string, Method>>;

function portOf(base: DatabasePort, method: (operation: string) => Method): DatabasePort {
  const methods: Record<string, Method> = {};
  for (const operation of OPERATIONS) methods[operation] = method(operation);
  return { failureDomain: base.failureDomain, scope: base.scope, ...methods } as unknown as DatabasePort;
}

/** A database on a store, which it takes over. `observe` is called for every commit of a process. */
export function simulatedDatabase(
  kind: DatabaseKind,
  store: MemoryStore,
  observe: (commit: Commit) => void,
): SimulatedDatabase {
  return kind === 'server' ? serverDatabase(store, observe) : imageDatabase(store, observe);
}

function serverDatabase(store: MemoryStore, observe: (commit: Commit) => void): SimulatedDatabase {
  const memory = memoryDatabase({ store });
  const commit = async (operation: string, args: readonly unknown[]): Promise<unknown> => {
    const result = await ((memory as unknown as Methods)[operation] as Method)(...args);
    if (!READING.has(operation)) observe({ operation, args, result });
    return result;
  };
  return {
    open: (ask) =>
      portOf(
        memory,
        (operation) =>
          (...args) =>
            ask(operation, args, () => commit(operation, args)),
      ),
    store: () => store,
    app: memory,
  };
}

const ATTEMPTS = 8;

function imageDatabase(initial: MemoryStore, observe: (commit: Commit) => void): SimulatedDatabase {
  const saved = { store: initial, version: 0 };
  const base = memoryDatabase({ store: initial });

  const transact = async (
    ask: Ask,
    mine: { store: MemoryStore; version: number },
    operation: string,
    args: readonly unknown[],
  ): Promise<unknown> => {
    const load = (): void => {
      if (mine.version !== saved.version) Object.assign(mine, { store: saved.store, version: saved.version });
    };
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      await ask('load', [operation, ...args], load);
      const isRead = READING.has(operation);
      const base = mine.version;
      const working = isRead ? mine.store : cloneStore(mine.store);
      const handle = memoryDatabase({ store: working }) as unknown as Methods;
      const result = await (handle[operation] as Method)(...args);
      if (isRead) return result;
      const isSaved = await ask('save', [operation, ...args], () => {
        if (saved.version !== base) return false;
        saved.store = working;
        saved.version += 1;
        observe({ operation, args, result });
        return true;
      });
      if (isSaved) return result;
    }
    throw new DatabaseError('DATABASE_UNAVAILABLE', 'Others kept saving the image; nothing was done. Try again.', {
      persistence: 'transient',
    });
  };
  const app = <K extends keyof MemoryTables>(name: K): MemoryTables[K] =>
    ((...args: never[]) => {
      const working = name === 'rows' ? saved.store : cloneStore(saved.store);
      const result = (memoryDatabase({ store: working })[name] as (...all: never[]) => unknown)(...args);
      if (name !== 'rows') Object.assign(saved, { store: working, version: saved.version + 1 });
      return result;
    }) as MemoryTables[K];
  return {
    open: (ask) => {
      const mine = { ...saved };
      return portOf(
        base,
        (operation) =>
          (...args) =>
            transact(ask, mine, operation, args),
      );
    },
    store: () => saved.store,
    app: { rows: app('rows'), insert: app('insert'), update: app('update'), remove: app('remove') },
  };
}
