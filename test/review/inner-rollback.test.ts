import { describe, expect, it } from 'vitest';
import { StorageError } from '../../src/errors.ts';
import type { MigrationResult } from '../../src/runtime/status-types.ts';
import type { Fault, PortCall } from '../../src/testing/index.ts';
import { driftQuestion } from '../support/drift-question.ts';
import { createKit, type Driven, drive, type Kit } from '../support/run-kit.ts';
import { at } from './at.ts';

const EDITED = '{"state":{"tasks":[]},"edited":true}';

const DENIED: Fault = {
  operation: 'write',
  moment: 'before',
  behaviour: { throws: new StorageError('STORAGE_DENIED', 'Told to fail.') },
};

/** A migration that cannot clear its source, and whose rollback asks what becomes of a key that was written meanwhile. */
async function asking(kit: Kit): Promise<{
  readonly process: ReturnType<Kit['start']>;
  readonly ending: Promise<MigrationResult>;
}> {
  const process = kit.start({
    storage: [DENIED],
    database: [at('digest', () => kit.storage.setItem('task-store', EDITED))],
  });
  const ending = process.client.migrate();
  ending.catch(() => {});
  await kit.clock.advance(0);
  expect(process.client.getSnapshot().question).not.toBeNull();
  return { process, ending };
}

function expectRolledBack(kit: Kit, driven: Driven<MigrationResult>): void {
  expect(driven).toMatchObject({ end: 'value', value: { outcome: 'rolledBack' } });
  expect(kit.storage.getItem('task-store')).toContain('"id":"a"');
  expect(kit.database.rows('tasks')).toHaveLength(1);
  expect(kit.operations.state).toBe('running');
}

describe('the rollback that a migration runs within itself', () => {
  it('CL8 is decided upon in the same process', async () => {
    const kit = createKit();
    const { process, ending } = await asking(kit);
    const driftDigest = driftQuestion(process.client)?.driftDigest;
    await process.client.decide({ question: 'drift', choice: 'merge', ...(driftDigest ? { driftDigest } : {}) });
    expectRolledBack(kit, await drive(kit.clock, ending, 1));
  });

  it('CL8 is decided upon in another process, which sees the question', async () => {
    const kit = createKit();
    const { ending } = await asking(kit);
    const { client } = kit.start();
    expect(await client.recover()).toMatchObject({ action: 'waiting' });
    expect(client.getSnapshot()).toMatchObject({ activity: 'rollback', question: { question: 'drift' } });
    await expect(client.rollback({ reason: 'USER_REQUEST' })).rejects.toMatchObject({ code: 'RUN_IN_PROGRESS' });
    await client.decide({ question: 'drift', choice: 'discard' });
    expectRolledBack(kit, await drive(kit.clock, ending, 1));
  });

  it('CL8 is cancelled in another process: the source stays, and the copy goes', async () => {
    const kit = createKit();
    const { ending } = await asking(kit);
    await kit.start().client.cancel();
    const driven = await drive(kit.clock, ending, 1);
    expect(driven).toMatchObject({ end: 'value', value: { outcome: 'unchanged' } });
    expect(kit.storage.getItem('task-store')).toBe(EDITED);
    expect(kit.database.rows('tasks')).toHaveLength(1);
  });

  it('CL5 its question stays the same object, tick after tick, though the migration ticks as well', async () => {
    const kit = createKit();
    const { process } = await asking(kit);
    const before = process.client.getSnapshot();
    let told = 0;
    process.client.subscribe(() => {
      told += 1;
    });
    await kit.clock.advance(10_000);
    expect(process.client.getSnapshot()).toBe(before);
    expect(told).toBe(0);
  });

  it('RB5 lets the app work while it waits for a person', async () => {
    const kit = createKit();
    await asking(kit);
    expect(kit.operations.state).toBe('running');
  });

  it('CL13 is left open with its question when the client is closed, and the next one decides', async () => {
    const kit = createKit();
    const { process, ending } = await asking(kit);
    const closing = process.client.close();
    expect(await drive(kit.clock, ending, 1)).toMatchObject({ end: 'error', error: { code: 'CLIENT_CLOSED' } });
    await closing;
    const { client } = kit.start();
    expect(await client.recover()).toMatchObject({ action: 'waiting' });
    await client.decide({ question: 'drift', choice: 'merge' });
    await kit.clock.advance(1000);
    expect(await client.recover()).toMatchObject({ action: 'nothingToDo', migrationState: 'ROLLED_BACK' });
    expect(kit.storage.getItem('task-store')).toContain('"id":"a"');
  });

  it('JN10 a vault that stays away from it suspends both runs, whose outcome it may have kept to itself', async () => {
    const kit = createKit();
    const isClearing = ({ arguments: args }: PortCall): boolean =>
      String(args[1]).includes('"event":{"type":"CLEARED"');
    const unanswered: Fault['behaviour'] = { throws: new Error('Told to fail.') };
    const { client } = kit.start({
      storage: [DENIED],
      vault: [{ when: isClearing, repeat: 'forever', moment: 'after', behaviour: unanswered }],
    });
    expect(await drive(kit.clock, client.migrate(), 1)).toMatchObject({ end: 'error' });
    const recovered = await drive(kit.clock, client.recover(), 1);
    expect(recovered).toMatchObject({ value: { action: 'resumed', migration: { outcome: 'rolledBack' } } });
    expect(kit.database.rows('tasks')).toHaveLength(1);
  });
});
