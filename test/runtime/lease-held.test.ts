import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/testing/index.ts';
import { createKit, drive, type Kit } from '../support/run-kit.ts';

interface Held {
  readonly state: string;
  readonly run: string;
  readonly holder: string | undefined;
}

/** Looks, whenever a record is written, whose the lease is. */
function watching(kit: Kit, looks: Promise<Held>[]): NonNullable<Fault['when']> {
  return ({ operation, arguments: [name, text] }) => {
    if (operation !== 'putIfAbsent' || !String(name).includes('/journal/')) return false;
    const { run, snapshot } = JSON.parse(String(text).split('\n')[1] ?? '');
    const state = typeof snapshot.value === 'string' ? snapshot.value : Object.values(snapshot.value).join();
    looks.push(kit.database.ledger('small').then(({ holder }) => ({ state, run, holder: holder?.run })));
    return false;
  };
}

const WITHOUT = ['surveying', 'inspecting', 'locking', 'announcing', 'migrated', 'rolledBack'];

describe('the lease', () => {
  it('RB15 is the run’s in every state between its lock and its end, of a migration and of a rollback', async () => {
    const kit = createKit();
    const looks: Promise<Held>[] = [];
    const never = { throws: new Error('Never.') };
    const { client } = kit.start({ vault: [{ when: watching(kit, looks), moment: 'before', behaviour: never }] });
    await drive(kit.clock, client.migrate());
    await drive(kit.clock, client.rollback({ reason: 'USER_REQUEST', onDrift: 'merge' }));
    const held = await Promise.all(looks);
    const during = held.filter(({ state }) => !WITHOUT.includes(state));
    expect(during.map(({ state }) => state)).toEqual(expect.arrayContaining(['copyingBatch', 'clearingSource']));
    expect(during.map(({ state }) => state)).toEqual(expect.arrayContaining(['clearingDatabase', 'cleaningState']));
    expect(during.filter(({ run, holder }) => holder !== run)).toEqual([]);
    expect(held.filter(({ state }) => state === 'rolledBack')).toMatchObject([{ holder: undefined }]);
  });
});
