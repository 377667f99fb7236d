import { describe, expect, it } from 'vitest';
import type { Backpedal } from '../../src/index.ts';
import { asking, codeOf, type Device, migrated, turn } from '../runtime/kit.ts';
import { dieAtRecord, processOn } from '../runtime/mortal.ts';

const LOCK = 'backpedal:tasks-to-database';
const MINUTES = 60_000;
const rollBack = (client: Backpedal): Promise<unknown> =>
  client.rollback({ reason: 'USER_REQUEST', onDrift: 'discard' });

/** A rollback whose process died after its k-th record. */
async function interrupted(k: number): Promise<Device> {
  const { on } = await migrated();
  const death = new AbortController();
  const ports = processOn(on, death.signal);
  void rollBack(on.client('old', { ...ports, vault: dieAtRecord(ports.vault, death, k, 'after') }));
  await turn(on);
  expect(death.signal.aborted).toBe(true);
  return on;
}

describe('a local lock that somebody holds who does nothing', () => {
  it('CR13 keeps no person from deciding', async () => {
    const { on } = await migrated();
    const death = new AbortController();
    await asking(on, on.client('old', processOn(on, death.signal)));
    death.abort();
    on.lock.steal(LOCK);
    const client = on.client('b');
    await on.until(client.decide({ question: 'drift', choice: 'merge' }));
    await on.until(client.close());
    expect(on.records().at(-1)?.snapshot.value).toBe('rolledBack');
  });

  it('CR13 a decision is refused while records show that somebody is at work', async () => {
    const { on } = await migrated();
    const death = new AbortController();
    await asking(on, on.client('old', processOn(on, death.signal)));
    death.abort();
    const slow = {
      ...on.database,
      clear: async (...args: Parameters<typeof on.database.clear>) => {
        await on.clock.sleep(MINUTES);
        return on.database.clear(...args);
      },
    };
    const one = on.client('one', { database: slow });
    const two = on.client('two');
    const answers = Promise.all([
      one.decide({ question: 'drift', choice: 'merge' }),
      codeOf(two.decide({ question: 'drift', choice: 'discard' })),
    ]);
    const [, refused] = await on.until(answers);
    expect(refused).toBe('RUN_IN_PROGRESS');
    await on.until(one.close());
    expect(on.records().filter(({ event }) => event.type === 'DECIDE')).toHaveLength(1);
  });

  it('CR13 keeps nobody from recovering for ever', async () => {
    const on = await interrupted(3);
    on.lock.steal(LOCK);
    const client = on.client('b');
    expect(await on.until(client.recover())).toMatchObject({ action: 'waiting' });
    await on.clock.advance(9 * MINUTES);
    expect(await on.until(client.recover())).toMatchObject({ action: 'waiting' });
    await on.clock.advance(2 * MINUTES);
    expect(await on.until(client.recover())).toMatchObject({ action: 'resumed', migrationState: 'ROLLED_BACK' });
  });

  it('CR13 keeps nobody from cancelling for ever, and only somebody at work does', async () => {
    const on = await interrupted(3);
    on.lock.steal(LOCK);
    const client = on.client('b');
    expect(await codeOf(on.until(client.cancel()))).toBe('RUN_IN_PROGRESS');
    await on.clock.advance(11 * MINUTES);
    await on.until(client.cancel());
    await on.until(client.close());
    expect(on.records().at(-1)?.snapshot.value).toBe('unchanged');
  });
});

describe('a holder that was frozen and taken over', () => {
  it('CR13 follows the run without the lock, so that the next start goes on when its successor has died', async () => {
    const { on } = await migrated();
    let wake = (): void => {};
    const asleep = new Promise<void>((resolve) => {
      wake = resolve;
    });
    let records = 0;
    const sleepy = {
      ...on.vault,
      putIfAbsent: async (name: string, text: string) => {
        const outcome = await on.vault.putIfAbsent(name, text);
        if (name.includes('/journal/') && records++ === 2) await asleep;
        return outcome;
      },
    };
    const old = rollBack(on.client('old', { vault: sleepy }));
    await turn(on);
    const stolen = on.lock.steal(LOCK);
    await stolen.release();
    const death = new AbortController();
    const ports = processOn(on, death.signal);
    void on.client('next', { ...ports, vault: dieAtRecord(ports.vault, death, 0, 'after') }).recover();
    await turn(on);
    expect(death.signal.aborted).toBe(true);
    wake();
    await turn(on);
    expect(await on.until(on.client('third').recover())).toMatchObject({
      action: 'resumed',
      migrationState: 'ROLLED_BACK',
    });
    expect(await on.until(old)).toMatchObject({ outcome: 'rolledBack' });
  });
});
