import type { ClockPort } from '../../../src/ports/clock.ts';

const LONGEST_PAUSE = 3000;

/** The browser's clock, on which pauses between attempts take no time; limits, which are longer, stand still. */
export function briskClock(): ClockPort {
  let elapsed = 0;
  return {
    now: () => Date.UTC(2026, 0, 1) + elapsed,
    monotonic: () => elapsed,
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        signal?.addEventListener('abort', () => resolve());
        if (milliseconds > LONGEST_PAUSE) return;
        elapsed += milliseconds;
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          port1.close();
          resolve();
        };
        port2.postMessage(null);
      }),
    every: () => () => {},
  };
}
