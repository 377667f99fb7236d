import type { PacingClock } from './paced-status.ts';

/** The time of the browser, or of Node. */
export const browserClock: PacingClock = {
  monotonic: () => performance.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};
