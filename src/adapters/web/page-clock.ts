import type { ClockPort } from '../../ports/clock.ts';

/** The page's own timers. */
export const pageClock: Pick<ClockPort, 'sleep'> = {
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const timer = setTimeout(resolve, milliseconds);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    }),
};
