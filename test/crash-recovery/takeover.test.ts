import { describe, expect, it } from 'vitest';
import type { Backpedal } from '../../src/index.ts';
import type { Device } from '../runtime/kit.ts';
import { imageOf } from '../runtime/kit.ts';
import { diesAt, endOf, recoveriesOf, recoverWholly, SITUATIONS, situation } from './situations.ts';

/** How each ends when nothing more happens to it; found once. */
const ends = new Map<string, unknown>();

async function undisturbed(name: string): Promise<unknown> {
  if (!ends.has(name)) {
    const on = await situation(name);
    await on.until(recoverWholly(on.client('next')));
    ends.set(name, await endOf(on));
  }
  return ends.get(name);
}

const leaseOf = (on: Device): { holder: unknown; token: number } => {
  const lease = on.database.store.leases.get(on.migration.id);
  return { holder: lease?.holder ?? null, token: lease?.token ?? 0 };
};

describe.each(SITUATIONS)('a recovery that finds %s', (name) => {
  it.each(['before', 'after'] as const)(
    `CR8 dies %s any record of its own or of a run within: the next start takes it over (${name})`,
    async (moment) => {
      const end = await undisturbed(name);
      let deaths = 0;
      for (let k = 0; ; k++) {
        const on = await situation(name);
        if (!(await diesAt(on, 'holder', k, moment, recoverWholly))) break;
        deaths += 1;
        const left = leaseOf(on);
        await on.until(recoverWholly(on.client('next')));
        expect({ k, end: await endOf(on) }).toEqual({ k, end });
        // Whoever goes on with what holds the lease has shut the dead one out first.
        const { token, holder } = leaseOf(on);
        if (left.holder !== null) expect({ k, token }).not.toEqual({ k, token: left.token });
        expect(token).toBeGreaterThanOrEqual(left.token);
        expect(holder).toBeNull();
      }
      expect(deaths).toBeGreaterThan(1);
    },
  );

  it(`CR12 dies again and again, each time at its first records, and ends as if it had not (${name})`, async () => {
    const end = await undisturbed(name);
    // Each takes up what is open, up to a run within a run, and gets one record further than that, or two.
    for (const survived of [2, 3]) {
      const on = await situation(name);
      let deaths = 0;
      while (await diesAt(on, `mortal-${survived}-${deaths}`, survived, 'after', recoverWholly)) {
        deaths += 1;
        expect(deaths).toBeLessThan(60);
      }
      expect(await endOf(on)).toEqual(end);
    }
  });

  it(`CR8 of two that start at once one acts, and the other waits or joins (${name})`, async () => {
    const end = await undisturbed(name);
    for (const lock of ['shared', 'none'] as const) {
      const on = await situation(name);
      const ports = lock === 'none' ? { lock: undefined as never } : {};
      const both = ['one', 'two'].map((who) => on.client(who, ports));
      const told = await on.until(Promise.allSettled(both.map((client) => client.recover())));
      for (const one of told) if (one.status === 'rejected') throw one.reason;
      await on.until(recoverWholly(both[0] as Backpedal));
      await on.until(recoverWholly(both[1] as Backpedal));
      expect({ lock, end: await endOf(on) }).toEqual({ lock, end });
      expect(recoveriesOf(on).size).toBe(1);
    }
  });

  it(`CR8 an old holder that wakes up after it was taken over is refused and changes nothing (${name})`, async () => {
    let awakened = 0;
    for (let k = 0; ; k++, awakened++) {
      const on = await situation(name);
      const ports = { lock: undefined as never };
      let wake = (): void => {};
      const asleep = new Promise<void>((resolve) => {
        wake = resolve;
      });
      let records = 0;
      let isAsleep = false;
      const sleepy = { ...on.vault };
      sleepy.putIfAbsent = async (file, text) => {
        if (/\/journal(\.\d+)?\//.test(file) && records++ === k) {
          isAsleep = true;
          await asleep;
        }
        return on.vault.putIfAbsent(file, text);
      };
      const old = recoverWholly(on.client('old', { ...ports, vault: sleepy })).then(
        () => 'ended',
        () => 'refused',
      );
      await on.clock.advance(0);
      if (!isAsleep) break;
      await on.until(recoverWholly(on.client('new', ports)));
      const before = imageOf(on) as { storage: unknown; database: unknown };
      wake();
      await on.until(old);
      const after = imageOf(on) as typeof before;
      expect({ k, storage: after.storage, database: after.database }).toEqual({
        k,
        storage: before.storage,
        database: before.database,
      });
    }
    expect(awakened).toBeGreaterThan(1);
  });
});

describe('an old holder in the middle of a transaction', () => {
  it.each([
    ['a journal lost before Clear Database', 'clear'],
    ['a journal lost before Clear Database', 'record'],
    ['a journal lost in the middle of a rollback', 'record'],
    ['a storage emptied during a rollback', 'record'],
    ['a journal lost while a migration copied', 'clear'],
  ] as const)(
    'CR8 that wakes up after it was taken over is refused by the database itself (%s: %s)',
    async (name, operation) => {
      const on = await situation(name);
      const ports = { lock: undefined as never };
      const refused: unknown[] = [];
      let wake: (() => void) | null = null;
      const act = on.database[operation] as (...args: unknown[]) => Promise<unknown>;
      const sleepy = async (...args: unknown[]): Promise<unknown> => {
        if (wake === null)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        try {
          return await act(...args);
        } catch (error) {
          refused.push((error as { code?: string }).code);
          throw error;
        }
      };
      const database = { ...on.database, [operation]: sleepy } as Device['database'];
      const old = recoverWholly(on.client('old', { ...ports, database })).catch(() => 'refused');
      await on.clock.advance(0);
      expect(wake).not.toBeNull();
      await on.until(recoverWholly(on.client('new', ports)));
      const before = imageOf(on) as { storage: unknown; database: unknown };
      (wake as unknown as () => void)();
      await on.until(old);
      const after = imageOf(on) as typeof before;
      expect(refused[0]).toBe('DATABASE_FENCED');
      expect({ storage: after.storage, database: after.database }).toEqual({
        storage: before.storage,
        database: before.database,
      });
    },
  );
});
