import { memoryStorage } from '../src/testing/index.ts';
import { backupText, fill, floor, migrationFloor, procedure } from './baselines.ts';
import { makeTasks, storeText, type Task } from './data.ts';
import { fileWorldWith } from './file-world.ts';
import { type Comparison, compare, type Side } from './measure.ts';
import { type BenchWorld, emptyDatabase, KEY, worldWith } from './world.ts';

/** A row of the bench: its name, the goal it is held against, and how it is found out. */
export interface Row {
  readonly name: string;
  /** `null`: a figure to know, held against nothing. */
  readonly goal: number | null;
  /** `skipped` says what is missing on this machine. */
  readonly measure: () => Promise<Comparison | { readonly value: number } | { readonly skipped: string }>;
}

async function rolledBack({ client, storage }: BenchWorld, expected: string | null): Promise<void> {
  const result = await client.rollback({ reason: 'USER_REQUEST', onDrift: expected === null ? 'merge' : 'ask' });
  if (!result.success) throw new Error(`The rollback ended ${result.outcome}: ${result.error?.message}`);
  if (expected !== null && storage.getItem(KEY) !== expected) throw new Error('The store is not what it was.');
}

/** Our rollback of so many tasks, without drift or with one row in a hundred changed. */
function ours(items: readonly Task[], drift: 'none' | 'onePercent'): Side {
  const text = storeText(items);
  return {
    prepare: async () => {
      const world = await worldWith(items);
      const migrated = await world.client.migrate();
      if (!migrated.success) throw new Error(`The migration ended ${migrated.outcome}: ${migrated.error?.message}`);
      if (drift === 'onePercent') world.raw.run("update tasks set title = title || '!' where rowid % 100 = 0");
      return () => rolledBack(world, drift === 'none' ? text : null);
    },
  };
}

function baseline(items: readonly Task[], run: typeof procedure): Side {
  const text = backupText(items);
  return {
    prepare: async () => {
      const raw = await emptyDatabase();
      fill(raw, items);
      const storage = memoryStorage({ capacity: Number.POSITIVE_INFINITY });
      return () => run(raw, storage, text);
    },
  };
}

function rollbackRow(
  name: string,
  goal: number,
  size: number,
  rounds: number,
  against: typeof procedure,
  drift: 'none' | 'onePercent' = 'none',
): Row {
  return {
    name,
    goal,
    measure: () => {
      const items = makeTasks(size);
      return compare(ours(items, drift), baseline(items, against), rounds);
    },
  };
}

const migrationRow: Row = {
  name: 'migrate-10k-vs-floor',
  goal: 3,
  measure: () => {
    const items = makeTasks(10_000);
    const text = storeText(items);
    const us: Side = {
      prepare: async () => {
        const world = await worldWith(items);
        return async () => {
          const result = await world.client.migrate();
          if (!result.success) throw new Error(`The migration ended ${result.outcome}`);
        };
      },
    };
    const them: Side = {
      prepare: async () => {
        const raw = await emptyDatabase();
        return () => migrationFloor(raw, text);
      },
    };
    return compare(us, them, 7);
  },
};

/** What files and their fsync cost: the same rollback on files and in memory. */
const filesRow: Row = {
  name: 'rollback-1k-files-vs-memory',
  goal: null,
  measure: () => {
    const items = makeTasks(1000);
    const onFiles: Side = {
      prepare: async () => {
        const { client, remove } = await fileWorldWith(items);
        const migrated = await client.migrate();
        if (!migrated.success) throw new Error(`The migration ended ${migrated.outcome}: ${migrated.error?.message}`);
        return async () => {
          const result = await client.rollback({ reason: 'USER_REQUEST' });
          if (!result.success) throw new Error(`The rollback ended ${result.outcome}: ${result.error?.message}`);
          remove();
        };
      },
    };
    return compare(onFiles, ours(items, 'none'), 7);
  },
};

/** Every comparison of speed, small ones first. */
export const speedRows: readonly Row[] = [
  rollbackRow('rollback-1k-vs-procedure', 1, 1000, 15, procedure),
  rollbackRow('rollback-10k-vs-procedure', 0.75, 10_000, 9, procedure),
  rollbackRow('rollback-10k-vs-floor', 2, 10_000, 9, floor),
  rollbackRow('rollback-50k-vs-floor', 1.75, 50_000, 5, floor),
  rollbackRow('rollback-200k-vs-floor', 2, 200_000, 3, floor),
  rollbackRow('rollback-10k-drift-vs-floor', 3, 10_000, 9, floor, 'onePercent'),
  migrationRow,
  filesRow,
];
