import { useState } from 'react';
import type { Fault } from '../react/index.ts';

/** Something that a person has started and that takes its time. */
export interface Task {
  readonly isBusy: boolean;
  readonly fault: Fault | undefined;
  /** Starts it; what it is rejected with becomes the `fault`. */
  readonly start: (work: () => unknown) => Promise<void>;
}

/** One task at a time, with what it was refused with. */
export function useTask(): Task {
  const [task, set] = useState<Omit<Task, 'start'>>({ isBusy: false, fault: undefined });
  const start: Task['start'] = async (work) => {
    set({ isBusy: true, fault: undefined });
    try {
      await work();
      set({ isBusy: false, fault: undefined });
    } catch (thrown) {
      // The client rejects with nothing but its own errors, which hold no values.
      set({ isBusy: false, fault: thrown as Fault });
    }
  };
  return { ...task, start };
}
