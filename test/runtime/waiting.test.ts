import { describe, expect, it } from 'vitest';
import { VaultError } from '../../src/errors.ts';
import { driftQuestion } from '../support/drift-question.ts';
import { asking, codeOf, keysOf, migrated, turn } from './kit.ts';
import { processOn } from './mortal.ts';

const MERGE = { question: 'drift', choice: 'merge' } as const;

describe('a run that waits for a person', () => {
  it('CL8 a second client decides, and the first follows the run to its end', async () => {
    const { on, client } = await migrated();
    const { ending } = await asking(on, client);
    const second = on.client('b');
    await on.until(second.decide(MERGE));
    const result = await on.until(ending);
    expect(result).toMatchObject({ outcome: 'rolledBack', finalStatus: 'SUCCESS' });
    expect(keysOf(on.storage).find(([key]) => key === 'task-store')?.[1]).toContain('"title":"changed"');
    expect(client.getSnapshot()).toMatchObject({ stage: 'COMPLETED', outcome: 'rolledBack', question: null });
    expect(on.records().filter(({ event }) => event.type === 'DECIDE')).toHaveLength(1);
  });

  it('CL8 the first client shows what the second one does with the run', async () => {
    const { on, client } = await migrated();
    const { ending } = await asking(on, client);
    const seen = new Set<string | null>();
    client.subscribe(() => seen.add(client.getSnapshot().state));
    // The second process waits inside Clear Database, long enough for the first to look.
    let clears = 0;
    const slow = {
      ...on.database,
      clear: async (...args: Parameters<typeof on.database.clear>) => {
        clears += 1;
        await on.clock.sleep(5000);
        return on.database.clear(...args);
      },
    };
    await on.until(on.client('b', { database: slow }).decide(MERGE));
    expect((await on.until(ending)).outcome).toBe('rolledBack');
    expect(clears).toBe(1);
    expect([...seen]).toContain('executing.clearingDatabase');
  });

  it('CL8 a second client cancels, and the first one ends unchanged', async () => {
    const { on, client } = await migrated();
    const { ending } = await asking(on, client);
    const before = { keys: keysOf(on.storage), rows: on.database.rows('tasks') };
    await on.until(on.client('b').cancel());
    expect(await on.until(ending)).toMatchObject({ outcome: 'unchanged', error: { code: 'USER_CANCELLED' } });
    expect({ keys: keysOf(on.storage), rows: on.database.rows('tasks') }).toEqual(before);
  });

  it('CL8 the process that asked has died: another one decides all the same', async () => {
    const { on, client } = await migrated();
    const death = new AbortController();
    const first = on.client('dying', { vault: on.vault.open(death.signal), lock: on.lock.open(death.signal) });
    await asking(on, first);
    death.abort();
    await on.until(on.client('b').decide({ question: 'drift', choice: 'discard' }));
    await on.clock.advance(1000);
    expect(on.records().at(-1)?.snapshot.value).toBe('rolledBack');
    expect(await on.until(client.recover())).toMatchObject({ action: 'nothingToDo', migrationState: 'ROLLED_BACK' });
  });

  it('CL8 deciding what nobody asked, twice, or about something else is refused', async () => {
    const { on, client } = await migrated();
    expect(await codeOf(on.until(client.decide(MERGE)))).toBe('QUESTION_NOT_OPEN');
    const { ending } = await asking(on, client);
    expect(await codeOf(on.until(client.decide({ ...MERGE, driftDigest: 'of yesterday' })))).toBe('DECISION_STALE');
    await on.until(client.decide({ ...MERGE, driftDigest: driftQuestion(client)?.driftDigest ?? '' }));
    await on.until(ending);
    expect(await codeOf(on.until(client.decide(MERGE)))).toBe('QUESTION_NOT_OPEN');
  });

  it('CL17 a decision is acknowledged when its record is durable, and not before', async () => {
    const { on, client } = await migrated();
    const { ending } = await asking(on, client);
    let reach = (): void => {};
    const reached = new Promise<void>((resolve) => {
      reach = resolve;
    });
    const slow = {
      ...on.vault,
      putIfAbsent: async (name: string, text: string) => {
        if (text.includes('"DECIDE"')) await reached;
        return on.vault.putIfAbsent(name, text);
      },
    };
    let said = 'nothing';
    const decided = on
      .client('b', { vault: slow })
      .decide(MERGE)
      .then(() => {
        said = `decided after ${on.records().filter(({ event }) => event.type === 'DECIDE').length} record`;
      });
    await turn(on);
    expect(said).toBe('nothing');
    reach();
    await on.until(decided);
    expect(said).toBe('decided after 1 record');
    expect((await on.until(ending)).outcome).toBe('rolledBack');
  });

  it('CL17 a decision that cannot be recorded is not acknowledged, and the question stays open', async () => {
    const { on, client } = await migrated();
    const full = {
      ...on.vault,
      putIfAbsent: async (name: string, text: string) => {
        if (text.includes('"DECIDE"')) throw new VaultError('VAULT_UNAVAILABLE', 'Told to fail.');
        return on.vault.putIfAbsent(name, text);
      },
    };
    const death = new AbortController();
    await asking(on, on.client('dying', processOn(on, death.signal)));
    death.abort();
    expect(await codeOf(on.until(on.client('b', { vault: full }).decide(MERGE)))).toBe('VAULT_UNAVAILABLE');
    await on.until(client.decide(MERGE));
    await on.until(client.close());
    expect(on.records().at(-1)?.snapshot.value).toBe('rolledBack');
  });

  it('CL17 of two who answer differently at once one is told that the answer did not count', async () => {
    const { on, client } = await migrated();
    const { ending } = await asking(on, client);
    const withoutLock = { lock: undefined as never };
    const answers = await on.until(
      Promise.all([
        codeOf(on.client('b', withoutLock).decide(MERGE)),
        codeOf(on.client('c', withoutLock).decide({ question: 'drift', choice: 'discard' })),
      ]),
    );
    expect([...answers].sort()).toEqual(['QUESTION_NOT_OPEN', 'it was not rejected']);
    expect((await on.until(ending)).outcome).toBe('rolledBack');
    const decided = on.records().filter(({ event }) => event.type === 'DECIDE');
    expect(decided.map(({ event }) => (event as unknown as { choice: string }).choice)).toEqual([
      answers[0] === 'it was not rejected' ? 'merge' : 'discard',
    ]);
  });

  it('CL10 recover beside a run of the same client that waits says so and does not hang', async () => {
    const { on, client } = await migrated();
    const { ending } = await asking(on, client);
    expect(await client.recover()).toMatchObject({ action: 'waiting', migrationState: 'ROLLING_BACK' });
    await on.until(client.decide(MERGE));
    expect((await on.until(ending)).outcome).toBe('rolledBack');
  });

  it('CL10 recover in another process finds the question and lets the app work', async () => {
    const { on, client } = await migrated();
    await asking(on, client);
    const second = on.client('b');
    expect(await on.until(second.recover())).toMatchObject({ action: 'waiting', runId: client.getSnapshot().runId });
    expect(second.getSnapshot().question).toEqual(client.getSnapshot().question);
    expect(on.operations.at(-1)).toBe('resume');
  });

  it('CL10 a resumed run that comes to a question does not keep recover waiting', async () => {
    const { on } = await migrated();
    const death = new AbortController();
    const hang = new Promise<never>(() => undefined);
    const stuck = { ...on.database, survey: () => hang };
    on.database.update('tasks', { id: 't1' }, { title: 'changed' });
    const first = on.client('dying', {
      database: stuck,
      vault: on.vault.open(death.signal),
      lock: on.lock.open(death.signal),
    });
    void first.rollback({ reason: 'USER_REQUEST' });
    await turn(on);
    expect(on.records().at(-1)?.snapshot.value).toEqual({ preparing: 'inspecting' });
    death.abort();
    const second = on.client('b');
    expect(await on.until(second.recover())).toMatchObject({ action: 'waiting', migrationState: 'ROLLING_BACK' });
    await on.until(second.decide(MERGE));
    await on.until(second.close());
    expect(on.records().at(-1)?.snapshot.value).toBe('rolledBack');
  });

  it('CL13 closing a client whose run waits leaves the question open for the next one', async () => {
    const { on, client } = await migrated();
    const { ending } = await asking(on, client);
    await client.close();
    expect(await codeOf(ending)).toBe('CLIENT_CLOSED');
    const next = on.client('b');
    expect(await on.until(next.recover())).toMatchObject({ action: 'waiting' });
    expect(next.getSnapshot().question).not.toBeNull();
    await on.until(next.decide(MERGE));
    await on.until(next.close());
    expect(on.records().at(-1)?.snapshot.value).toBe('rolledBack');
  });

  it('CL13 closing a client that follows a run elsewhere does not wait for that run', async () => {
    const { on, client } = await migrated();
    const { ending } = await asking(on, client);
    const hang = new Promise<never>(() => undefined);
    const stuck = { ...on.database, lease: () => hang };
    await on.until(on.client('b', { database: stuck }).decide(MERGE));
    await on.clock.advance(3000);
    await client.close();
    expect(await codeOf(ending)).toBe('CLIENT_CLOSED');
  });

  it('TR3 waiting for a person uses up no time, in the process that asked and in the next', async () => {
    const { on, client } = await migrated();
    await asking(on, client);
    await on.clock.advance(3_600_000);
    await client.close();
    const next = on.client('b');
    await on.until(next.decide(MERGE));
    await on.until(next.close());
    const last = on.records().at(-1);
    expect(last?.snapshot).toMatchObject({ value: 'rolledBack', context: { warnings: [] } });
    expect(last?.activeMs).toBeLessThan(10_000);
  });

  it('CL5 while a run waits the status stays the same object, tick after tick', async () => {
    const { on, client } = await migrated();
    await asking(on, client);
    const shown = client.getSnapshot();
    let calls = 0;
    client.subscribe(() => {
      calls += 1;
    });
    await on.clock.advance(60_000);
    expect(client.getSnapshot()).toBe(shown);
    expect(calls).toBe(0);
  });
});
