import { type DBSchema, type IDBPDatabase, type IDBPObjectStore, openDB } from 'idb';
import { IndexedDbFaultError } from './indexed-db-fault.ts';

/** Entries by name, and a mark that tells this database from one that is made after it was deleted. */
interface Schema extends DBSchema {
  entries: { key: string; value: unknown };
  about: { key: 'birth'; value: string };
}

/** The entries during one transaction. */
export type Entries<Mode extends IDBTransactionMode> = IDBPObjectStore<Schema, ['entries'], 'entries', Mode>;

/** A connection to one database that is opened when it is needed, and once more when the browser has dropped it. */
export interface IndexedDbConnection {
  /** Reads in one transaction. `work` awaits nothing but requests of its own. */
  read<Result>(work: (entries: Entries<'readonly'>) => Promise<Result>): Promise<Result>;
  /**
   * Writes in one transaction and resolves when that is on disk (hazard H8). When the browser drops the connection,
   * `work` is run a second time: nobody can tell whether the first one came through.
   */
  write<Result>(work: (entries: Entries<'readwrite'>) => Promise<Result>): Promise<Result>;
}

const VERSION = 1;
const DROPPED = ['InvalidStateError', 'AbortError', 'UnknownError'];

const wasDropped = (thrown: unknown): boolean => thrown instanceof Error && DROPPED.includes(thrown.name);

/** A text that no other mark equals. */
export const newMark = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

interface Handle {
  readonly db: IDBPDatabase<Schema>;
  state: 'open' | 'closed';
}

/** Opens the database, and says which one it is. */
async function open(name: string): Promise<Handle & { readonly birth: string }> {
  if (globalThis.indexedDB == null) throw new IndexedDbFaultError('missing');
  let handle: Handle | null = null;
  const close = (): void => {
    if (handle === null) return;
    handle.state = 'closed';
    handle.db.close();
  };
  const db = await new Promise<IDBPDatabase<Schema>>((resolve, reject) => {
    const opening = openDB<Schema>(name, VERSION, {
      upgrade(created) {
        created.createObjectStore('entries');
        void created.createObjectStore('about').put(newMark(), 'birth');
      },
      blocked: () => reject(new IndexedDbFaultError('held')),
      // Somebody wants to delete it, or to open a newer version: whoever holds on keeps him waiting for ever.
      blocking: close,
      terminated: close,
    });
    opening.then(resolve, reject);
  });
  handle = { db, state: 'open' };
  const birth = db.objectStoreNames.contains('about') ? await db.get('about', 'birth') : undefined;
  if (birth !== undefined && db.objectStoreNames.contains('entries')) return Object.assign(handle, { birth });
  close();
  throw new IndexedDbFaultError('foreign');
}

async function transact<Mode extends 'readonly' | 'readwrite', Result>(
  { db }: Handle,
  mode: Mode,
  work: (entries: Entries<Mode>) => Promise<Result>,
): Promise<Result> {
  const transaction = db.transaction(['entries'], mode, mode === 'readwrite' ? { durability: 'strict' } : {});
  const { done } = transaction;
  try {
    const result = await work(transaction.objectStore('entries') as Entries<Mode>);
    await done;
    return result;
  } catch (thrown) {
    if (transaction.error === null) abort(transaction);
    await done.catch(() => {});
    // A request that was cut off says only that it was; the transaction knows why.
    throw wasDropped(thrown) ? (transaction.error ?? thrown) : thrown;
  }
}

function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch {
    // It has ended already, one way or the other.
  }
}

/** A connection to the database of this name. No I/O until the first call. */
export function indexedDbConnection(name: string): IndexedDbConnection {
  let opening: ReturnType<typeof open> | null = null;
  let birth: string | null = null;

  async function current(): Promise<Handle> {
    opening ??= open(name);
    const mine = opening;
    try {
      const handle = await mine;
      if (handle.state === 'open') {
        birth ??= handle.birth;
        if (birth === handle.birth) return handle;
        throw new IndexedDbFaultError('emptied');
      }
    } catch (thrown) {
      if (opening === mine && !(thrown instanceof IndexedDbFaultError && thrown.kind === 'emptied')) opening = null;
      throw thrown;
    }
    if (opening === mine) opening = null;
    return current();
  }

  async function run<Mode extends 'readonly' | 'readwrite', Result>(
    mode: Mode,
    work: (entries: Entries<Mode>) => Promise<Result>,
  ): Promise<Result> {
    const handle = await current();
    try {
      return await transact(handle, mode, work);
    } catch (thrown) {
      if (!wasDropped(thrown)) throw thrown;
    }
    handle.state = 'closed';
    handle.db.close();
    return transact(await current(), mode, work);
  }

  return { read: (work) => run('readonly', work), write: (work) => run('readwrite', work) };
}
