import { describe, expect, it } from 'vitest';
import { BackpedalError, DatabaseError } from '../../src/errors.ts';
import type { Fault } from '../../src/testing/index.ts';
import { differences, violations, type Witness, witness } from '../support/invariants.ts';
import { drive } from '../support/run-kit.ts';
import { MERGING_ROLLBACK, rehearse, setStage } from '../support/scenarios.ts';
import { always, migratedKit, original } from '../support/small-run.ts';

const transient = (code: 'STORAGE_UNAVAILABLE' | 'DATABASE_UNAVAILABLE'): Error =>
  new BackpedalError(code, 'Told to fail.', { persistence: 'transient' });

describe('the outcome of Clear Database that nobody knows', () => {
  const unknown = new DatabaseError('DATABASE_OUTCOME_UNKNOWN', 'The connection was lost while committing.');

  it.each(['before', 'after'] as const)(
    'RB14 is looked up under a higher token, the commit having been lost %s its effect',
    async (moment) => {
      const { after } = await rehearse(MERGING_ROLLBACK);
      const { kit, ends } = await setStage(MERGING_ROLLBACK, after);
      const process = kit.start({ database: [{ operation: 'clear', moment, behaviour: { throws: unknown } }] });
      const driven = await drive(kit.clock, MERGING_ROLLBACK.run(process));
      if (driven.end !== 'value') throw new Error('The run did not end.');
      expect(driven.value).toMatchObject({ outcome: 'rolledBack', finalStatus: 'SUCCESS' });
      expect(await violations(kit, ends, driven.value)).toEqual([]);
      const calls = process.ports.database.calls.map(({ operation }) => operation);
      const between = calls.slice(calls.indexOf('clear') + 1);
      expect(between.slice(0, 2)).toEqual(['lease', 'ledger']);
      expect(process.ports.database.count('clear')).toBe(moment === 'before' ? 2 : 1);
    },
  );

  it('RB14 is neither success nor failure while the database stays away: safe mode, and every row is there', async () => {
    const { after } = await rehearse(MERGING_ROLLBACK);
    const { kit, ends } = await setStage(MERGING_ROLLBACK, after);
    const lost: Fault = { operation: 'clear', moment: 'after', behaviour: { throws: unknown } };
    const away: Fault = { ...always('lease', transient('DATABASE_UNAVAILABLE')), at: 2 };
    const driven = await drive(kit.clock, MERGING_ROLLBACK.run(kit.start({ database: [lost, away] })));
    if (driven.end !== 'value') throw new Error('The run did not end.');
    expect(driven.value).toMatchObject({ outcome: 'safeMode', finalStatus: 'FAILED', escalation: 3 });
    expect(await violations(kit, ends, driven.value)).toEqual([]);
  });
});

describe('safe mode', () => {
  it('RB12 locks migration and rollback until a person unlocks it with a reason, which is audited', async () => {
    const kit = await migratedKit();
    const broken = kit.start({ storage: [{ ...always('read', transient('STORAGE_UNAVAILABLE')), at: 8 }] });
    const driven = await drive(kit.clock, broken.client.rollback({ reason: 'USER_REQUEST' }));
    expect(driven).toMatchObject({ end: 'value', value: { outcome: 'safeMode', success: false } });
    expect(kit.operations.state).toBe('stopped');
    expect(kit.notices.filter(({ type }) => type === 'CRITICAL').map(({ audience }) => audience)).toEqual([
      'user',
      'engineering',
      'administrators',
      'support',
    ]);
    const { client } = kit.start();
    expect(await client.recover()).toMatchObject({ action: 'safeMode', migrationState: 'SAFE_MODE' });
    await expect(client.rollback({ reason: 'USER_REQUEST' })).rejects.toMatchObject({ code: 'SAFE_MODE' });
    await expect(client.migrate()).rejects.toMatchObject({ code: 'SAFE_MODE' });
    const [backup] = await client.backups.list();
    await expect(client.backups.remove(backup?.id ?? '')).rejects.toBeInstanceOf(BackpedalError);
    await expect(client.unlock({ reason: ' ' })).rejects.toMatchObject({ code: 'INPUT_ARGUMENT' });
    await client.unlock({ reason: 'looked at it, restored by hand' });
    expect(kit.operations.state).toBe('running');
    expect((await client.audit.list()).at(-1)).toMatchObject({
      type: 'SAFE_MODE_UNLOCKED',
      reason: 'looked at it, restored by hand',
    });
    expect(await client.rollback({ reason: 'USER_REQUEST' })).toMatchObject({ outcome: 'rolledBack' });
    for (const key of ['task-store', 'environments']) expect(kit.storage.getItem(key)).toBe(original(key));
    expect(await kit.start().client.migrate()).toMatchObject({ outcome: 'migrated' });
  });
});

