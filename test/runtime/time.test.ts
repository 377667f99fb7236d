import { describe, expect, it } from 'vitest';
import type { ClockPort } from '../../src/ports/clock.ts';
import { CONTENT, type Device, device, keysOf, migrated, sorted } from './kit.ts';
import { dieAtRecord, processOn } from './mortal.ts';

const LIMIT = 300_000;

/** A database whose operation takes so many milliseconds of the device's clock. */
function slow(
  on: Device,
  operation: 'begin' | 'compare' | 'clear' | 'survey',
  milliseconds: number,
): Device['database'] {
  return {
    ...on.database,
    [operation]: async (...args: never[]) => {
      await on.clock.sleep(milliseconds);
      return (on.database[operation] as (...all: never[]) => unknown)(...args);
    },
  };
}

/** The device's clock as a process sees it that is frozen: its monotonic time leaps, and no tick comes in between. */
function freezable(on: Device): { readonly clock: ClockPort; freeze(milliseconds: number): void } {
  let frozen = 0;
  return {
    clock: { ...on.clock, now: () => on.clock.now() + frozen, monotonic: () => on.clock.monotonic() + frozen },
    freeze: (milliseconds) => {
      frozen += milliseconds;
    },
  };
}

describe('limits of time', () => {
  it('TR3 five minutes of work stop a migration, and a second less does not', async () => {
    for (const [milliseconds, outcome] of [
      [LIMIT - 2000, 'migrated'],
      [LIMIT + 2000, 'unchanged'],
    ] as const) {
      const on = device();
      const result = await on.until(on.client('b', { database: slow(on, 'begin', milliseconds) }).migrate());
      expect({ milliseconds, outcome: result.outcome }).toEqual({ milliseconds, outcome });
      if (outcome === 'unchanged') {
        expect(result.reason).toBe('TIMEOUT');
        expect(keysOf(on.storage)).toEqual(sorted(CONTENT));
        expect(on.database.rows('tasks')).toEqual([]);
      }
    }
  });

  it('TR3 a wall clock that jumps, forwards or back, neither stops a run nor keeps it going', async () => {
    for (const jump of [10 * 3_600_000, -10 * 3_600_000]) {
      const on = device();
      const database = slow(on, 'begin', 20_000);
      const ending = on.client('b', { database }).migrate();
      await on.clock.advance(5000);
      on.clock.jump(jump);
      expect(await on.until(ending)).toMatchObject({ outcome: 'migrated', finalStatus: 'SUCCESS' });
      const { activeMs } = on.records().at(-1) ?? { activeMs: Number.NaN };
      expect(activeMs).toBeGreaterThanOrEqual(20_000);
      expect(activeMs).toBeLessThan(22_000);
      const late = device();
      const stopped = late.client('b', { database: slow(late, 'begin', LIMIT + 2000) }).migrate();
      await late.clock.advance(5000);
      late.clock.jump(jump);
      expect(await late.until(stopped)).toMatchObject({ outcome: 'unchanged', reason: 'TIMEOUT' });
    }
  });

  it('TR3 a tab that was frozen for a day, or again and again, has not used up its time', async () => {
    const on = device();
    const { clock, freeze } = freezable(on);
    const ending = on.client('b', { clock, database: slow(on, 'begin', 30_000) }).migrate();
    for (let at = 0; at < 20; at++) {
      await on.clock.advance(1000);
      freeze(86_400_000);
    }
    expect(await on.until(ending)).toMatchObject({ outcome: 'migrated', finalStatus: 'SUCCESS' });
    // Each freeze counts as the longest gap that there can be between two looks, and no more.
    expect(on.records().at(-1)?.activeMs).toBeLessThan(20 * 6000 + 30_000);
  });

  it('TR3 a rollback that was frozen has not used up its time either', async () => {
    const { on } = await migrated();
    const { clock, freeze } = freezable(on);
    const ending = on.client('b', { clock, database: slow(on, 'survey', 10_000) }).rollback({ reason: 'USER_REQUEST' });
    await on.clock.advance(3000);
    freeze(3_600_000);
    expect(await on.until(ending)).toMatchObject({ outcome: 'rolledBack', finalStatus: 'SUCCESS' });
  });

  it('TR3 what was used survives a crash, and the rest of the budget runs on', async () => {
    for (const [milliseconds, outcome] of [
      [80_000, 'migrated'],
      [150_000, 'unchanged'],
    ] as const) {
      const on = device();
      const death = new AbortController();
      const ports = processOn(on, death.signal);
      // Records: begin, surveyed, leased, stopped, backed up, the first batch.
      const vault = dieAtRecord(ports.vault, death, 5, 'after');
      void on
        .client('doomed', { ...ports, vault, database: slow({ ...on, ...ports } as Device, 'begin', 200_000) })
        .migrate();
      await on.clock.advance(201_000);
      expect(death.signal.aborted).toBe(true);
      expect(on.records().at(-1)?.activeMs).toBeGreaterThanOrEqual(200_000);
      // Between the two processes half an hour passes.
      await on.clock.advance(1_800_000);
      const next = on.client('next', { database: slow(on, 'compare', milliseconds / 2) });
      const { migration } = await on.until(next.recover());
      expect({ milliseconds, outcome: migration?.outcome }).toEqual({ milliseconds, outcome });
    }
  });

  it('TR3 the time in which a person is waited for does not count, work before and after it does', async () => {
    const { on } = await migrated();
    on.database.update('tasks', { id: 't1' }, { title: 'changed' });
    const client = on.client('b', {
      database: { ...slow(on, 'survey', 40_000), clear: slow(on, 'clear', 30_000).clear },
    });
    const ending = client.rollback({ reason: 'USER_REQUEST' });
    await on.clock.advance(41_000);
    expect(client.getSnapshot().question).not.toBeNull();
    await on.clock.advance(7_200_000);
    await on.until(client.decide({ question: 'drift', choice: 'merge' }));
    expect(await on.until(ending)).toMatchObject({ outcome: 'rolledBack', finalStatus: 'SUCCESS' });
    const { activeMs } = on.records().at(-1) ?? { activeMs: Number.NaN };
    expect(activeMs).toBeGreaterThanOrEqual(70_000);
    expect(activeMs).toBeLessThan(75_000);
    const metrics = await on.until(client.metrics());
    expect(metrics?.totalTime).toBe(activeMs);
  });
});
