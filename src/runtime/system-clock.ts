import type { ClockPort } from '../ports/clock.ts';

/** The platform's own time. */
export const systemClock: ClockPort = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      signal?.addEventListener('abort', done);
    }),
  every: (milliseconds, tick) => {
    const timer: unknown = setInterval(tick, milliseconds);
    // In Node a timer keeps the process alive unless it is told not to; in browsers it is a number.
    (timer as { unref?: () => void }).unref?.();
    return () => clearInterval(timer as number);
  },
};
