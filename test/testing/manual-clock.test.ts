import { describe, expect, it } from 'vitest';
import { manualClock } from '../../src/testing/manual-clock.ts';
import { seededIdentity } from '../../src/testing/seeded-identity.ts';

describe('manualClock', () => {
  it('TE5 stands still until time is let pass', async () => {
    const clock = manualClock({ now: 1000 });
    expect([clock.now(), clock.monotonic()]).toEqual([1000, 0]);
    await clock.advance(250);
    expect([clock.now(), clock.monotonic()]).toEqual([1250, 250]);
    await expect(clock.advance(-1)).rejects.toThrow(RangeError);
  });

  it('TE5 what falls due comes in the order of its time, then of its asking, at its own time', async () => {
    const clock = manualClock();
    const log: string[] = [];
    const note = (name: string) => () => log.push(`${name}@${clock.monotonic()}`);
    void clock.sleep(30).then(note('late'));
    void clock.sleep(10).then(note('first'));
    void clock.sleep(10).then(note('second'));
    const stop = clock.every(10, note('tick'));
    void clock.sleep(31).then(note('never'));
    await clock.advance(30);
    stop();
    expect(log).toEqual(['first@10', 'second@10', 'tick@10', 'tick@20', 'late@30', 'tick@30']);
    expect(clock.pending()).toBe(1);
  });

  it('TE5 what a sleeper asks for, after any number of promises, falls due within the same call', async () => {
    const clock = manualClock();
    const woken: number[] = [];
    const work = async (): Promise<void> => {
      for (let round = 0; round < 3; round += 1) {
        await clock.sleep(10);
        for (let hop = 0; hop < 500; hop += 1) await Promise.resolve();
        woken.push(clock.monotonic());
      }
    };
    const done = work();
    await clock.advance(30);
    await done;
    expect(woken).toEqual([10, 20, 30]);
  });

  it('TE6 a sleep ends when its signal aborts, at once if it already has', async () => {
    const clock = manualClock();
    const controller = new AbortController();
    const sleeping = clock.sleep(1000, controller.signal);
    controller.abort();
    await sleeping;
    await clock.sleep(1000, controller.signal);
    expect([clock.pending(), clock.monotonic()]).toEqual([0, 0]);
  });

  it('TE6 ticks end when they are stopped, also from within; an interval of nothing is refused', async () => {
    const clock = manualClock();
    let ticks = 0;
    const stop = clock.every(5, () => {
      ticks += 1;
      if (ticks === 2) stop();
    });
    await clock.advance(100);
    expect([ticks, clock.pending()]).toEqual([2, 0]);
    expect(() => clock.every(0, () => undefined)).toThrow(RangeError);
  });

  it('TE7 a jump moves the wall clock only, and wakes nobody', async () => {
    const clock = manualClock({ now: 0 });
    void clock.sleep(10);
    clock.jump(3_600_000);
    expect([clock.now(), clock.monotonic(), clock.pending()]).toEqual([3_600_000, 0, 1]);
    clock.jump(-7_200_000);
    await clock.advance(10);
    expect([clock.now(), clock.monotonic(), clock.pending()]).toEqual([-3_599_990, 10, 0]);
  });

  it('TE8 lets just as much time pass as some work takes', async () => {
    const clock = manualClock();
    const work = async (): Promise<string> => {
      await clock.sleep(40);
      await clock.sleep(2);
      return 'done';
    };
    void clock.sleep(1000);
    expect(await clock.until(work())).toBe('done');
    expect([clock.monotonic(), clock.pending()]).toEqual([42, 1]);
    await expect(clock.until(Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('TE8 work that waits for something that will not come is told so', async () => {
    const clock = manualClock();
    await expect(clock.until(new Promise(() => undefined))).rejects.toThrow('nothing falls due');
  });
});

describe('seededIdentity', () => {
  it('TE9 creates the same identifiers every time, no two alike', () => {
    const ids = (prefix: string): string[] => {
      const identity = seededIdentity(prefix);
      return [identity.createId(), identity.createId(), identity.createId()];
    };
    expect(ids('a')).toEqual(ids('a'));
    expect(new Set([...ids('a'), ...ids('b')]).size).toBe(6);
    for (const id of ids('run')) expect(id).toMatch(/^[A-Za-z0-9-]{1,64}$/);
    expect([seededIdentity('a').user(), seededIdentity('a', { user: 'u1' }).user()]).toEqual([null, 'u1']);
  });
});
