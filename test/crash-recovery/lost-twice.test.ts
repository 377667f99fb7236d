import { describe, expect, it } from 'vitest';
import { DatabaseError } from '../../src/errors.ts';
import { CONTENT, keysOf, sorted } from '../runtime/kit.ts';
import { diesAt, recoverWholly, rollBack, situation } from './situations.ts';

const fails = async (): Promise<never> => {
  throw new DatabaseError('DATABASE_FAILED', 'Told to fail.');
};

describe('what was lost with its journal, and could not be recovered at once', () => {
  it('CR4 a copy that could not be taken out is taken out by the next start', async () => {
    const on = await situation('a journal lost while a migration copied');
    const database = { ...on.database, clear: fails };
    expect(await on.until(on.client('b', { database }).recover())).toMatchObject({
      action: 'nothingToDo',
      warnings: [{ code: 'DATABASE_FAILED', message: expect.stringMatching(/\S/) }],
    });
    expect(on.database.rows('tasks')).not.toEqual([]);
    expect(await on.until(on.client('c').recover())).toMatchObject({ action: 'discarded' });
    expect(on.database.rows('tasks')).toEqual([]);
    expect(on.operations.at(-1)).toBe('resume');
  });

  it('CR4 a person who unlocks what had not got anywhere lets the next start go on with it', async () => {
    const on = await situation('a journal lost after the restore');
    const locked = on.client('b', { database: { ...on.database, lease: fails } });
    expect(await on.until(locked.recover())).toMatchObject({ action: 'safeMode' });
    await on.until(locked.unlock({ reason: 'the database is back' }));
    expect(await on.until(on.client('c').recover())).toMatchObject({ migrationState: 'ROLLED_BACK' });
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
  });

  it('CR4 a rollback after that finds the rows that the lost run had moved out', async () => {
    const on = await situation('a journal lost in the middle of a rollback');
    const locked = on.client('b', { database: { ...on.database, record: fails, undoClear: fails } });
    expect(await on.until(locked.recover())).toMatchObject({ migrationState: 'SAFE_MODE' });
    await on.until(locked.unlock({ reason: 'the database is back' }));
    const next = on.client('c');
    await on.until(next.recover());
    await on.until(rollBack(next));
    expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
    expect(on.database.rows('tasks')).toEqual([]);
  });

  it('CR8 a recovery of what was lost is resumed by the next start, which knows the storage by its marker', async () => {
    const on = await situation('a journal lost after a migration');
    // The first thing that it writes takes the old journal's place; the second is its first record.
    expect(await diesAt(on, 'holder', 1, 'after', recoverWholly)).toBe(true);
    expect(await on.until(on.client('next').recover())).toMatchObject({ migrationState: 'MIGRATED' });
  });
});
