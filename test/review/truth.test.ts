import { describe, expect, it } from 'vitest';
import { BackpedalError, DatabaseError, StorageError } from '../../src/errors.ts';
import type { Fault } from '../../src/testing/index.ts';
import { memoryDatabase } from '../../src/testing/index.ts';
import { createKit, drive, SMALL_SCHEMA } from '../support/run-kit.ts';
import { at } from './at.ts';

const failing = (operation: string, error: Error, repeat: Fault['repeat'] = 'once'): Fault => ({
  operation,
  repeat,
  moment: 'before',
  behaviour: { throws: error },
});

const denied = new StorageError('STORAGE_DENIED', 'Told to fail.');

describe('what is said of a run', () => {
  it('MI5 I12 a migration that was taken back is no success, in result and audit', async () => {
    const kit = createKit();
    const { client } = kit.start({ storage: [failing('write', denied)] });
    const result = await client.migrate();
    expect(result).toMatchObject({ outcome: 'rolledBack', success: false, finalStatus: 'FAILED' });
    expect((await client.audit.list()).at(-1)).toMatchObject({ type: 'MIGRATION', result: 'FAILED' });
    expect(kit.notices.at(-1)).toMatchObject({ audience: 'user', type: 'WARNING' });
  });

  it('RB22 I12 a database that was replaced since the migration makes a rollback PARTIAL', async () => {
    const kit = createKit();
    await kit.start().client.migrate();
    Object.assign(kit.database, memoryDatabase(SMALL_SCHEMA));
    const result = await kit.start().client.rollback({ reason: 'USER_REQUEST' });
    expect(result).toMatchObject({ outcome: 'rolledBack', finalStatus: 'PARTIAL' });
    expect(result.warnings).toMatchObject([{ code: 'DATABASE_FORGOTTEN' }]);
  });

  it('RB3 I9 rows that an earlier rollback has left in its archive are merged by the next one', async () => {
    const kit = createKit();
    await kit.start().client.migrate();
    kit.database.update('tasks', { id: 'a' }, { title: 'edited' });
    const stuck = kit.start({
      storage: [failing('write', denied, 'forever')],
      database: [failing('undoClear', new DatabaseError('DATABASE_FAILED', 'Told to fail.'), 'forever')],
    });
    const request = { reason: 'USER_REQUEST', onDrift: 'merge' } as const;
    expect(await drive(kit.clock, stuck.client.rollback(request), 1)).toMatchObject({ value: { outcome: 'safeMode' } });
    const { client } = kit.start();
    await client.unlock({ reason: 'repaired' });
    const result = await client.rollback(request);
    expect(result).toMatchObject({ outcome: 'rolledBack', warnings: [] });
    expect(kit.storage.getItem('task-store')).toContain('"title":"edited"');
  });

  it('RB19 I9 a row that comes between Verify Data and Clean State is in the archive', async () => {
    const kit = createKit();
    await kit.start().client.migrate();
    const late = { id: 'late', title: 'late', done: null };
    const { client } = kit.start({ operations: [at('resume', () => kit.database.insert('tasks', late))] });
    const result = await client.rollback({ reason: 'USER_REQUEST' });
    expect(result).toMatchObject({ outcome: 'rolledBack', finalStatus: 'SUCCESS' });
    expect(await client.verifyDatabase()).toMatchObject({ success: true });
    const { rows } = await client.archive.export(result.runId);
    expect(rows.find(({ kind }) => kind === 'late')?.row).toEqual(late);
  });

  it('RB3 a row that took the place of a moved one while a rollback was undone is merged by the next one', async () => {
    const kit = createKit();
    await kit.start().client.migrate();
    const newer = { id: 'a', title: 'newer', done: true };
    const undone = kit.start({
      storage: [failing('write', denied)],
      database: [at('undoClear', () => kit.database.insert('tasks', newer))],
    });
    const request = { reason: 'USER_REQUEST', onDrift: 'merge' } as const;
    expect(await undone.client.rollback(request)).toMatchObject({ outcome: 'unchanged' });
    expect(kit.database.rows('tasks')).toContainEqual(newer);
    expect(await kit.start().client.rollback(request)).toMatchObject({ outcome: 'rolledBack' });
    expect(JSON.parse(kit.storage.getItem('task-store') ?? '').state.tasks).toContainEqual(newer);
  });

  it('RB14 I5 a clear that a dead process has committed is never called unchanged, though the database is away', async () => {
    const kit = createKit();
    await kit.start().client.migrate();
    const doomed = kit.start({ database: [{ operation: 'clear', moment: 'after', behaviour: 'neverSettles' }] });
    void doomed.client.rollback({ reason: 'USER_REQUEST' });
    await kit.clock.advance(0);
    const away = new BackpedalError('DATABASE_UNAVAILABLE', 'Told to fail.', { persistence: 'transient' });
    const next = kit.start({
      database: [failing('clear', away, 'forever')],
      lock: [failing('acquire', new Error('Told to fail.'), 'forever')],
    });
    const recovered = await drive(kit.clock, next.client.recover(), 1);
    expect(recovered).toMatchObject({ value: { rollback: { outcome: 'rolledBack' } } });
  });
});
