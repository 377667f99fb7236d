import { BackpedalError, DatabaseError } from '../../errors.ts';
import { BROWSER_PROFILE } from '../../ports/failure-domain.ts';
import type { ImageStore, SaveOutcome, StoredImage } from '../../ports/image-store.ts';
import { changedPages, joinPages, pageCount } from './image-pages.ts';
import { type Entries, indexedDbConnection, newMark } from './indexed-db-connection.ts';
import { describeFault, type IndexedDbFaultKind } from './indexed-db-fault.ts';
import { persistenceRequest } from './request-persistence.ts';

/** Options of `indexedDbImageStore`. */
export interface IndexedDbImageStoreOptions {
  /** What is lost together with it. Default all that the browser keeps for this origin. */
  readonly failureDomain?: string;
}

/** A fault after which the transaction surely has not taken place. */
const ABORTED: readonly IndexedDbFaultKind[] = ['full'];

function unavailable(database: string, doing: string, cause: unknown): BackpedalError {
  if (cause instanceof BackpedalError) return cause;
  const { kind, message, persistence } = describeFault(cause);
  return new DatabaseError(
    'DATABASE_UNAVAILABLE',
    `The database image in the IndexedDB database ${JSON.stringify(database)} could not be ${doing}: ${message}.`,
    { cause, details: { database, fault: kind }, persistence },
  );
}

const damaged = (database: string): DatabaseError =>
  new DatabaseError(
    'DATABASE_FAILED',
    `What is stored in the IndexedDB database ${JSON.stringify(database)} is no database image: something else has written there, or the browser has lost a part of it.`,
    { details: { database } },
  );

async function versionIn(entries: Entries<IDBTransactionMode>, database: string): Promise<string | null> {
  const version = await entries.get('version');
  if (version === undefined || typeof version === 'string') return version ?? null;
  throw damaged(database);
}

const PAGES = 'page/';
const pageName = (number: number): string => `${PAGES}${String(number).padStart(8, '0')}`;
/** The names of all pages from this number on: digits come before the colon. */
const pagesFrom = (number: number): IDBKeyRange => IDBKeyRange.bound(pageName(number), `${PAGES}:`);

/**
 * The image of a sql.js database in an IndexedDB database of its own, for `openSqlJsImage` of `backpedal/sqljs`:
 *
 *     const image = await openSqlJsImage({ SQL, store: indexedDbImageStore('app') });
 *     const database = sqlJsDatabase({ image, tables: { tasks }, scope: 'wholeTable' });
 *
 * A save compares the version, and replaces it and the pages that have changed, in one transaction of strict
 * durability, so that of two tabs none overwrites what the other one saved (hazards H14, H15a), and a tab that dies
 * leaves one image or the other.
 * @param name the name of the IndexedDB database, which belongs to this image alone
 */
export function indexedDbImageStore(name: string, options: IndexedDbImageStoreOptions = {}): ImageStore {
  const connection = indexedDbConnection(name);
  const requestPersistence = persistenceRequest();
  const attempt = async <Result>(doing: string, work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (thrown) {
      throw unavailable(name, doing, thrown);
    }
  };

  /** The image that was saved or loaded last, of which a save writes what has changed since. */
  let known: StoredImage | null = null;

  async function load(entries: Entries<'readonly'>): Promise<StoredImage | null> {
    const version = await versionIn(entries, name);
    const size = await entries.get('size');
    const pages = await entries.getAll(pagesFrom(0));
    if (version === null && size === undefined && pages.length === 0) return null;
    const bytes = typeof size === 'number' ? joinPages(pages, size) : null;
    if (version === null || bytes === null) throw damaged(name);
    known = { bytes, version };
    return { bytes: bytes.slice(), version };
  }

  async function replace(entries: Entries<'readwrite'>, image: StoredImage, before: Uint8Array | null): Promise<void> {
    const { bytes, version } = image;
    const written = changedPages(before, bytes).map(([number, page]) => entries.put(page, pageName(number)));
    await Promise.all([
      ...written,
      entries.delete(pagesFrom(pageCount(bytes.byteLength))),
      entries.put(bytes.byteLength, 'size'),
      entries.put(version, 'version'),
    ]);
  }

  async function save(bytes: Uint8Array, base: string | null): Promise<SaveOutcome> {
    const image: StoredImage = { bytes: bytes.slice(), version: newMark() };
    const { version } = image;
    const before = known !== null && known.version === base ? known.bytes : null;
    let tried = 0;
    requestPersistence();
    try {
      const outcome = await connection.write(async (entries): Promise<SaveOutcome> => {
        const found = await versionIn(entries, name);
        // The connection was dropped when the first try had come through.
        if (found === version) return { status: 'saved', version };
        if (found !== base) return { status: 'conflict' };
        tried += 1;
        await replace(entries, image, before);
        return { status: 'saved', version };
      });
      if (outcome.status === 'saved') known = image;
      return outcome;
    } catch (thrown) {
      if (tried === 0 || (tried === 1 && ABORTED.includes(describeFault(thrown).kind)))
        throw unavailable(name, 'saved', thrown);
      throw new DatabaseError(
        'DATABASE_OUTCOME_UNKNOWN',
        `Saving the database image in the IndexedDB database ${JSON.stringify(name)} failed half-way; load it to see whether it was saved.`,
        { cause: thrown, details: { database: name } },
      );
    }
  }

  return {
    failureDomain: options.failureDomain ?? BROWSER_PROFILE,
    version: () => attempt('looked at', () => connection.read((entries) => versionIn(entries, name))),
    load: () => attempt('read', () => connection.read(load)),
    save,
  };
}
