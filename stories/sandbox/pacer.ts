/** How fast runs go on: as fast as they can, in slow motion, or one record of the journal at a time. */
export type Pace = 'fast' | 'slow' | 'step';

/** Holds runs up so that people can watch them. */
export interface Pacer {
  pace(): Pace;
  setPace(pace: Pace): void;
  /** Lets what is held go on. */
  step(): void;
  /** What has to be waited for before the next record is written; `null` for nothing. */
  hold(): Promise<void> | null;
  /** Whether something is being held. */
  isHolding(): boolean;
}

const SLOW_MILLISECONDS = 650;

/** A pacer that begins with `pace`; `changed` is told when something is held or let go. */
export function createPacer(pace: Pace, changed: () => void): Pacer {
  let current = pace;
  let held: { readonly release: () => void }[] = [];
  const step = (): void => {
    const released = held;
    held = [];
    for (const { release } of released) release();
    changed();
  };
  return {
    pace: () => current,
    setPace: (next) => {
      current = next;
      step();
    },
    step,
    hold: () => {
      if (current === 'fast') return null;
      const opened = new Promise<void>((resolve) => {
        held.push({ release: resolve });
      });
      if (current === 'slow') setTimeout(step, SLOW_MILLISECONDS);
      changed();
      return opened;
    },
    isHolding: () => held.length > 0,
  };
}
