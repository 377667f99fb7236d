import { describe, expect, it } from 'vitest';
import type { Fault, MemoryDatabase } from '../../src/testing/index.ts';
import { type Witness, witness } from '../support/invariants.ts';
import {
  type AppProcess,
  createKit,
  drive,
  type Kit,
  type KitDatabase,
  PORT_NAMES,
  smallDatabase,
} from '../support/run-kit.ts';
import { MERGING_ROLLBACK, MIGRATION, PLAIN_ROLLBACK, type Scenario } from '../support/scenarios.ts';

/** Which keys and rows have no complete copy in storage, a whole backup, a table or the archive, at this very moment. */
function gaps(kit: Kit, memory: MemoryDatabase, owned: Witness): readonly string[] {
  const { disk } = kit.vault;
  const whole = [...disk.keys()].filter(
    (name) => name.endsWith('/content') && disk.has(name.replace(/content$/, 'head')),
  );
  const backups = whole.map((name) => disk.get(name) ?? '');
  const keys = [...owned.storage].filter(
    ([key, value]) =>
      kit.storage.getItem(key) !== value &&
      !backups.some((text) => text.includes(value) || text.includes(JSON.stringify(value))),
  );
  const rows = new Set([...memory.store.archive.values()].map(({ table, row }) => JSON.stringify([table, row])));
  for (const name of kit.tables) for (const row of memory.rows(name)) rows.add(JSON.stringify([name, row]));
  const missing = [...owned.tables].flatMap(([name, all]) =>
    all.map((row) => JSON.stringify([name, row])).filter((row) => !rows.has(row)),
  );
  return [...keys.map(([key]) => `key ${key}`), ...missing];
}

/** Carries a run out while every call of every port looks for gaps. */
async function watch(
  scenario: Scenario,
  act: (process: AppProcess) => void,
): Promise<{ looks: number; found: string[] }> {
  const memory = smallDatabase();
  const kit = createKit({ ...scenario.options, database: (): KitDatabase => memory });
  const original = witness(kit);
  await scenario.prepare(kit);
  const before = witness(kit);
  // What the app has written since is overwritten only after it has been kept, which a backup does not show.
  const storage = new Map([
    ...original.storage,
    ...[...before.storage].filter(([key]) => original.storage.get(key) === before.storage.get(key)),
  ]);
  const owned: Witness = { storage, tables: before.tables };
  const found = new Set<string>();
  let looks = 0;
  const look: Fault = {
    when: ({ operation }) => {
      looks += 1;
      for (const gap of gaps(kit, memory, owned)) found.add(`${gap} at ${operation}`);
      return false;
    },
    moment: 'before',
    behaviour: 'neverSettles',
  };
  const process = kit.start(Object.fromEntries(PORT_NAMES.map((port) => [port, [look]])));
  act(process);
  await drive(kit.clock, scenario.run(process));
  for (const gap of gaps(kit, memory, owned)) found.add(`${gap} at the end`);
  return { looks, found: [...found] };
}

const cancelIn =
  (state: string) =>
  ({ client }: AppProcess): void => {
    client.subscribe(() => {
      if (client.getSnapshot().state === state) void client.cancel().catch(() => {});
    });
  };

describe('custody', () => {
  it.each([MIGRATION, PLAIN_ROLLBACK, MERGING_ROLLBACK])(
    'RB26 at every call of $name every key and row has a copy',
    async (scenario) => {
      const { looks, found } = await watch(scenario, () => {});
      expect(found).toEqual([]);
      expect(looks).toBeGreaterThan(60);
    },
  );

  it.each(['copying.takingDigests', 'clearingSource'])(
    'RB26 also when a migration is cancelled in %s',
    async (state) => {
      expect((await watch(MIGRATION, cancelIn(state))).found).toEqual([]);
    },
  );

  it.each(['executing.invalidatingCache', 'executing.preparingRestore', 'executing.restoringStorage'])(
    'RB26 also when a rollback is cancelled in %s',
    async (state) => {
      expect((await watch(MERGING_ROLLBACK, cancelIn(state))).found).toEqual([]);
    },
  );
});
