import { describe, expect, it } from 'vitest';
import { DatabaseError } from '../../src/errors.ts';
import type { Row } from '../../src/ports/database.ts';
import { type Fault, memoryDatabase } from '../../src/testing/index.ts';
import { differences, type Witness, witness } from '../support/invariants.ts';
import { createKit, drive, type Kit, SMALL_SCHEMA, smallDatabase } from '../support/run-kit.ts';
import { PLAIN_ROLLBACK, rehearse, setStage } from '../support/scenarios.ts';
import { always, migratedKit, original } from '../support/small-run.ts';

describe('a scope', () => {
  it('RB7 rows outside it, and rows of others in it, are never touched, whenever they came', async () => {
    const isMine = ({ id }: Row): boolean => !String(id).startsWith('theirs');
    const database = memoryDatabase({ ...SMALL_SCHEMA, scope: { name: 'mine', selects: isMine } });
    const row = (id: string): Row => ({ id, title: 'not ours', done: null });
    database.insert('tasks', row('theirs-1'));
    database.insert('tasks', row('mine-before'));
    const definition = { collections: { tasks: { storageKey: 'task-store', path: 'state.tasks' } } };
    const kit = createKit({ definition, database: () => Object.assign(database, { tableNames: ['tasks'] }) });
    await kit.start().client.migrate();
    database.insert('tasks', row('theirs-2'));
    database.insert('tasks', row('mine-after'));
    const { client } = kit.start();
    expect(await client.plan()).toMatchObject({ rowsToRemove: 4, drift: { added: 1, changed: 0, deleted: 0 } });
    const result = await client.rollback({ reason: 'USER_REQUEST', onDrift: 'discard' });
    expect(result).toMatchObject({ outcome: 'rolledBack', finalStatus: 'SUCCESS' });
    expect(database.rows('tasks').map(({ id }) => id)).toEqual(['mine-before', 'theirs-1', 'theirs-2']);
    expect(await client.verifyDatabase()).toMatchObject({ success: true });
  });
});

describe('storage that somebody else writes during the run', () => {
  it('RB10 undoing it gives each key the value that was overwritten last, and the vault keeps the others', async () => {
    const database = smallDatabase();
    const kit = createKit({ database: () => Object.assign(database, { remaining: async () => 1 }) });
    await kit.start().client.migrate();
    const process = kit.start();
    let times = 0;
    process.client.subscribe(() => {
      if (process.client.getSnapshot().state !== 'executing.restoringStorage' || times === 2) return;
      times += 1;
      kit.storage.setItem('task-store', `written ${times} times`);
    });
    const driven = await drive(kit.clock, process.client.rollback({ reason: 'USER_REQUEST', onDrift: 'merge' }));
    if (driven.end !== 'value') throw new Error('The run did not end.');
    expect(driven.value).toMatchObject({ outcome: 'unchanged', error: { code: 'VERIFICATION_FAILED' } });
    expect(process.ports.storage.count('write')).toBeGreaterThan(3);
    expect(kit.storage.getItem('task-store')).toBe('written 2 times');
    expect(kit.storage.getItem('environments')).toBeNull();
    const { displaced } = await process.client.archive.export(driven.value.runId);
    expect(displaced.map(({ value }) => value).sort()).toEqual(['written 1 times', 'written 2 times']);
  });
});

