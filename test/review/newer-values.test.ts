import { describe, expect, it } from 'vitest';
import { DatabaseError, StorageError } from '../../src/errors.ts';
import type { Fault } from '../../src/testing/index.ts';
import { createKit, drive } from '../support/run-kit.ts';
import { at } from './at.ts';

const EDITED = '{"state":{"tasks":[]},"edited":true}';

const lost = new DatabaseError('DATABASE_UNAVAILABLE', 'Told to fail.', { persistence: 'permanent' });
const denied = new StorageError('STORAGE_DENIED', 'Told to fail.');

const failing = (error: unknown): Fault => ({ operation: 'write', moment: 'before', behaviour: { throws: error } });

describe('a migration that ends unchanged', () => {
  for (const source of ['clear', 'keep'] as const) {
    it(`MI4 I5 leaves alone what the app has written meanwhile, when the source was never cleared (${source})`, async () => {
      const kit = createKit({ definition: { source } });
      const { client } = kit.start({
        database: [at('digest', () => kit.storage.setItem('task-store', EDITED))],
        storage: [failing(lost)],
      });
      expect(await drive(kit.clock, client.migrate(), 1)).toMatchObject({ value: { outcome: 'unchanged' } });
      expect(kit.storage.getItem('task-store')).toBe(EDITED);
      expect((await client.archive.list()).displaced).toEqual([]);
    });
  }

  it('MI5 gives back every key that was removed, and keeps what stands in its place', async () => {
    const kit = createKit();
    const original = kit.storage.getItem('task-store');
    const write = at('write', () => {
      kit.storage.setItem('task-store', EDITED);
      throw lost;
    });
    const { client } = kit.start({ storage: [{ ...write, moment: 'after' }] });
    const driven = await drive(kit.clock, client.migrate(), 1);
    expect(driven).toMatchObject({ value: { outcome: 'unchanged' } });
    expect(kit.storage.getItem('task-store')).toBe(original);
    expect((await client.archive.list()).displaced).toMatchObject([{ key: 'task-store', size: EDITED.length }]);
  });

  it('MI5 stops the app again before it puts the source back after an inner rollback that changed nothing', async () => {
    const kit = createKit({ definition: { onDrift: 'merge' } });
    let during = '';
    const { client } = kit.start({
      storage: [failing(denied)],
      database: [
        { operation: 'clear', moment: 'before', behaviour: { throws: new DatabaseError('DATABASE_FAILED', 'No.') } },
        at(
          'clear',
          () => {
            during = kit.operations.state;
          },
          2,
        ),
      ],
    });
    expect(await drive(kit.clock, client.migrate(), 1)).toMatchObject({ value: { outcome: 'unchanged' } });
    expect(during).toBe('stopped');
    expect(kit.operations.state).toBe('running');
  });
});

describe('a rollback whose process dies right before the burst', () => {
  it('RB8 I9 keeps what the app writes before the next process goes on', async () => {
    const kit = createKit();
    await kit.start().client.migrate();
    const original = '"id":"a"';
    const doomed = kit.start({ storage: [{ operation: 'write', moment: 'before', behaviour: 'neverSettles' }] });
    void doomed.client.rollback({ reason: 'USER_REQUEST' });
    await kit.clock.advance(0);
    kit.storage.setItem('task-store', EDITED);
    const { client } = kit.start({
      lock: [{ operation: 'acquire', repeat: 'forever', moment: 'before', behaviour: { throws: new Error('Told.') } }],
    });
    const recovered = await drive(kit.clock, client.recover(), 1);
    expect(recovered).toMatchObject({ value: { rollback: { outcome: 'rolledBack' } } });
    expect(kit.storage.getItem('task-store')).toContain(original);
    expect((await client.archive.list()).displaced).toMatchObject([{ key: 'task-store', size: EDITED.length }]);
  });
});

describe('a run that cannot be taken up', () => {
  it('CL10 leaves no lock behind that keeps the next process from it', async () => {
    const kit = createKit();
    await kit.start().client.migrate();
    const never: Fault = { operation: 'clear', moment: 'before', behaviour: 'neverSettles' };
    const doomed = kit.start({ database: [never] });
    void doomed.client.rollback({ reason: 'USER_REQUEST' });
    await kit.clock.advance(0);
    await kit.lock.steal('backpedal:small').release();
    const second = kit.start({
      storage: [{ operation: 'read', moment: 'before', repeat: 'forever', behaviour: { throws: denied } }],
    });
    await expect(second.client.recover()).rejects.toMatchObject({ code: 'STORAGE_DENIED' });
    expect(await kit.start().client.recover()).toMatchObject({ rollback: { outcome: 'rolledBack' } });
  });
});
