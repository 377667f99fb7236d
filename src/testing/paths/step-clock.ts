import type { ClockPort } from '../../ports/clock.ts';

/** A clock that goes on only when it is asked, so that a run over many pauses takes no time. */
export interface StepClock extends ClockPort {
  /** Lets so many milliseconds pass and rings everything that recurs, once each. */
  tick(milliseconds: number): void;
}

/** Pauses up to this length, in milliseconds, are over at once; longer waits only end when they are given up. */
const LONGEST_PAUSE = 5000;

/** So many pauses are more than any run makes; one that makes more waits for something that never comes. */
const MOST_PAUSES = 2000;

/** A clock at 2026-01-01. */
export function stepClock(): StepClock {
  const start = Date.UTC(2026, 0, 1);
  const recurring = new Set<() => void>();
  let elapsed = 0;
  let pauses = 0;
  return {
    now: () => start + elapsed,
    monotonic: () => {
      // Looking at a clock takes time, too: no two looks see the same.
      elapsed += 1;
      return elapsed;
    },
    sleep: (milliseconds, signal) => {
      if (signal?.aborted) return Promise.resolve();
      pauses += 1;
      if (milliseconds <= LONGEST_PAUSE && pauses <= MOST_PAUSES) {
        elapsed += milliseconds;
        return Promise.resolve();
      }
      return new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
    },
    every: (_milliseconds, tick) => {
      recurring.add(tick);
      return () => {
        recurring.delete(tick);
      };
    },
    tick: (milliseconds) => {
      elapsed += milliseconds;
      for (const tick of [...recurring]) tick();
    },
  };
}