describe('a run and where it belongs', () => {
  it('RB16 a second rollback in the same process, or in another one, is refused while one runs', async () => {
    const kit = await migratedKit();
    const first = kit.start();
    const second = kit.start();
    const refusal = { code: 'RUN_IN_PROGRESS', message: 'Rollback already in progress' };
    const running = first.client.rollback({ reason: 'USER_REQUEST' });
    await expect(first.client.rollback({ reason: 'USER_REQUEST' })).rejects.toMatchObject(refusal);
    await expect(second.client.rollback({ reason: 'USER_REQUEST' })).rejects.toMatchObject(refusal);
    expect(await running).toMatchObject({ outcome: 'rolledBack' });
    await expect(second.client.rollback({ reason: 'USER_REQUEST' })).rejects.toMatchObject({ code: 'NOT_MIGRATED' });
  });

  it('RB16 of many that begin at the same time without any lock exactly one runs', async () => {
    const kit = await migratedKit();
    const lockless: Fault = always('acquire', new Error('no locks here'));
    const processes = Array.from({ length: 5 }, () => kit.start({ lock: [lockless] }));
    const ends = await Promise.allSettled(processes.map(({ client }) => client.rollback({ reason: 'USER_REQUEST' })));
    const refused = ends.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(4);
    for (const one of refused) expect(one).toMatchObject({ reason: { message: 'Rollback already in progress' } });
    expect(kit.storage.getItem('task-store')).toBe(original('task-store'));
    expect(processes.reduce((sum, { ports }) => sum + ports.database.count('clear'), 0)).toBe(1);
  });

  it('RB18 a storage that it does not belong to never resumes it, nor restores from it', async () => {
    const kit = await migratedKit();
    const dying = kit.start({ database: [{ operation: 'clear', moment: 'after', behaviour: 'neverSettles' }] });
    dying.client.rollback({ reason: 'USER_REQUEST' }).catch(() => {});
    while (dying.ports.database.hits() === 0) await kit.clock.advance(0);
    const marker = kit.storage.getItem('backpedal:small') ?? '';
    kit.storage.setItem('backpedal:small', marker.replace(/"storage":"[^"]*"/, '"storage":"another-device"'));
    kit.lock.steal('backpedal:small');
    const before = witness(kit);
    const other = kit.start({ lock: [always('acquire', new Error('no locks here'))] });
    await expect(other.client.recover()).rejects.toMatchObject({ code: 'BACKUP_FOREIGN_ORIGIN' });
    await expect(other.client.rollback({ reason: 'USER_REQUEST' })).rejects.toMatchObject({ code: 'RUN_IN_PROGRESS' });
    expect(differences(witness(kit), before)).toEqual([]);
    expect(other.ports.storage.count('write')).toBe(0);
  });
});

describe('what is said of a run', () => {
  it('RB11 is PARTIAL when only something around it failed, and the data is back', async () => {
    const around: readonly [Parameters<Kit['start']>[0], string][] = [
      [{ cache: [always('invalidate', new Error('down'))] }, 'INTERNAL'],
      [{ notify: [always('call', new Error('no'))] }, 'NOTIFICATION_FAILED'],
      [{ operations: [always('resume', new Error('no'))] }, 'INTERNAL'],
    ];
    for (const [faults, code] of around) {
      const kit = await migratedKit();
      const driven = await drive(kit.clock, kit.start(faults).client.rollback({ reason: 'USER_REQUEST' }));
      expect(driven).toMatchObject({
        end: 'value',
        value: { outcome: 'rolledBack', success: false, finalStatus: 'PARTIAL' },
      });
      if (driven.end === 'value') expect(driven.value.warnings.map((warning) => warning.code)).toContain(code);
      expect(kit.storage.getItem('task-store')).toBe(original('task-store'));
    }
  });

  it('RB11 is FAILED for a run that changed nothing', async () => {
    const kit = await migratedKit();
    const process = kit.start({ database: [always('clear', new DatabaseError('DATABASE_FAILED', 'no'))] });
    const driven = await drive(kit.clock, process.client.rollback({ reason: 'USER_REQUEST' }));
    expect(driven).toMatchObject({
      end: 'value',
      value: { outcome: 'unchanged', finalStatus: 'FAILED', success: false },
    });
  });

  it('RB22 is success only after every key was compared: one that is changed behind the burst is found', async () => {
    const kit = await migratedKit();
    const process = kit.start();
    let spoiled = 0;
    process.client.subscribe(() => {
      if (process.client.getSnapshot().state !== 'verifying.verifyingData' || spoiled > 0) return;
      spoiled += 1;
      kit.storage.setItem('environments', 'spoiled');
    });
    const driven = await drive(kit.clock, process.client.rollback({ reason: 'USER_REQUEST' }));
    expect(driven).toMatchObject({ end: 'value', value: { outcome: 'rolledBack', finalStatus: 'SUCCESS' } });
    expect(process.ports.storage.count('write')).toBe(2);
    expect(kit.storage.getItem('environments')).toBe(original('environments'));
  });

  it('RB22 is not success while the database says that rows are left: the run is undone', async () => {
    const database = smallDatabase();
    const { remaining } = database;
    const lying = Object.assign(database, { remaining: async () => 1 });
    const kit = createKit({ database: () => lying });
    await kit.start().client.migrate();
    const before = witness(kit);
    const driven = await drive(kit.clock, kit.start().client.rollback({ reason: 'USER_REQUEST' }));
    expect(driven).toMatchObject({
      end: 'value',
      value: { outcome: 'unchanged', error: { code: 'VERIFICATION_FAILED' } },
    });
    expect(differences(witness(kit), before)).toEqual([]);
    Object.assign(database, { remaining });
    expect(await kit.start().client.rollback({ reason: 'USER_REQUEST' })).toMatchObject({ outcome: 'rolledBack' });
  });

  it('RB10 what somebody else keeps writing over a restored key is left to them when the run is undone', async () => {
    const { after } = await rehearse(PLAIN_ROLLBACK);
    const { kit, ends } = await setStage(PLAIN_ROLLBACK, after);
    const process = kit.start();
    let times = 0;
    process.client.subscribe(() => {
      if (process.client.getSnapshot().state !== 'verifying.verifyingData') return;
      times += 1;
      kit.storage.setItem('task-store', `written ${times} times`);
    });
    const driven = await drive(kit.clock, PLAIN_ROLLBACK.run(process));
    expect(driven).toMatchObject({
      end: 'value',
      value: { outcome: 'unchanged', error: { code: 'VERIFICATION_FAILED' } },
    });
    expect(kit.storage.getItem('task-store')).toBe(`written ${times} times`);
    kit.storage.removeItem('task-store');
    expect(differences(witness(kit), ends.unchanged as Witness)).toEqual([]);
  });
});
