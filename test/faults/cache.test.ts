import { describe, expect, it } from 'vitest';
import { CacheError } from '../../src/errors.ts';
import type { Fault } from '../../src/testing/index.ts';
import { createKit, drive, type Kit } from '../support/run-kit.ts';

const GRACE = 60_000;

async function migrated(): Promise<Kit> {
  const kit = createKit();
  await kit.start().client.migrate();
  return kit;
}

const down: Fault = {
  moment: 'before',
  repeat: 'forever',
  behaviour: { throws: new CacheError('CACHE_UNAVAILABLE', 'The cache is down.', { persistence: 'transient' }) },
};

/** Looks on, or acts, at every call of an operation; the call goes on. */
const at = (operation: string, act: () => void): Fault => ({
  operation,
  when: () => {
    act();
    return false;
  },
  moment: 'before',
  behaviour: 'neverSettles',
});

describe('the cache', () => {
  it('RB20 is invalidated only after the database has committed, and only what is ours', async () => {
    const kit = await migrated();
    const rows: number[] = [];
    const process = kit.start({ cache: [at('invalidate', () => rows.push(kit.database.rows('tasks').length))] });
    const result = await process.client.rollback({ reason: 'USER_REQUEST' });
    expect(result.finalStatus).toBe('SUCCESS');
    expect(rows).toEqual([1]);
    expect(kit.cache.keys()).toEqual(['user:1']);
  });

  it('RB20 that is down makes the rollback PARTIAL, not fail, and is invalidated when it is back', async () => {
    const kit = await migrated();
    const process = kit.start({ cache: [down] });
    const driven = await drive(kit.clock, process.client.rollback({ reason: 'USER_REQUEST' }));
    expect(driven).toMatchObject({
      end: 'value',
      value: { outcome: 'rolledBack', finalStatus: 'PARTIAL', success: false },
    });
    expect(kit.cache.keys()).toContain('task:a');
    await kit.clock.advance(GRACE);
    expect(kit.cache.keys()).toContain('task:a');
    await process.client.close();
    const stillDown = kit.start({ cache: [down] });
    expect(await stillDown.client.recover()).toMatchObject({ action: 'nothingToDo' });
    expect(await kit.start().client.recover()).toMatchObject({ action: 'debtsPaid' });
    expect(kit.cache.keys()).toEqual(['user:1']);
  });

  it.each(['invalidate', 'count'] as const)(
    'RB40 that never answers `%s` holds a rollback up for minutes, and does not fail it',
    async (operation) => {
      const kit = await migrated();
      const process = kit.start({
        cache: [{ operation, moment: 'before', repeat: 'forever', behaviour: 'neverSettles' }],
      });
      const begun = kit.clock.monotonic();
      const driven = await drive(kit.clock, process.client.rollback({ reason: 'USER_REQUEST' }));
      expect(driven).toMatchObject({ end: 'value', value: { outcome: 'rolledBack', finalStatus: 'PARTIAL' } });
      expect(kit.clock.monotonic() - begun).toBeLessThan(6 * 60_000);
      expect(kit.database.rows('tasks').length).toBe(1);
      await process.client.close();
      await kit.clock.advance(GRACE);
      expect(await kit.start().client.recover()).toMatchObject({ action: 'debtsPaid' });
      expect(kit.cache.keys()).toEqual(['user:1']);
    },
  );

  it('RB20 that readers refill between Clear Database and Verify Data is clean all the same', async () => {
    const kit = await migrated();
    const process = kit.start({ database: [at('record', () => kit.cache.set('task:a', 'stale'))] });
    expect(await process.client.rollback({ reason: 'USER_REQUEST' })).toMatchObject({ finalStatus: 'SUCCESS' });
    expect(kit.cache.keys()).toEqual(['user:1']);
  });

  it('RB20 that readers refill again and again is told, and invalidated after cacheGrace', async () => {
    const kit = await migrated();
    const process = kit.start({ cache: [at('count', () => kit.cache.set('task:a', 'stale'))] });
    const result = await process.client.rollback({ reason: 'USER_REQUEST' });
    expect(result).toMatchObject({ outcome: 'rolledBack', finalStatus: 'PARTIAL' });
    expect(result.warnings).toMatchObject([{ code: 'CACHE_STALE' }]);
    await kit.clock.advance(GRACE - 1);
    expect(kit.cache.keys()).toContain('task:a');
    await kit.clock.advance(1);
    expect(kit.cache.keys()).toEqual(['user:1']);
  });

  it('RB20 that readers refill after the run is invalidated once more after cacheGrace', async () => {
    const kit = await migrated();
    const { client } = kit.start();
    expect((await client.rollback({ reason: 'USER_REQUEST' })).finalStatus).toBe('SUCCESS');
    kit.cache.set('environment:e1', 'by a slow reader');
    await kit.clock.advance(GRACE);
    expect(kit.cache.keys()).toEqual(['user:1']);
  });

  it('RB20 of a client that was closed before is invalidated by the next start after cacheGrace, and not before', async () => {
    const kit = await migrated();
    const { client } = kit.start();
    await client.rollback({ reason: 'USER_REQUEST' });
    kit.cache.set('task:b', 'by a slow reader');
    await client.close();
    await kit.clock.advance(GRACE - 1);
    expect(await kit.start().client.recover()).toMatchObject({ action: 'nothingToDo' });
    expect(kit.cache.keys()).toContain('task:b');
    await kit.clock.advance(1);
    expect(await kit.start().client.recover()).toMatchObject({ action: 'debtsPaid' });
    expect(kit.cache.keys()).toEqual(['user:1']);
    expect(await kit.start().client.recover()).toMatchObject({ action: 'nothingToDo' });
  });
});
