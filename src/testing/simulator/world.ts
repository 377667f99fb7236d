import { isCollectionKey, isFormDataKey } from '../../definition/key-ownership.ts';
import type { DriftPolicy, Migration } from '../../definition/types.ts';
import type { BurstFence, BurstOutcome, StorageWrite } from '../../ports/storage.ts';
import { type MemoryCache, memoryCache } from '../memory-cache.ts';
import { type MemoryStorage, memoryStorage } from '../memory-storage.ts';
import { judgeBurst } from './bursts.ts';
import { cloneStore } from './clone-store.ts';
import { type Custody, createCustody, keepsCopies } from './custody.ts';
import { type DatabaseKind, type SimulatedDatabase, simulatedDatabase } from './database.ts';
import { type Edits, noEdits } from './edits.ts';
import { createFencing } from './fencing.ts';
import type { Image } from './images.ts';
import { type SimulatedLocks, simulatedLocks } from './lock.ts';
import { migrationOf, type Shape } from './shapes.ts';
import { type SimulatedTime, simulatedTime } from './time.ts';
import { createTrace, type Trace } from './trace.ts';
import { type SimulatedVault, simulatedVault, type VaultKind } from './vault.ts';
import { createWriteAhead, type WriteAhead } from './write-ahead.ts';

/**
 * - `browser`: what is written reads back at once and reaches the disk minutes later; a crash keeps a prefix of it
 *   (hazards H1 to H3).
 * - `file`: a burst is on disk, whole, when it is acknowledged.
 * - `withoutFsync`: a file that was never synced: it lies, and exists to show that the simulator finds it out.
 */
export type StorageKind = 'browser' | 'file' | 'withoutFsync';

/** What a world consists of. */
export interface WorldOptions {
  readonly shape: Shape;
  readonly source: 'clear' | 'keep';
  readonly onDrift: DriftPolicy;
  readonly storage: StorageKind;
  readonly vault: VaultKind;
  readonly database: DatabaseKind;
  readonly cache: 'present' | 'absent';
  readonly lock: 'present' | 'absent';
}

/** What has been found out to be wrong. */
export interface Guards {
  readonly violations: string[];
  violate(what: string): void;
}

/** The stores of one device and its servers, watched. */
export interface World {
  readonly options: WorldOptions;
  readonly migration: Migration;
  readonly storage: MemoryStorage;
  readonly vault: SimulatedVault;
  readonly database: SimulatedDatabase;
  readonly cache: MemoryCache | null;
  readonly locks: SimulatedLocks;
  readonly time: SimulatedTime;
  readonly trace: Trace;
  readonly guards: Guards;
  readonly edits: Edits;
  readonly custody: Custody;
  readonly writeAhead: WriteAhead;
  /** What the keys of storage held before the migration, and every key of others. */
  readonly originals: ReadonlyMap<string, string>;
  /** A burst of a process: judged, written, and looked at; behind the process's fence where storage is a browser's. */
  burst(
    writes: readonly StorageWrite[],
    permitted: () => boolean,
    run: string | null,
    fence?: BurstFence,
  ): Promise<BurstOutcome>;
  /** Rises with everything that changes what lies in a store. */
  version(): number;
  /** The burst that was written last: of which run, and how many records there were then. */
  lastBurst(): { readonly run: string; readonly records: number } | null;
}

/** A world as an image has it; `fresh` is the one in which nothing had been done yet. */
export function createWorld(
  options: WorldOptions,
  image: Image,
  fresh: Image,
  keeps: 'hash' | 'story',
  edits: Edits = noEdits(),
): World {
  const migration = migrationOf(options.shape, options.source, options.onDrift);
  const violations: string[] = [];
  const guards: Guards = {
    violations,
    violate: (what) => {
      if (!violations.includes(what)) violations.push(what);
    },
  };
  const check = (violation: string | null): void => {
    if (violation !== null) guards.violate(violation);
  };
  const storage = memoryStorage({ entries: image.storage });
  const writeAhead = createWriteAhead(image.vault);
  let version = 0;
  const vault = simulatedVault(options.vault, image.vault, (operation, write) => {
    version += 1;
    check(writeAhead.wrote(operation, write));
    if (write.name.endsWith('/content')) edits.damaged.delete(write.name);
    if (keepsCopies(write.name) || write.name.endsWith('/head')) custody.keys().forEach(check);
  });
  const fencing = createFencing(image.database);
  const database = simulatedDatabase(options.database, cloneStore(image.database), (commit) => {
    version += 1;
    check(fencing.committed(commit));
    check(writeAhead.committed(commit));
    custody.rows().forEach(check);
  });
  const originals = new Map(
    fresh.storage.filter(
      ([key]) =>
        isFormDataKey(migration, key) || migration.collections.some((collection) => isCollectionKey(collection, key)),
    ),
  );
  const custody = createCustody({ storage, vault, database, originals, edits });
  const time = simulatedTime(image);
  let last: { readonly run: string; readonly records: number } | null = null;
  const judge = (writes: readonly StorageWrite[], before: ReadonlyMap<string, string | null>, run: string | null) => {
    version += 1;
    judgeBurst({ migration, originals, edits, custody }, writes, before).forEach(check);
    if (run !== null) {
      check(writeAhead.burst(run));
      last = { run, records: writeAhead.length() };
    }
    if (options.storage === 'file') storage.flush();
    custody.keys().forEach(check);
  };
  const burst: World['burst'] = (writes, permitted, run, given) => {
    const fence: BurstFence = options.storage === 'browser' && given !== undefined ? given : async (write) => write();
    return storage.write(writes, permitted, (write) =>
      fence(() => {
        const before = new Map(writes.map(({ key }) => [key, storage.getItem(key)]));
        const outcome = write();
        // Now: whether the process ever learns of it is another matter.
        if (outcome.status === 'written') judge(writes, before, run);
        return outcome;
      }),
    );
  };
  return {
    options,
    migration,
    storage,
    vault,
    database,
    cache: options.cache === 'absent' ? null : memoryCache(),
    locks: simulatedLocks(),
    time,
    trace: createTrace(keeps),
    guards,
    edits,
    custody,
    writeAhead,
    originals,
    burst,
    version: () => version,
    lastBurst: () => last,
  };
}
