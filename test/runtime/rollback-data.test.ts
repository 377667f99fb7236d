import { describe, expect, it } from 'vitest';
import { DatabaseError, type RollbackRequest } from '../../src/index.ts';
import { timeLimit } from '../../src/runtime/execution/watch.ts';
import { createKit, type Kit } from '../support/run-kit.ts';

const request: RollbackRequest = { reason: 'USER_REQUEST' };

/** A world whose data has been migrated. */
async function migrated(): Promise<Kit> {
  const kit = createKit();
  const { client } = kit.start();
  await kit.clock.until(client.migrate());
  return kit;
}

const rollBack = async (kit: Kit, asked = request) => kit.clock.until(kit.start().client.rollback(asked));

describe('a rollback that asks', () => {
  it('RB5 asks nobody when nothing has drifted', async () => {
    const kit = await migrated();
    const result = await rollBack(kit);
    expect(result).toMatchObject({ outcome: 'rolledBack', escalation: 1 });
    expect(kit.notices.filter(({ type }) => type === 'QUESTION')).toEqual([]);
  });

  it('RB5 asks before anything is locked or stopped, and holds nothing while it waits', async () => {
    const kit = await migrated();
    kit.database.insert('tasks', { id: 'new', title: 'later', done: false });
    const before = { rows: kit.database.rows('tasks'), storage: kit.storage.entries() };
    const { client, ports } = kit.start();
    const ended = client.rollback(request);
    await kit.clock.advance(0);
    await kit.clock.until(asked(client));
    expect(kit.operations.state).toBe('running');
    expect(ports.database.count('lease', 'clear')).toBe(0);
    expect(await kit.lock.isHeld('backpedal:small')).toBe(false);
    expect({ rows: kit.database.rows('tasks'), storage: kit.storage.entries() }).toEqual(before);
    expect(client.getSnapshot()).toMatchObject({ escalation: 2, question: { drift: { added: 1 } } });
    expect(new Set(kit.notices.map(({ audience }) => audience))).toContain('support');
    await client.decide({ question: 'drift', choice: 'discard' });
    expect((await kit.clock.until(ended)).outcome).toBe('rolledBack');
  });
});

function asked(client: ReturnType<Kit['start']>['client']): Promise<void> {
  return new Promise((resolve) => {
    const stop = client.subscribe(() => {
      if (client.getSnapshot().question === null) return;
      stop();
      resolve();
    });
    if (client.getSnapshot().question !== null) resolve();
  });
}

describe('values in storage that are newer than the migration', () => {
  it('RB8 of a collection are kept in the vault before they are overwritten', async () => {
    const kit = await migrated();
    kit.storage.setItem('task-store', 'written since');
    const { client } = kit.start();
    const result = await kit.clock.until(client.rollback({ ...request, onDrift: 'discard' }));
    const { displaced } = await client.archive.export(result.runId);
    expect(displaced).toEqual([{ key: 'task-store', value: 'written since' }]);
    expect(kit.storage.getItem('task-store')).toContain('"title":"A \\u0026 B"');
    expect((await client.report(result.runId)).receipt.displaced).toEqual(['task-store']);
  });

  it('RB9 of form data are left alone and listed', async () => {
    const kit = await migrated();
    kit.storage.setItem('draft:1', 'a whole sentence');
    const { client } = kit.start();
    const result = await kit.clock.until(client.rollback(request));
    const { receipt } = await client.report(result.runId);
    expect(kit.storage.getItem('draft:1')).toBe('a whole sentence');
    expect(receipt.keys.find(({ key }) => key === 'draft:1')?.verdict).toBe('newerKept');
    expect(result.outcome).toBe('rolledBack');
  });

  it('RB9 of form data that is gone or torn is restored, the torn rest kept', async () => {
    const whole = '{"text":"a long settings object","more":[1,2,3]}';
    const kit = createKit({
      entries: [
        ['settings', whole],
        ['draft:1', 'gone soon'],
      ],
    });
    await kit.clock.until(kit.start().client.migrate());
    kit.storage.setItem('settings', whole.slice(0, 20));
    kit.storage.removeItem('draft:1');
    const { client } = kit.start();
    const result = await kit.clock.until(client.rollback(request));
    expect(kit.storage.getItem('settings')).toBe(whole);
    expect(kit.storage.getItem('draft:1')).toBe('gone soon');
    expect((await client.archive.export(result.runId)).displaced).toEqual([
      { key: 'settings', value: whole.slice(0, 20) },
    ]);
  });
});

describe('limits', () => {
  it('TR2 time is proportional to the items above the number that the limit is for', async () => {
    const world = { migration: createKit().migration } as Parameters<typeof timeLimit>[0];
    expect(timeLimit(world, 0)).toBe(300_000);
    expect(timeLimit(world, 10_000)).toBe(300_000);
    expect(timeLimit(world, 25_000)).toBe(750_000);
  });

  it('TR6 a transient fault is tried again three times, each pause twice as long', async () => {
    const kit = await migrated();
    const fault = new DatabaseError('DATABASE_UNAVAILABLE', 'away', { persistence: 'transient' });
    const { client, ports } = kit.start({
      database: [{ operation: 'lease', repeat: 'forever', moment: 'before', behaviour: { throws: fault } }],
    });
    const since = kit.clock.monotonic();
    const result = await kit.clock.until(client.rollback(request));
    expect(ports.database.count('lease')).toBe(4);
    expect(kit.clock.monotonic() - since).toBe(200 + 400 + 800);
    expect(result).toMatchObject({ outcome: 'unchanged', error: { code: 'DATABASE_UNAVAILABLE' } });
  });
});
