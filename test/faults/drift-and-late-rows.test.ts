import { describe, expect, it } from 'vitest';
import { closedGate, type Fault } from '../../src/testing/index.ts';
import { driftQuestion } from '../support/drift-question.ts';
import { type AppProcess, createKit, type Kit, type PortName, SMALL_STORAGE } from '../support/run-kit.ts';
import { drift } from '../support/scenarios.ts';

type Store = { readonly state: { readonly tasks: readonly { readonly id: string; readonly title: string }[] } };

const titles = (kit: Kit): Record<string, string> => {
  const store = JSON.parse(kit.storage.getItem('task-store') ?? 'null') as Store;
  return Object.fromEntries(store.state.tasks.map(({ id, title }) => [id, title]));
};

async function migrated(): Promise<Kit> {
  const kit = createKit();
  await kit.start().client.migrate();
  return kit;
}

/** Calls something right before a call of a port, which then goes on. */
const meanwhile = (operation: string, act: () => void): Fault => {
  let done = false;
  const when = (): boolean => {
    if (!done) act();
    done = true;
    return false;
  };
  return { operation, when, moment: 'before', behaviour: 'neverSettles' };
};

const startWith = (kit: Kit, port: PortName, fault: Fault): AppProcess => kit.start({ [port]: [fault] });

