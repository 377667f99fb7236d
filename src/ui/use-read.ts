import { useEffect, useState } from 'react';
import type { Fault } from '../react/index.ts';
import { faultOf } from './use-task.ts';

/** What was read, or why it could not be. */
export interface Reading<T> {
  readonly value: T | undefined;
  readonly fault: Fault | undefined;
}

/** Reads something once it is shown, and anew when `read` becomes another function. */
export function useRead<T>(read: () => Promise<T>): Reading<T> {
  const [reading, set] = useState<Reading<T>>({ value: undefined, fault: undefined });
  useEffect(() => {
    let isWanted = true;
    read().then(
      (value) => isWanted && set({ value, fault: undefined }),
      (thrown: unknown) => isWanted && set({ value: undefined, fault: faultOf(thrown) }),
    );
    return () => {
      isWanted = false;
    };
  }, [read]);
  return reading;
}
