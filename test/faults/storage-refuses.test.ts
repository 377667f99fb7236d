import { describe, expect, it } from 'vitest';
import type { StorageWrite } from '../../src/ports/storage.ts';
import { differences, type Witness, witness } from '../support/invariants.ts';
import { type AppProcess, createKit, drive, SMALL_STORAGE } from '../support/run-kit.ts';
import {
  drift,
  goOn,
  MIGRATION,
  PLAIN_ROLLBACK,
  playOut,
  rehearse,
  type Scenario,
  setStage,
} from '../support/scenarios.ts';

/** Drift in rows, a key of a collection that the app has written again, torn and missing form data. */
const MANY_KEYS: Scenario = {
  ...PLAIN_ROLLBACK,
  name: 'a rollback that writes and overwrites many keys',
  options: {
    entries: [...SMALL_STORAGE, ['draft:2', '{"text":"whole"}'], ['draft:3', 'gone later']],
  },
  prepare: async (kit) => {
    await kit.start().client.migrate();
    drift(kit);
    kit.storage.setItem('environments', '{}');
    kit.storage.setItem('draft:2', '{"text":"who');
    kit.storage.removeItem('draft:3');
  },
  run: ({ client }) => client.rollback({ reason: 'USER_REQUEST', onDrift: 'merge' }),
};

/** How many sets the bursts of a run ask for at most. */
const setsOf = (process: AppProcess): number =>
  process.ports.storage.calls
    .filter(({ operation }) => operation === 'write')
    .flatMap(({ arguments: [writes] }) => writes as readonly StorageWrite[])
    .filter(({ value }) => value !== null).length;

async function refuseEverywhere(scenario: Scenario, times: 'once' | 'always'): Promise<[string[], Set<string>]> {
  const { after, process } = await rehearse(scenario);
  const broken: string[] = [];
  const outcomes = new Set<string>();
  for (let index = 0; index < setsOf(process); index++) {
    const stage = await setStage(scenario, after);
    stage.kit.storage.refuseSet(index, times);
    const ending = await playOut(scenario, stage, stage.kit.start());
    outcomes.add(ending.told?.outcome ?? 'none');
    stage.kit.storage.refuseSet(Number.POSITIVE_INFINITY, 'once');
    const found = [...ending.broken, ...(await goOn(scenario, stage, ending))];
    if (found.length > 0) broken.push(`set ${index} ${times}: ${found.join('; ')}`);
  }
  return [broken, outcomes];
}

describe('a storage that is full', () => {
  it.each([PLAIN_ROLLBACK, MANY_KEYS])('RB10 at any key of the burst, once: $name is undone', async (scenario) => {
    expect(await refuseEverywhere(scenario, 'once')).toEqual([[], new Set(['unchanged'])]);
  });

  it('RB10 at any key of the burst, and from there on: storage is put back, or it is safe mode', async () => {
    expect(await refuseEverywhere(PLAIN_ROLLBACK, 'always')).toEqual([[], new Set(['unchanged'])]);
    const [broken, outcomes] = await refuseEverywhere(MANY_KEYS, 'always');
    expect(broken).toEqual([]);
    expect([...outcomes].sort()).toEqual(['safeMode', 'unchanged']);
  });

  it('MI5 at the marker when the source is cleared: everything is put back, or it is safe mode', async () => {
    expect(await refuseEverywhere(MIGRATION, 'once')).toEqual([[], new Set(['rolledBack'])]);
    expect(await refuseEverywhere(MIGRATION, 'always')).toEqual([[], new Set(['safeMode'])]);
  });
});

describe('a storage that has become too small', () => {
  const filled = async (room: number) => {
    const kit = createKit({ capacity: 2000 });
    await kit.start().client.migrate();
    drift(kit);
    const { used } = (await kit.storage.room()) as { used: number };
    kit.storage.setItem('session-token', 'x'.repeat(2000 - used - room));
    return kit;
  };

  it('RB13 for the old values is found out before the database is cleared', async () => {
    const kit = await filled(0);
    const before = witness(kit);
    const process = kit.start();
    const driven = await drive(kit.clock, process.client.rollback({ reason: 'USER_REQUEST', onDrift: 'merge' }));
    expect(driven).toMatchObject({ end: 'value', value: { outcome: 'unchanged', error: { code: 'NO_ROOM' } } });
    expect(process.ports.database.count('clear')).toBe(0);
    expect(differences(witness(kit), before)).toEqual([]);
  });

  it('RB10 for what the drift adds to them is undone', async () => {
    const kit = await filled(400);
    kit.database.insert('tasks', { id: 'long', title: 'x'.repeat(500), done: null });
    const before: Witness = witness(kit);
    const process = kit.start();
    const driven = await drive(kit.clock, process.client.rollback({ reason: 'USER_REQUEST', onDrift: 'merge' }));
    expect(driven).toMatchObject({ end: 'value', value: { outcome: 'unchanged', error: { code: 'STORAGE_QUOTA' } } });
    expect(process.ports.database.count('undoClear')).toBe(1);
    expect(differences(witness(kit), before)).toEqual([]);
  });
});
