import type { StandardSchemaV1 } from '@standard-schema/spec';
import { defineMigration } from '../../definition/define-migration.ts';
import type { Migration, MigrationDefinition } from '../../definition/types.ts';
import type { CachePort } from '../../ports/cache.ts';
import type { DatabasePort, Row } from '../../ports/database.ts';
import type { LockPort } from '../../ports/lock.ts';
import type { StoragePort } from '../../ports/storage.ts';
import type { VaultPort } from '../../ports/vault.ts';
import { memoryCache } from '../memory-cache.ts';
import type { MemoryDatabase } from '../memory-database/types.ts';
import { memoryDatabase } from '../memory-database.ts';
import { memoryLock } from '../memory-lock.ts';
import { memoryStorage } from '../memory-storage.ts';
import { memoryVault } from '../memory-vault.ts';

/** The ports that a process has of its own; the rest of a client is supplied by whoever runs a path. */
export interface PathPorts {
  readonly storage: StoragePort;
  readonly database: DatabasePort;
  readonly vault: VaultPort;
  readonly cache: CachePort;
  readonly lock: LockPort;
}

/** What people and other programs do besides the run; each is done when it returns or resolves. */
export interface PathPeople {
  /** Adds a row to the first collection, another one each time, and gives it with all its columns. */
  addRow(): Row | Promise<Row>;
  /** Changes a row of the first collection that is there. */
  changeRow(): void | Promise<void>;
  /** The rows of a collection as the app sees them. */
  rows(collection: string): readonly Row[] | Promise<readonly Row[]>;
  /** Takes the local lock from whoever holds it, and gives it back at once. */
  stealLock(): void;
}

/**
 * The world of one path, new for each. Its storage holds the users' data, with at least one item in each of the first
 * collections, and some keys of others; nothing has been migrated yet.
 */
export interface PathWorld {
  readonly migration: Migration;
  readonly people: PathPeople;
  /** The ports as a new process sees them; the signal aborts when it dies. */
  open(death: AbortSignal): PathPorts;
  /** A copy of the world as it is now; where there is none, every rollback begins with a migration of its own. */
  fork?(needs: PathWorldNeeds): PathWorld;
}

/** What a path needs of its world. */
export interface PathWorldNeeds {
  /** How many batches a migration copies: as many collections hold items. */
  readonly batches: number;
  /** Says of each item whether the app's schema takes it; asked at every validation. */
  readonly acceptsItems: () => boolean;
}

/** Makes the world for a path. */
export type CreatePathWorld = (needs: PathWorldNeeds) => PathWorld | Promise<PathWorld>;

/** An app's schema that takes what it is told to take. */
const schemaOf = (acceptsItems: () => boolean): StandardSchemaV1 => ({
  '~standard': {
    version: 1,
    vendor: 'backpedal/testing',
    validate: (value) => (acceptsItems() ? { value } : { issues: [{ message: 'is not taken', path: ['id'] }] }),
  },
});

const definitionFor = (schema: StandardSchemaV1): MigrationDefinition => ({
  id: 'paths',
  collections: {
    tasks: { storageKey: 'task-store', path: 'state.tasks', schema, cachePatterns: ['task:{id}'] },
    environments: { storageKey: 'environments', schema, cachePatterns: ['environment:*'] },
    notes: { storageKey: 'note-*', schema },
  },
  formData: ['draft:*'],
  triggers: { timeout: 60_000 },
});

/** Users' data with what is easily lost: numbers as written, escapes, lone surrogates, blanks. */
const CONTENT: readonly (readonly [string, string])[] = [
  [
    'task-store',
    '{"state":{"tasks":[{"id":"a","title":"A \\u0026 B","rank":1.0}, {"id":"b","title":"z\\/w"}],"filter":1.0},"v":3}',
  ],
  ['environments', '{ "e1" : {"name":"Eins"}, "e2":{"name":"\\ud800"} }'],
  ['note-1', '{"id":"1","text":"one"}'],
  ['draft:1', 'half a sentence \ud800'],
  ['length', 'somebody else’s'],
  ['session-token', 'foreign'],
];

const COLLECTION_KEYS = ['task-store', 'environments', 'note-1'];

/** The storage with items in so many collections. */
function contentWith(batches: number): (readonly [string, string])[] {
  const without = new Set(COLLECTION_KEYS.slice(batches));
  return CONTENT.filter(([key]) => !without.has(key));
}

/** Everything of a world in memory that lasts. */
interface Content {
  readonly storage: readonly (readonly [string, string])[];
  readonly vault: Iterable<readonly [string, string]>;
  readonly database: MemoryDatabase;
}

const freshDatabase = (): MemoryDatabase =>
  memoryDatabase({
    tables: {
      tasks: { columns: ['id', 'title', 'rank'], idColumns: ['id'] },
      environments: { columns: ['id', 'name'], idColumns: ['id'] },
      notes: { columns: ['id', 'text'], idColumns: ['id'] },
    },
    scope: 'wholeTable',
  });

/** A world on the adapters in memory. */
export const memoryPathWorld = (needs: PathWorldNeeds): PathWorld =>
  worldOf({ storage: contentWith(needs.batches), vault: [], database: freshDatabase() }, needs);

function worldOf(content: Content, { acceptsItems }: PathWorldNeeds): PathWorld {
  const migration = defineMigration(definitionFor(schemaOf(acceptsItems)));
  const { database } = content;
  const storage = memoryStorage({ entries: content.storage, capacity: 20_000 });
  const vault = memoryVault();
  for (const [name, text] of content.vault) vault.disk.set(name, text);
  const lock = memoryLock();
  const cache = memoryCache({ entries: { 'task:a': 'old', 'environment:e1': 'old', 'user:1': 'foreign' } });
  let added = 0;
  return {
    migration,
    open: (death) => ({ storage, database, vault, cache, lock: lock.open(death) }),
    fork: (needs) => {
      const copy = memoryDatabase({ store: structuredClone(database.store) });
      return worldOf({ storage: storage.entries(), vault: vault.disk, database: copy }, needs);
    },
    people: {
      addRow: () => {
        added += 1;
        const row = { id: `new-${added}`, title: 'added', rank: added };
        database.insert('tasks', row);
        return row;
      },
      changeRow: () => {
        const [first] = database.rows('tasks');
        if (first === undefined) throw new Error('There is no row to be changed.');
        database.update('tasks', { id: first.id }, { title: 'changed' });
      },
      rows: (collection) => database.rows(collection),
      stealLock: () => {
        void lock.steal(`backpedal:${migration.id}`).release();
      },
    },
  };
}
