import { createBackpedal } from '../../runtime/client.ts';
import { createStore, type MemoryStore } from '../memory-database/store.ts';
import { memoryDatabase } from '../memory-database.ts';
import { memoryStorage } from '../memory-storage.ts';
import { memoryVault } from '../memory-vault.ts';
import { seededIdentity } from '../seeded-identity.ts';
import { cloneStore } from './clone-store.ts';
import { drain } from './scheduler.ts';
import { FOREIGN, FORM_DATA, migrationOf, SCHEMA, type Shape } from './shapes.ts';
import { simulatedTime } from './time.ts';

/** Everything that lies on the disks of a world at one moment. */
export interface Image {
  readonly storage: readonly (readonly [string, string])[];
  readonly vault: ReadonlyMap<string, string>;
  readonly database: MemoryStore;
  readonly now: number;
  readonly monotonic: number;
}

const START = Date.UTC(2026, 0, 1);

/** A world in which nothing has been done. */
export function freshImage(shape: Shape): Image {
  return {
    storage: [...shape.entries, ...FORM_DATA, ...FOREIGN],
    vault: new Map(),
    database: createStore(SCHEMA),
    now: START,
    monotonic: 0,
  };
}

const migrated = new Map<string, Promise<Image>>();

/** The same world once it has been migrated; made once, by the production code. */
export function migratedImage(
  shape: Shape,
  source: 'clear' | 'keep',
  times: 'migrated' | 'migratedTwice',
): Promise<Image> {
  const name = `${shape.name} ${source} ${times}`;
  let image = migrated.get(name);
  if (image === undefined) {
    image = migrate(shape, source, times);
    migrated.set(name, image);
  }
  return image;
}

/** The result of work that waits for nothing but ports in memory. */
async function settled<T extends { readonly outcome: string }>(work: Promise<T>, wanted: string): Promise<void> {
  let outcome = 'open';
  work.then(
    (result) => {
      outcome = result.outcome;
    },
    (error: unknown) => {
      outcome = String(error);
    },
  );
  for (let turn = 0; turn < 1000 && outcome === 'open'; turn++) await drain();
  if (outcome !== wanted) throw new Error(`A world could not be prepared: it was ${outcome}, not ${wanted}.`);
}

async function migrate(shape: Shape, source: 'clear' | 'keep', times: 'migrated' | 'migratedTwice'): Promise<Image> {
  const fresh = freshImage(shape);
  const storage = memoryStorage({ entries: fresh.storage });
  const vault = memoryVault();
  const database = memoryDatabase({ store: cloneStore(fresh.database) });
  const time = simulatedTime(fresh);
  const client = createBackpedal({
    migration: migrationOf(shape, source, 'ask'),
    storage,
    vault,
    database,
    clock: time.clockOf({ state: 'alive' }),
    identity: seededIdentity('first'),
  });
  await settled(client.migrate(), 'migrated');
  if (times === 'migratedTwice') {
    await settled(client.rollback({ reason: 'USER_REQUEST' }), 'rolledBack');
    await settled(client.migrate(), 'migrated');
  }
  return {
    storage: storage.entries(),
    vault: new Map(vault.disk),
    database: database.store,
    now: time.now(),
    monotonic: time.monotonic(),
  };
}
