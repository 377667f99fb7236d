import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/testing/index.ts';
import { differences, type Witness, witness } from '../support/invariants.ts';
import { type AppProcess, drive } from '../support/run-kit.ts';
import { MIGRATION, rehearse, type Scenario, setStage } from '../support/scenarios.ts';

/** A migration that a person cancels while the source is being cleared. */
const cancelled: Scenario = {
  ...MIGRATION,
  name: 'a migration that rolls itself back',
  run: (process) => {
    process.client.subscribe(() => {
      if (process.client.getSnapshot().state === 'clearingSource') void process.client.cancel().catch(() => {});
    });
    return MIGRATION.run(process);
  },
};

const records = (process: AppProcess): number =>
  process.ports.vault.calls.filter(({ operation, arguments: [name] }) => isRecord(operation, name)).length;

const isRecord = (operation: string, name: unknown): boolean =>
  operation === 'putIfAbsent' && String(name).includes('/journal/');

/** A process that dies right before, or right after, its n-th record. */
const deadly = (at: number, moment: Fault['moment']): Fault => ({
  when: ({ operation, arguments: [name] }) => isRecord(operation, name),
  at,
  repeat: 'forever',
  moment,
  behaviour: 'neverSettles',
});

describe('a migration that rolls itself back', () => {
  it('MI5 takes everything back by a rollback that is journaled under it', async () => {
    const { after } = await rehearse(cancelled);
    const { kit, ends } = await setStage(cancelled, after);
    const result = await cancelled.run(kit.start());
    expect(result).toMatchObject({ outcome: 'rolledBack', reason: 'USER_CANCELLED' });
    expect(differences(witness(kit), ends.unchanged as Witness)).toEqual([]);
    expect((await kit.database.ledger('small')).holder).toBeNull();
    expect(kit.operations.state).toBe('running');
  });

  it.each(['before', 'after'] as const)(
    'MI5 MI9 ends the same when it is killed %s any of its records',
    async (moment) => {
      const { after, process } = await rehearse(cancelled);
      const ended: string[] = [];
      const total = records(process);
      expect(total).toBeGreaterThan(20);
      for (let at = 2; at <= total; at++) {
        const { kit, ends } = await setStage(cancelled, after);
        const dying = kit.start({ vault: [deadly(at, moment)] });
        cancelled.run(dying).catch(() => {});
        for (let turns = 0; turns < 200 && dying.ports.vault.hits() === 0; turns++) await kit.clock.advance(0);
        expect([at, dying.ports.vault.hits()]).toEqual([at, 1]);
        await kit.lock.steal('backpedal:small').release();
        const { client } = kit.start();
        const driven = await drive(kit.clock, client.recover());
        if (driven.end !== 'value') throw new Error(`At record ${at}: ${JSON.stringify(driven)}`);
        const { migrationState } = driven.value;
        ended.push(migrationState);
        // Killed before the cancellation was written down, the migration goes on to its own end.
        const expected = migrationState === 'MIGRATED' ? after : (ends.unchanged as Witness);
        if (migrationState === 'MIGRATED') expect(kit.storage.getItem('task-store')).toBeNull();
        else expect([at, ...differences(witness(kit), expected)]).toEqual([at]);
        expect([at, (await kit.database.ledger('small')).holder]).toEqual([at, null]);
      }
      expect(new Set(ended)).toEqual(new Set(['MIGRATED', 'ROLLED_BACK']));
      expect(ended.lastIndexOf('MIGRATED')).toBeLessThan(ended.indexOf('ROLLED_BACK'));
    },
  );
});
