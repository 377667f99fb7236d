import { describe, expect, it } from 'vitest';
import type { Backpedal } from '../../src/index.ts';
import { DEFINITION, type Device, imageOf, migrated } from '../runtime/kit.ts';
import { dieAtRecord, processOn } from '../runtime/mortal.ts';
import { diesAt, endOf, recoveriesOf, recoverWholly, rollBack, SITUATIONS, situation } from './situations.ts';

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

describe('a recovery that is frozen after it has looked', () => {
  it('CR8 does not go on with a run that somebody else has ended meanwhile', async () => {
    let frozen = 0;
    for (let k = 0; k < 40; k++) {
      const { on } = await migrated({ definition: { ...DEFINITION, onDrift: 'discard' } });
      await diesAt(on, 'dead', 11, 'before', rollBack);
      const open = on.records().at(-1)?.run;
      let wake = (): void => {};
      const asleep = new Promise<void>((resolve) => {
        wake = resolve;
      });
      let calls = 0;
      let isAsleep = false;
      const sleepy = new Proxy(on.vault, {
        get: (target, name) => {
          const member: unknown = Reflect.get(target, name);
          if (typeof member !== 'function') return member;
          return async (...args: unknown[]) => {
            if (calls++ === k) {
              isAsleep = true;
              await asleep;
            }
            return Reflect.apply(member, target, args);
          };
        },
      });
      const withoutLock = { lock: undefined as never };
      const old = on.client('old', { ...withoutLock, vault: sleepy }).recover();
      old.catch(() => undefined);
      await on.clock.advance(0);
      if (!isAsleep) break;
      frozen += 1;
      const next = on.client('next', withoutLock);
      await on.until(recoverWholly(next));
      expect((await on.until(next.migrate())).outcome).toBe('migrated');
      const ended = on.records().length;
      wake();
      await on.until(old.catch(() => undefined));
      const late = on.records().slice(ended);
      expect({ k, late: late.filter(({ run }) => run === open).length }).toEqual({ k, late: 0 });
      expect(await on.until(on.client('later').recover())).toMatchObject({ migrationState: 'MIGRATED' });
    }
    expect(frozen).toBeGreaterThan(3);
  });
});

describe('a client that is closed while a run for which it has stopped the writers goes on elsewhere', () => {
  it('CR8 lets them go when that run has ended, or after a while', async () => {
    for (const ends of ['soon', 'never'] as const) {
      const { on } = await migrated({ definition: { ...DEFINITION, onDrift: 'discard' } });
      await diesAt(on, 'dead', 4, 'after', rollBack);
      const writers: string[] = [];
      const withoutLock = { lock: undefined as never };
      let isHeld = true;
      const faster = async (): Promise<void> => {
        // Another process appends first, and then does nothing, or its work.
        const death = new AbortController();
        const ports = processOn(on, death.signal);
        void on
          .client('faster', { ...ports, ...withoutLock, vault: dieAtRecord(ports.vault, death, 0, 'after') })
          .recover();
        await on.clock.advance(0);
      };
      const operations = {
        stop: async () => {
          writers.push('stop');
          if (isHeld) await faster();
          isHeld = false;
        },
        resume: async () => void writers.push('resume'),
      };
      const client = on.client('late', { ...withoutLock, operations });
      await on.until(client.recover());
      await client.close();
      expect(writers.at(-1)).toBe('stop');
      if (ends === 'soon') await on.until(recoverWholly(on.client('third', withoutLock)));
      await on.clock.advance(ends === 'soon' ? 2000 : 20_000);
      expect({ ends, last: writers.at(-1) }).toEqual({ ends, last: ends === 'soon' ? 'resume' : 'stop' });
      await on.clock.advance(20_000);
      expect(writers.at(-1)).toBe('resume');
    }
  });
});