describe('a rollback after safe mode', () => {
  it('RB27 finds the rows that the locked run had moved out, with what people did to them', async () => {
    const { after } = await rehearse(MERGING_ROLLBACK);
    const { kit, ends } = await setStage(MERGING_ROLLBACK, after);
    const broken = kit.start({ storage: [{ ...always('read', transient('STORAGE_UNAVAILABLE')), at: 8 }] });
    const driven = await drive(kit.clock, MERGING_ROLLBACK.run(broken));
    expect(driven).toMatchObject({ end: 'value', value: { outcome: 'safeMode' } });
    expect(kit.database.rows('tasks').map(({ id }) => id)).toEqual(['before']);
    const { client } = kit.start();
    await client.unlock({ reason: 'the disk was exchanged' });
    expect(await client.rollback({ reason: 'USER_REQUEST', onDrift: 'merge' })).toMatchObject({
      outcome: 'rolledBack',
      finalStatus: 'SUCCESS',
    });
    expect(differences(witness(kit), ends.rolledBack as Witness)).toEqual([]);
  });
});

describe('a backup that cannot be used', () => {
  it('RB17 changes nothing; administrators are told reason, suggested action and affected data', async () => {
    const kit = await migratedKit();
    const before = witness(kit);
    const content = [...kit.vault.disk.keys()].find((name) => name.endsWith('/content')) ?? '';
    kit.vault.disk.set(content, (kit.vault.disk.get(content) ?? '').replace('"filter":1.0', '"filter":2.0'));
    const process = kit.start();
    const rolling = process.client.rollback({ reason: 'USER_REQUEST' });
    // What is left is not proved to be what had been backed up, so a person is asked, and wants none of it.
    while (process.client.getSnapshot().question === null) await kit.clock.advance(1000);
    await process.client.decide({ question: 'reconstruction', choice: 'stop' });
    const driven = await drive(kit.clock, rolling);
    expect(driven).toMatchObject({
      end: 'value',
      value: { outcome: 'unchanged', finalStatus: 'FAILED', escalation: 3 },
    });
    expect(differences(witness(kit), before)).toEqual([]);
    expect(process.ports.database.count('clear')).toBe(0);
    const told = kit.notices.find(({ audience, type }) => audience === 'administrators' && type === 'CRITICAL');
    const original = (await process.client.backups.list()).find(({ reconstruction }) => reconstruction === undefined);
    expect(told?.details).toMatchObject({
      reason: 'No valid backup available',
      suggestedAction: 'Manual data verification required',
      affectedData: { backup: original?.id, reconstruction: { exact: 5, lossy: 3, missing: 0 } },
    });
  });
});

describe('a transient fault', () => {
  it('TR6 is met with three more attempts, after 200, 400 and 800 ms', async () => {
    const kit = await migratedKit();
    const times: number[] = [];
    const note: Fault = {
      ...always('clear', transient('DATABASE_UNAVAILABLE')),
      when: () => {
        times.push(kit.clock.monotonic());
        return true;
      },
    };
    const driven = await drive(kit.clock, kit.start({ database: [note] }).client.rollback({ reason: 'USER_REQUEST' }));
    expect(driven).toMatchObject({ end: 'value', value: { outcome: 'unchanged' } });
    expect(times.map((time) => time - (times[0] ?? 0))).toEqual([0, 200, 600, 1400]);
  });

  it('TR6 that passes by the third attempt more is not seen in the result', async () => {
    const kit = await migratedKit();
    const faults = [1, 2, 3].map(
      (at): Fault => ({
        operation: 'clear',
        at,
        moment: 'before',
        behaviour: { throws: transient('DATABASE_UNAVAILABLE') },
      }),
    );
    const driven = await drive(kit.clock, kit.start({ database: faults }).client.rollback({ reason: 'USER_REQUEST' }));
    expect(driven).toMatchObject({ end: 'value', value: { outcome: 'rolledBack', finalStatus: 'SUCCESS' } });
  });
});
