import type { ClockPort } from '../../ports/clock.ts';

/** A longer gap between two looks at the clock is a frozen tab or a sleeping machine and counts only so much. */
const LONGEST_GAP = 5000;

/** A budget of active time: sleep, freezes and waiting for people do not use it up (hazard H28, rule TR3). */
export interface ActiveTime {
  /** Milliseconds so far, including those that an earlier process has journaled. */
  readonly total: () => number;
  /** Looks at the clock and counts what has passed since the last look. */
  readonly look: () => void;
  /** Whether time counts from now on. */
  readonly set: (mode: 'running' | 'paused') => void;
}

/** Active time that begins with what the journal kept. */
export function createActiveTime(clock: ClockPort, spent: number): ActiveTime {
  let total = spent;
  let last = clock.monotonic();
  let mode: 'running' | 'paused' = 'running';
  const look = (): void => {
    const now = clock.monotonic();
    if (mode === 'running') total += Math.min(Math.max(0, now - last), LONGEST_GAP);
    last = now;
  };
  return {
    total: () => total,
    look,
    set: (next) => {
      look();
      mode = next;
    },
  };
}