/** Resolves when the client waits for a person with another question than `last`. */
async function question({ client }: AppProcess, last = ''): Promise<string> {
  for (let turns = 0; turns < 100; turns++) {
    const asked = driftQuestion(client);
    if (asked !== null && asked.driftDigest !== last) return asked.driftDigest;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('Nobody was asked.');
}

describe('a decision over drift', () => {
  it('RB6 with a digest does not cover rows written between the question and Clear Database: it asks again', async () => {
    const kit = await migrated();
    drift(kit);
    const gate = closedGate();
    const process = startWith(kit, 'database', {
      operation: 'clear',
      moment: 'before',
      behaviour: { waitsFor: gate.opened },
    });
    const running = process.client.rollback({ reason: 'USER_REQUEST' });
    const first = await question(process);
    await process.client.decide({ question: 'drift', choice: 'discard', driftDigest: first });
    while (process.ports.database.hits() === 0) await kit.clock.advance(0);
    expect(kit.operations.state).toBe('stopped');
    kit.database.insert('tasks', { id: 'later', title: 'written meanwhile', done: false });
    gate.open();
    const second = await question(process, first);
    expect(process.client.getSnapshot()).toMatchObject({
      state: 'preparing.deciding',
      question: { drift: { added: 2 } },
    });
    expect(kit.operations.state).toBe('running');
    expect((await kit.database.ledger('small')).holder).toBeNull();
    expect(kit.database.rows('tasks').map(({ id }) => id)).toContain('later');
    await expect(
      process.client.decide({ question: 'drift', choice: 'merge', driftDigest: first }),
    ).rejects.toMatchObject({
      code: 'DECISION_STALE',
    });
    await process.client.decide({ question: 'drift', choice: 'merge', driftDigest: second });
    expect(await running).toMatchObject({ outcome: 'rolledBack', escalation: 2 });
    expect(titles(kit)).toEqual({ a: 'changed', c: '', n: 'added', later: 'written meanwhile' });
  });

  it('RB6 with a digest does not cover keys written meanwhile: it asks again', async () => {
    const kit = await migrated();
    drift(kit);
    const process = startWith(
      kit,
      'operations',
      meanwhile('stop', () => kit.storage.setItem('environments', '{}')),
    );
    const running = process.client.rollback({ reason: 'USER_REQUEST' });
    const first = await question(process);
    await process.client.decide({ question: 'drift', choice: 'merge', driftDigest: first });
    const second = await question(process, first);
    expect(driftQuestion(process.client)?.drift.storageKeys).toBe(2);
    expect(process.ports.database.count('clear')).toBe(0);
    await process.client.decide({ question: 'drift', choice: 'merge', driftDigest: second });
    expect(await running).toMatchObject({ outcome: 'rolledBack' });
  });

  it('RB6 without a digest covers whatever is added until Clear Database', async () => {
    const kit = await migrated();
    drift(kit);
    const late = { id: 'later', title: 'written meanwhile', done: false };
    const process = startWith(
      kit,
      'database',
      meanwhile('clear', () => kit.database.insert('tasks', late)),
    );
    const running = process.client.rollback({ reason: 'USER_REQUEST' });
    await question(process);
    await process.client.decide({ question: 'drift', choice: 'merge' });
    expect(await running).toMatchObject({ outcome: 'rolledBack' });
    expect(process.ports.database.count('clear')).toBe(1);
    expect(titles(kit)).toEqual({ a: 'changed', c: '', n: 'added', later: 'written meanwhile' });
  });

  it('RB6 a run without drift that finds some at Clear Database asks after all', async () => {
    const kit = await migrated();
    const late = { id: 'later', title: 'written meanwhile', done: false };
    const process = startWith(
      kit,
      'database',
      meanwhile('clear', () => kit.database.insert('tasks', late)),
    );
    const running = process.client.rollback({ reason: 'USER_REQUEST' });
    await question(process);
    await process.client.decide({ question: 'drift', choice: 'discard' });
    expect(await running).toMatchObject({ outcome: 'rolledBack' });
    expect(kit.storage.getItem('task-store')).toBe(new Map(SMALL_STORAGE).get('task-store'));
  });

  it('RB24 is asked for and can be given although the notifier throws', async () => {
    const kit = await migrated();
    drift(kit);
    const process = startWith(kit, 'notify', {
      moment: 'before',
      repeat: 'forever',
      behaviour: { throws: new Error('no') },
    });
    const running = process.client.rollback({ reason: 'USER_REQUEST' });
    await question(process);
    await kit.clock.advance(10_000);
    expect(process.ports.notify.hits()).toBe(2 * 4);
    await process.client.decide({ question: 'drift', choice: 'merge' });
    expect(await kit.clock.until(running)).toMatchObject({ outcome: 'rolledBack', finalStatus: 'PARTIAL' });
  });
});

describe('rows that appear after Clear Database', () => {
  it('RB19 are swept into the archive and told apart there', async () => {
    const kit = await migrated();
    const late = { id: 'late', title: 'by a writer that nobody stopped', done: true };
    const process = startWith(
      kit,
      'cache',
      meanwhile('invalidate', () => kit.database.insert('tasks', late)),
    );
    const result = await process.client.rollback({ reason: 'USER_REQUEST' });
    expect(result).toMatchObject({ outcome: 'rolledBack' });
    expect(kit.database.rows('tasks').map(({ id }) => id)).toEqual(['before']);
    const { rows } = await process.client.archive.export(result.runId);
    expect(rows.filter(({ kind }) => kind === 'late')).toEqual([
      { collection: 'tasks', table: 'tasks', key: '["late"]', kind: 'late', row: late },
    ]);
    expect(kit.storage.getItem('task-store')).toBe(new Map(SMALL_STORAGE).get('task-store'));
  });
});

describe('an archive that has no rows', () => {
  it('RB4 tells of the deleted rows all the same', async () => {
    const kit = await migrated();
    for (const id of ['a', 'b', 'c']) kit.database.remove('tasks', { id });
    for (const id of ['e1', 'e2']) kit.database.remove('environments', { id });
    const { client } = kit.start();
    const result = await client.rollback({ reason: 'USER_REQUEST', onDrift: 'discard' });
    const { rows } = await client.archive.export(result.runId);
    expect(rows.map(({ kind, key }) => `${kind} ${key}`).sort()).toEqual([
      'deleted ["a"]',
      'deleted ["b"]',
      'deleted ["c"]',
      'deleted ["e1"]',
      'deleted ["e2"]',
    ]);
    await expect(client.archive.export('../nobody')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  });
});

describe('what stands in storage already', () => {
  it('RB8 a key that the app has written since is kept in the vault before it is overwritten', async () => {
    const kit = await migrated();
    kit.storage.setItem('task-store', 'newer \ud800');
    const process = kit.start();
    const result = await process.client.rollback({ reason: 'USER_REQUEST', onDrift: 'discard' });
    const put = process.ports.vault.calls.findIndex(({ arguments: [name] }) => String(name).includes('/displaced/'));
    expect(put).toBeGreaterThan(-1);
    expect((await process.client.archive.export(result.runId)).displaced).toEqual([
      { key: 'task-store', value: 'newer \ud800' },
    ]);
    expect(kit.storage.getItem('task-store')).toBe(new Map(SMALL_STORAGE).get('task-store'));
  });

  it('RB9 form data that is missing or torn is restored, newer one is left alone and listed', async () => {
    const kit = createKit({ entries: [...SMALL_STORAGE, ['draft:2', '{"text":"whole"}']] });
    await kit.start().client.migrate();
    kit.storage.removeItem('draft:1');
    kit.storage.setItem('draft:2', '{"text":"wh');
    kit.storage.setItem('settings', 'newer');
    const { client } = kit.start();
    const result = await client.rollback({ reason: 'USER_REQUEST' });
    expect(result).toMatchObject({ outcome: 'rolledBack', finalStatus: 'SUCCESS' });
    expect(kit.storage.getItem('draft:1')).toBe(new Map(SMALL_STORAGE).get('draft:1'));
    expect(kit.storage.getItem('draft:2')).toBe('{"text":"whole"}');
    expect(kit.storage.getItem('settings')).toBe('newer');
    const { receipt } = await client.report(result.runId);
    expect(receipt.keys.filter(({ verdict }) => verdict === 'newerKept').map(({ key }) => key)).toEqual(['settings']);
  });
});
