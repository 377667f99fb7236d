import type { ClockPort } from '../ports/clock.ts';

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends ClockPort {
  /**
   * Lets so many milliseconds pass, on both clocks. What falls due happens in the order of its time, and what it asks
   * for falls due within the same call. Resolves when all of it has had its say.
   */
  advance(milliseconds: number): Promise<void>;
  /**
   * Lets time pass, from one thing that falls due to the next, until a promise has settled, and gives its result. For
   * work that waits for nothing but this clock and adapters in memory: real I/O would see hours pass.
   * @throws Error when the promise is still open and nothing falls due any more
   */
  until<T>(work: Promise<T>): Promise<T>;
  /** The wall clock is set forward or back by so many milliseconds; no time passes (hazard H28). */
  jump(milliseconds: number): void;
  /** How many sleeps and ticks are waiting. */
  pending(): number;
}

/** How a manual clock begins. */
export interface ManualClockOptions {
  /** The wall clock's first reading, in milliseconds since 1970. Default 2026-01-01T00:00:00Z. */
  readonly now?: number;
}

interface Alarm {
  readonly due: number;
  readonly order: number;
  readonly ring: () => void;
}

const START = Date.UTC(2026, 0, 1);

/**
 * Time for tests: nothing waits for real, and what is due happens in one order only.
 * @throws RangeError from `every` and `advance`, when an interval is not positive or time is to run backwards
 */
export function manualClock(options: ManualClockOptions = {}): ManualClock {
  let wall = options.now ?? START;
  let elapsed = 0;
  let orders = 0;
  const alarms = new Set<Alarm>();

  const schedule = (delay: number, ring: () => void): Alarm => {
    orders += 1;
    const alarm = { due: elapsed + Math.max(0, delay), order: orders, ring };
    alarms.add(alarm);
    return alarm;
  };

  const nextUntil = (limit: number): Alarm | undefined =>
    [...alarms].filter(({ due }) => due <= limit).sort((a, b) => a.due - b.due || a.order - b.order)[0];

  const ring = async (alarm: Alarm): Promise<void> => {
    wall += alarm.due - elapsed;
    elapsed = alarm.due;
    alarm.ring();
    await settle();
  };

  return {
    now: () => wall,
    monotonic: () => elapsed,
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const wake = (): void => {
          alarms.delete(alarm);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const alarm = schedule(milliseconds, wake);
        signal?.addEventListener('abort', wake, { once: true });
      }),
    every: (milliseconds, tick) => {
      if (!(milliseconds > 0)) throw new RangeError(`An interval of ${milliseconds} ms would never end.`);
      const again = (): Alarm =>
        schedule(milliseconds, () => {
          alarms.delete(alarm);
          alarm = again();
          tick();
        });
      let alarm = again();
      return () => {
        alarms.delete(alarm);
      };
    },
    advance: async (milliseconds) => {
      if (!(milliseconds >= 0)) throw new RangeError(`Time does not run by ${milliseconds} ms.`);
      const end = elapsed + milliseconds;
      await settle();
      for (let alarm = nextUntil(end); alarm !== undefined; alarm = nextUntil(end)) await ring(alarm);
      wall += end - elapsed;
      elapsed = end;
    },
    until: async (work) => {
      let settled = false;
      const note = (): void => {
        settled = true;
      };
      work.then(note, note);
      await settle();
      while (!settled) {
        const alarm = nextUntil(Number.POSITIVE_INFINITY);
        if (alarm === undefined)
          throw new Error('The work is still open, and nothing falls due that it could wait for.');
        await ring(alarm);
      }
      return work;
    },
    jump: (milliseconds) => {
      wall += milliseconds;
    },
    pending: () => alarms.size,
  };
}

/** A turn of the event loop: whatever waits for promises only, however many of them, has gone on before it. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
