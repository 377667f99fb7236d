import { indexedDbVault, webLock, webMemory, webStorage } from '../../../src/adapters/web/index.ts';
import { type Backpedal, type BackpedalOptions, createBackpedal, defineMigration } from '../../../src/index.ts';
import { type MemoryDatabase, seededIdentity } from '../../../src/testing/index.ts';
import { SMALL_DEFINITION, SMALL_STORAGE, smallDatabase } from '../../support/run-kit.ts';
import { briskClock } from './brisk-clock.ts';
import { unusedName } from './unused-name.ts';

/** The keys that belong to the migration, as they were before it. */
export const OWNED: readonly (readonly [string, string])[] = SMALL_STORAGE.filter(([key]) =>
  /^(task-store|environments|settings|draft:.*)$/.test(key),
);
/** The keys of others. */
export const FOREIGN: readonly (readonly [string, string])[] = SMALL_STORAGE.filter((entry) => !OWNED.includes(entry));

/** An app in a browser: the real localStorage and IndexedDB, and a database that outlives its tabs. */
export interface BrowserWorld {
  readonly name: string;
  readonly id: string;
  readonly database: MemoryDatabase;
  /** Another tab, with a client of its own. */
  open(ports?: Partial<BackpedalOptions>): Backpedal;
}

let tabs = 0;

/** Begins with the small storage, in a localStorage that has nothing else in it. */
export function browserWorld(): BrowserWorld {
  localStorage.clear();
  for (const [key, value] of SMALL_STORAGE) localStorage.setItem(key, value);
  const name = unusedName();
  const id = `small-${name.replace(/\W/g, '-')}`.slice(0, 60);
  const database = smallDatabase();
  const migration = defineMigration({ ...SMALL_DEFINITION, id });
  return {
    name,
    id,
    database,
    open(ports = {}) {
      tabs += 1;
      return createBackpedal({
        migration,
        storage: webStorage(),
        vault: indexedDbVault({ name }),
        database,
        lock: webLock(),
        memory: webMemory(),
        clock: briskClock(),
        identity: seededIdentity(`tab-${tabs}`),
        ...ports,
      });
    },
  };
}

/** What of these keys is in localStorage. */
export const found = (entries: readonly (readonly [string, string])[]): (readonly [string, string | null])[] =>
  entries.map(([key]) => [key, localStorage.getItem(key)]);

/** Whether every key of the migration is as it was. */
export const isRestored = (): boolean => OWNED.every(([key, value]) => localStorage.getItem(key) === value);

/** The ids of the migrated rows that are in the database's tables. */
export const rowsIn = ({ database }: BrowserWorld): unknown[] =>
  [...database.rows('tasks'), ...database.rows('environments')].map(({ id }) => id).filter((id) => id !== 'before');
