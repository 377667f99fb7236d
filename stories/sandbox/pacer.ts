/** How fast runs go on: as fast as they can, in slow motion, or one record of the journal at a time. */
export type Pace = 'fast' | 'slow' | 'step';

/** Holds runs up so that people can watch them. */
export interface Pacer {
  pace(): Pace;
  setPace(pace: Pace): void;
  /** The state before which runs are held, whatever the pace; `null` for none. */
  stop(): string | null;
  /** Holds every run before it enters this state. */
  stopBefore(state: string | null): void;
  /** Lets what is held go on. */
  step(): void;
  /** What has to be waited for before the record of this state is written; `null` for nothing. */
  hold(state: string): Promise<void> | null;
  /** Whether something is being held. */
  isHolding(): boolean;
}

const SLOW_MILLISECONDS = 650;

/** A pacer without a stop, at full pace; `changed` is told when something is held or let go. */
export function createPacer(changed: () => void): Pacer {
  let pace: Pace = 'fast';
  let stop: string | null = null;
  let held: (() => void)[] = [];
  const step = (): void => {
    const released = held;
    held = [];
    for (const release of released) release();
    changed();
  };
  return {
    pace: () => pace,
    setPace: (next) => {
      pace = next;
      step();
    },
    stop: () => stop,
    stopBefore: (state) => {
      stop = state;
      changed();
    },
    step,
    hold: (state) => {
      const isStopped = state === stop;
      if (pace === 'fast' && !isStopped) return null;
      const opened = new Promise<void>((resolve) => {
        held.push(resolve);
      });
      if (pace === 'slow' && !isStopped) setTimeout(step, SLOW_MILLISECONDS);
      changed();
      return opened;
    },
    isHolding: () => held.length > 0,
  };
}
