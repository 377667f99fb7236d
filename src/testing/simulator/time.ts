import type { ClockPort } from '../../ports/clock.ts';

/** What time asks of the process whose clock it is. */
export interface Sleeper {
  /** `frozen` processes wake when they thaw, `dead` ones never. */
  readonly state: 'alive' | 'frozen' | 'dead';
}

/** Time in a simulated world: it passes only when it is told to. */
export interface SimulatedTime {
  /** The clock of a process. */
  clockOf(sleeper: Sleeper): ClockPort;
  /** When the next thing falls due for a living process, or `null`. */
  nextDue(): number | null;
  /** Goes on to that moment and rings the first of what falls due then. */
  ringNext(): void;
  /** Lets time pass without ringing anything: what is overdue rings next, one after the other. */
  skip(milliseconds: number): void;
  /** Sets the wall clock forward or back (hazard H28). */
  jump(milliseconds: number): void;
  monotonic(): number;
  now(): number;
}

interface Alarm {
  due: number;
  readonly order: number;
  readonly sleeper: Sleeper;
  readonly ring: () => void;
}

/** Time that begins at these readings. */
export function simulatedTime(start: { readonly now: number; readonly monotonic: number }): SimulatedTime {
  let elapsed = start.monotonic;
  let wall = start.now - start.monotonic;
  let orders = 0;
  let alarms: Alarm[] = [];

  const add = (milliseconds: number, sleeper: Sleeper, ring: () => void): Alarm => {
    const alarm = { due: elapsed + Math.max(0, milliseconds), order: orders++, sleeper, ring };
    alarms.push(alarm);
    return alarm;
  };
  const remove = (alarm: Alarm): void => {
    const at = alarms.indexOf(alarm);
    if (at >= 0) alarms.splice(at, 1);
  };
  const next = (): Alarm | null => {
    if (alarms.some(({ sleeper }) => sleeper.state === 'dead'))
      alarms = alarms.filter(({ sleeper }) => sleeper.state !== 'dead');
    let first: Alarm | null = null;
    for (const alarm of alarms) {
      if (alarm.sleeper.state !== 'alive') continue;
      if (first === null || alarm.due < first.due || (alarm.due === first.due && alarm.order < first.order))
        first = alarm;
    }
    return first;
  };
  const clockOf = (sleeper: Sleeper): ClockPort => ({
    now: () => wall + elapsed,
    monotonic: () => elapsed,
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const wake = (): void => {
          remove(alarm);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const alarm = add(milliseconds, sleeper, wake);
        signal?.addEventListener('abort', wake, { once: true });
      }),
    every(milliseconds, tick) {
      let alarm: Alarm;
      const again = (): void => {
        alarm = add(milliseconds, sleeper, () => {
          remove(alarm);
          again();
          tick();
        });
      };
      again();
      return () => remove(alarm);
    },
  });
  return {
    clockOf,
    nextDue: () => next()?.due ?? null,
    ringNext() {
      const alarm = next();
      if (alarm === null) return;
      elapsed = Math.max(elapsed, alarm.due);
      alarm.ring();
    },
    skip: (milliseconds) => {
      elapsed += milliseconds;
    },
    jump: (milliseconds) => {
      wall += milliseconds;
    },
    monotonic: () => elapsed,
    now: () => wall + elapsed,
  };
}
