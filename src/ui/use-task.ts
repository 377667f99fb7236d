import { useState } from 'react';
import type { Fault } from '../react/index.ts';

/** Something that a person has started and that takes its time. */
export interface Task {
  readonly isBusy: boolean;
  readonly fault: Fault | undefined;
  /** Starts it; what it is rejected with becomes the `fault`. */
  readonly start: (work: () => unknown) => Promise<void>;
}

/** What was thrown: errors of the client have a code and hold no values, of others nothing is shown. */
export const faultOf = (thrown: unknown): Fault =>
  typeof (thrown as Fault | null)?.code === 'string' ? (thrown as Fault) : { code: 'INTERNAL', message: '' };

/** One task at a time, with what it was refused with. */
export function useTask(): Task {
  const [task, set] = useState<Omit<Task, 'start'>>({ isBusy: false, fault: undefined });
  const start: Task['start'] = async (work) => {
    set({ isBusy: true, fault: undefined });
    try {
      await work();
      set({ isBusy: false, fault: undefined });
    } catch (thrown) {
      set({ isBusy: false, fault: faultOf(thrown) });
    }
  };
  return { ...task, start };
}
